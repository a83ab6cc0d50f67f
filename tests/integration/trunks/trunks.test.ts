import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { deleteCarrier } from '@/lib/services/carriers/delete-carrier';
import { listCarriers } from '@/lib/services/carriers/list-carriers';
import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { getRouteGroup } from '@/lib/services/route-groups/get-route-group';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { deleteTrunk } from '@/lib/services/trunks/delete-trunk';
import { listTrunks } from '@/lib/services/trunks/list-trunks';
import { updateTrunk } from '@/lib/services/trunks/update-trunk';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let carrierId: string;
beforeAll(async () => {
  tree = await plantTree();
  carrierId = (await createCarrier(tree.operator.as(), { name: 'carrier' })).id;
});
afterAll(() => tree.close());

let made = 0;
const trunk = (match: { address: string; port?: number; transport?: 'udp' | 'tcp' | 'tls' }) => {
  made += 1;
  return createTrunk(tree.operator.as(), { carrierId, name: `trunk ${made}`, ...match });
};
const refused = { code: 'CONFLICT' };

test('trunks at one address are told apart by port or transport, or refused', async () => {
  const address = '192.0.2.20';
  const first = await trunk({ address, port: 5090, transport: 'udp' });
  await expect(trunk({ address, port: 5090, transport: 'udp' })).rejects.toMatchObject(refused);
  await expect(trunk({ address, port: 5090 })).rejects.toMatchObject(refused);
  await expect(trunk({ address, transport: 'udp' })).rejects.toMatchObject(refused);
  await expect(trunk({ address })).rejects.toMatchObject(refused);
  await trunk({ address, port: 5090, transport: 'tcp' });
  const other = await trunk({ address, port: 5092 });
  await expect(
    updateTrunk(tree.operator.as(), other.id, { port: 5090, transport: 'udp' }),
  ).rejects.toMatchObject(refused);
  await expect(updateTrunk(tree.operator.as(), other.id, { port: null })).rejects.toMatchObject(
    refused,
  );
  await updateTrunk(tree.operator.as(), first.id, { emergency: true });
});

test('one address in two spellings is one address', async () => {
  const first = await trunk({ address: '2001:DB8:0:0::1' });
  expect(first.address).toBe('2001:db8::1');
  await expect(trunk({ address: '2001:db8::0001' })).rejects.toMatchObject(refused);
  await trunk({ address: '192.0.2.40' });
  await expect(trunk({ address: '::ffff:192.0.2.40' })).rejects.toMatchObject(refused);
});

test('of trunks that overlap and are saved at the same moment, one is', async () => {
  const address = '192.0.2.30';
  const saved = await Promise.allSettled(
    [5060, undefined, 5060, undefined, 5060, undefined].map((port) =>
      trunk({ address, ...(port ? { port } : {}) }),
    ),
  );
  expect(saved.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
  for (const each of saved) {
    if (each.status === 'rejected') expect(each.reason).toMatchObject(refused);
  }
});

test('a carrier with trunks stays; a deleted trunk leaves its groups', async () => {
  const operator = tree.operator.as();
  const carrier = await createCarrier(operator, { name: 'brief' });
  const only = await createTrunk(operator, {
    carrierId: carrier.id,
    name: 'only',
    address: '192.0.2.50',
  });
  const group = await createRouteGroup(operator, { name: 'g', members: [{ trunkId: only.id }] });
  await expect(deleteCarrier(operator, carrier.id)).rejects.toMatchObject(refused);
  await deleteTrunk(operator, only.id);
  const after = await getRouteGroup(operator, group.id);
  expect(after.members).toEqual([]);
  expect(after.generation).toBeGreaterThan(group.generation);
  await deleteCarrier(operator, carrier.id);
});

test('carriers and trunks are the operator’s alone', async () => {
  for (const context of [tree.reseller.as(), tree.acme.as()]) {
    await expect(listCarriers(context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(listTrunks(context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(deleteCarrier(context, carrierId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});
