import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceContext } from '@/lib/services/context';
import { getExtension } from '@/lib/services/extensions/get-extension';
import { updateExtension } from '@/lib/services/extensions/update-extension';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { createNumber } from '@/lib/services/numbers/create-number';
import { getNumber } from '@/lib/services/numbers/get-number';
import { listNumbers } from '@/lib/services/numbers/list-numbers';
import { updateNumber } from '@/lib/services/numbers/update-number';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

const NOT_FOUND = { code: 'NOT_FOUND' };
let next = 2_025_550_100;
const number = (accountId?: string) => {
  next += 1;
  return createNumber(tree.operator.as(), {
    e164: `+1${next}`,
    ...(accountId ? { accountId } : {}),
  });
};

test('a number goes to a tenant and extension, and belongs to that tenant’s account from then on', async () => {
  const { acme } = tree;
  const made = await number();
  const assigned = await assignNumber(tree.operator.as(), made.id, {
    tenantId: acme.tenantId,
    extensionId: acme.extension101,
  });
  expect(assigned).toMatchObject({ state: 'in_service', accountId: acme.id });
  expect(assigned.generation).toBeGreaterThan(made.generation);
  expect((await listNumbers(acme.as())).items.map((one) => one.id)).toEqual([made.id]);
  expect((await getExtension(acme.as(), acme.extension101)).numbers).toHaveLength(1);
  await expect(getNumber(tree.birch.as(), made.id)).rejects.toMatchObject(NOT_FOUND);
});

test('a customer assigns its own numbers to its own extensions, and no others', async () => {
  const { acme, birch } = tree;
  const [own] = (await listNumbers(acme.as())).items;
  const theirs = await number(birch.id);
  const id = own?.id ?? '';
  const to102 = { tenantId: acme.tenantId, extensionId: acme.extension102 };
  expect((await assignNumber(acme.as(), id, to102)).extension?.number).toBe('102');
  await expect(assignNumber(acme.as(), theirs.id, to102)).rejects.toMatchObject(NOT_FOUND);
  await expect(assignNumber(acme.as(), id, { tenantId: birch.tenantId })).rejects.toMatchObject(
    NOT_FOUND,
  );
  await expect(
    assignNumber(acme.as(), id, { tenantId: acme.tenantId, extensionId: birch.extension101 }),
  ).rejects.toMatchObject(NOT_FOUND);
  await expect(updateNumber(acme.as(), id, { state: 'released' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(createNumber(acme.as(), { e164: '+12025550999' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('an extension of another tenant of the same house is refused too', async () => {
  const made = await number();
  await expect(
    assignNumber(tree.operator.as(), made.id, {
      tenantId: tree.acme.tenantId,
      extensionId: tree.birch.extension101,
    }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('nobody goes on showing a number that has left', async () => {
  const { cedar } = tree;
  const made = await number();
  await assignNumber(tree.operator.as(), made.id, { tenantId: cedar.tenantId });
  await updateExtension(cedar.as(), cedar.extension101, { callerNumberId: made.id });
  await updateNumber(tree.operator.as(), made.id, { state: 'aging' });
  const extension = await getExtension(cedar.as(), cedar.extension101);
  expect(extension.callerNumber).toBeNull();
  expect(await getNumber(tree.operator.as(), made.id)).toMatchObject({
    state: 'aging',
    tenant: null,
  });
});

test('a number takes the ways between states that there are, and no others', async () => {
  const made = await number();
  await expect(
    updateNumber(tree.operator.as(), made.id, { state: 'in_service' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  await updateNumber(tree.operator.as(), made.id, { state: 'released' });
  await expect(
    assignNumber(tree.operator.as(), made.id, { tenantId: tree.acme.tenantId }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(createNumber(tree.operator.as(), { e164: made.e164 })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('numbers are found by the PBX they lead to, by its own account alone', async () => {
  const { acme, cedar, operator } = tree;
  const pbx = await createTrunk(acme.as(), { kind: 'pbx', tenantId: acme.tenantId, name: 'Hall' });
  expect(pbx.accountId).toBe(acme.id);
  const led = await number(acme.id);
  await number(acme.id);
  const here = { tenantId: acme.tenantId, trunkId: pbx.id };
  const assigned = await assignNumber(acme.as(), led.id, here);
  expect(assigned).toMatchObject({ trunk: { id: pbx.id, name: 'Hall' }, extension: null });
  const leading = async (context: ServiceContext) =>
    (await listNumbers(context, { trunkId: pbx.id })).items.map(({ id }) => id);
  expect(await leading(acme.as())).toEqual([led.id]);
  expect(await leading(operator.as())).toEqual([led.id]);
  expect(await leading(cedar.as())).toEqual([]);
  const theirs = await number(cedar.id);
  await expect(
    assignNumber(cedar.as(), theirs.id, { tenantId: cedar.tenantId, trunkId: pbx.id }),
  ).rejects.toMatchObject(NOT_FOUND);
  await assignNumber(acme.as(), led.id, { tenantId: acme.tenantId });
  expect(await leading(acme.as())).toEqual([]);
});
