import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { allowAddress } from '@/lib/services/bans/allow-address';
import { createBan } from '@/lib/services/bans/create-ban';
import { disallowAddress } from '@/lib/services/bans/disallow-address';
import { getBan } from '@/lib/services/bans/get-ban';
import { liftBan } from '@/lib/services/bans/lift-ban';
import { listAllowedAddresses } from '@/lib/services/bans/list-allowed-addresses';
import { listBans } from '@/lib/services/bans/list-bans';
import { recordBans } from '@/lib/services/bans/record-bans';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { purgeExpired } from '@/lib/services/maintenance/purge-expired';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

const refused = { code: 'FORBIDDEN' };
const invalid = { code: 'INVALID_INPUT' };

function madeBySwitch(source: string, options: { untilMs?: number; id?: string } = {}) {
  const nowMs = Date.now();
  return {
    id: options.id ?? newId(nowMs),
    source,
    reason: 'wrong_secret',
    detail: '101@acme.test',
    level: 1,
    attempts: 9,
    sinceMs: nowMs,
    untilMs: options.untilMs ?? nowMs + 300_000,
  };
}

test('a range is banned with a reason and an end, seen by the switch, and lifted', async () => {
  const operator = tree.operator.as();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const ban = await createBan(operator, { address: '198.51.100.77/24', reason: 'scans', until });
  expect(ban).toMatchObject({
    address: '198.51.100.0/24',
    origin: 'person',
    cause: null,
    reason: 'scans',
    attempts: 0,
    until,
  });
  const { addressRules } = await loadDirectory(tree.database);
  expect(addressRules.find(({ id }) => id === ban.id)).toMatchObject({
    action: 'ban',
    cidr: '198.51.100.0/24',
    untilMs: Date.parse(until),
    generation: BigInt(ban.generation),
  });
  await liftBan(operator, ban.id);
  await expect(getBan(operator, ban.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const audited = await tree.database.prisma.auditEntry.findMany({ where: { objectId: ban.id } });
  expect(audited.map(({ verb }) => verb).sort()).toEqual(['bans.create', 'bans.lift']);
});

test('what is no address, too wide a range, or over already is refused', async () => {
  const operator = tree.operator.as();
  const ban = (address: string, until?: string) =>
    createBan(operator, { address, reason: 'x', ...(until ? { until } : {}) });
  for (const address of ['scanner.test', '10.0.0.0/7', '0.0.0.0/0', '2001::/15', '192.0.2.256']) {
    await expect(ban(address), address).rejects.toMatchObject(invalid);
  }
  await expect(ban('192.0.2.1', '2020-01-01T00:00:00.000Z')).rejects.toMatchObject(invalid);
});

test('what the switch bans is listed with its cause, counted, and stays lifted', async () => {
  const operator = tree.operator.as();
  const made = madeBySwitch('203.0.113.66');
  await recordBans(tree.database, { made: [made], attempts: new Map([[made.id, 5]]) });
  const before = await getBan(operator, made.id);
  expect(before).toMatchObject({
    address: '203.0.113.66',
    origin: 'switch',
    cause: 'wrong_secret',
    detail: '101@acme.test',
    attempts: 14,
  });
  await recordBans(tree.database, { made: [], attempts: new Map([[made.id, 100]]) });
  const after = await getBan(operator, made.id);
  expect([after.attempts, after.generation]).toEqual([114, before.generation]);
  await liftBan(operator, made.id);
  await recordBans(tree.database, { made: [], attempts: new Map([[made.id, 1]]) });
  expect((await listBans(operator)).items.map(({ id }) => id)).not.toContain(made.id);
});

test('bans that ran out are no longer listed, and forgotten a day later', async () => {
  const operator = tree.operator.as();
  const over = madeBySwitch('203.0.113.67', { untilMs: Date.now() - 1_000 });
  await recordBans(tree.database, { made: [over], attempts: new Map() });
  expect((await listBans(operator)).items.map(({ id }) => id)).not.toContain(over.id);
  await purgeExpired(tree.database, Date.now());
  // Its level still counts.
  const { addressRules } = await loadDirectory(tree.database);
  expect(addressRules.map(({ id }) => id)).toContain(over.id);
  await purgeExpired(tree.database, Date.now() + 25 * 3_600_000);
  await expect(getBan(operator, over.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('addresses are allowed and disallowed again', async () => {
  const operator = tree.operator.as();
  const allowed = await allowAddress(operator, { address: '2001:DB8::1', reason: 'head office' });
  expect(allowed.address).toBe('2001:db8::1');
  expect((await listAllowedAddresses(operator)).items).toMatchObject([{ id: allowed.id }]);
  // A ban is not an allowed address, and the other way round.
  await expect(liftBan(operator, allowed.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await disallowAddress(operator, allowed.id);
  expect((await listAllowedAddresses(operator)).items).toEqual([]);
});

test('nobody but the operator has a word in it, and of its people the readers only look', async () => {
  const { operator, reseller, acme } = tree;
  for (const context of [reseller.as(), acme.as(), reseller.as('support')]) {
    await expect(listBans(context)).rejects.toMatchObject(refused);
    await expect(createBan(context, { address: '192.0.2.1', reason: 'x' })).rejects.toMatchObject(
      refused,
    );
    await expect(liftBan(context, newId())).rejects.toMatchObject(refused);
    await expect(listAllowedAddresses(context)).rejects.toMatchObject(refused);
  }
  const reader = operator.as('read_only');
  expect((await listBans(reader)).items).toBeInstanceOf(Array);
  await expect(createBan(reader, { address: '192.0.2.1', reason: 'x' })).rejects.toMatchObject(
    refused,
  );
});
