import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { deleteCarrier } from '@/lib/services/carriers/delete-carrier';
import { listCarriers } from '@/lib/services/carriers/list-carriers';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { getRouteGroup } from '@/lib/services/route-groups/get-route-group';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { deleteTrunk } from '@/lib/services/trunks/delete-trunk';
import { listTrunks } from '@/lib/services/trunks/list-trunks';
import { resetTrunkSecret } from '@/lib/services/trunks/reset-trunk-secret';
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

test('carriers, and the trunks that lead to them, are the operator’s alone', async () => {
  for (const context of [tree.reseller.as(), tree.acme.as()]) {
    await expect(listCarriers(context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await listTrunks(context, { kind: 'ip' })).items).toEqual([]);
    await expect(deleteCarrier(context, carrierId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});

test('a range overlaps with every address and range within it', async () => {
  const range = await trunk({ address: '198.51.100.9/28' });
  expect(range.address).toBe('198.51.100.0/28');
  await expect(trunk({ address: '198.51.100.15' })).rejects.toMatchObject(refused);
  await expect(trunk({ address: '198.51.100.0/24' })).rejects.toMatchObject(refused);
  await expect(trunk({ address: '198.51.100.8/29', port: 5062 })).rejects.toMatchObject(refused);
  await trunk({ address: '198.51.100.16' });
  expect((await trunk({ address: '198.51.100.17/32' })).address).toBe('198.51.100.17');
});

test('a trunk that registers needs a registrar, a user and a secret, which nobody sees again', async () => {
  const operator = tree.operator.as();
  const base = { kind: 'registration', carrierId, name: 'registers' } as const;
  await expect(createTrunk(operator, base)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const made = await createTrunk(operator, {
    ...base,
    host: 'SIP.Carrier.test',
    username: 'us',
    secret: 'a secret of theirs',
    optionsSeconds: 30,
    codecs: ['PCMA', 'G722'],
  });
  expect(made).toMatchObject({
    kind: 'registration',
    host: 'sip.carrier.test',
    hasSecret: true,
    codecs: ['PCMA', 'G722'],
    connection: { registration: null, health: null },
  });
  expect(JSON.stringify(made)).not.toContain('a secret of theirs');
  const { rows } = await tree.database.pool.query<{ secret_sealed: Buffer }>(
    'SELECT secret_sealed FROM trunk WHERE id = $1',
    [made.id],
  );
  expect(rows[0]?.secret_sealed.toString('latin1')).not.toContain('a secret of theirs');
  await expect(updateTrunk(operator, made.id, { username: null })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await expect(updateTrunk(operator, made.id, { address: '192.0.2.77' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('a customer adds its own PBX, sees the secret once it is made, and nobody else’s', async () => {
  const { acme, cedar } = tree;
  const made = await createTrunk(acme.as(), {
    kind: 'pbx',
    tenantId: acme.tenantId,
    name: 'Head office',
    maxChannels: 10,
  });
  expect(made).toMatchObject({ kind: 'pbx', hasSecret: true, carrier: null });
  expect(made.username).toMatch(/^pbx-[0-9a-f]{10}$/);
  const first = await resetTrunkSecret(acme.as(), made.id);
  const second = await resetTrunkSecret(acme.as(), made.id);
  expect(first).toMatchObject({ username: made.username, domain: made.tenant?.domain });
  expect(second.secret).not.toBe(first.secret);
  expect((await listTrunks(acme.as())).items.map(({ name }) => name)).toEqual(['Head office']);
  expect((await listTrunks(cedar.as())).items).toEqual([]);
  const hidden = { code: 'NOT_FOUND' };
  await expect(updateTrunk(cedar.as(), made.id, { name: 'x' })).rejects.toMatchObject(hidden);
  await expect(resetTrunkSecret(cedar.as(), made.id)).rejects.toMatchObject(hidden);
  await expect(deleteTrunk(cedar.as(), made.id)).rejects.toMatchObject(hidden);
  await expect(
    createTrunk(cedar.as(), { kind: 'pbx', tenantId: acme.tenantId, name: 'x' }),
  ).rejects.toMatchObject(hidden);
});

test('a customer can’t be known by an address, nor touch a carrier', async () => {
  const { acme, operator } = tree;
  const forbidden = { code: 'FORBIDDEN' };
  const pbx = { kind: 'pbx', tenantId: acme.tenantId, name: 'Branch' } as const;
  for (const change of [
    { address: '192.0.2.200' },
    { host: 'pbx.acme.test' },
    { emergency: true },
    { trustedIdentity: true },
    { tlsName: 'x.test' },
  ]) {
    await expect(createTrunk(acme.as(), { ...pbx, ...change })).rejects.toMatchObject(forbidden);
  }
  await expect(
    createTrunk(acme.as(), { carrierId, name: 'x', address: '192.0.2.201' }),
  ).rejects.toMatchObject(forbidden);
  const byAddress = await createTrunk(operator.as(), { ...pbx, address: '192.0.2.200' });
  expect(byAddress).toMatchObject({ username: null, hasSecret: false });
  await expect(resetTrunkSecret(acme.as(), byAddress.id)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('by what a trunk is told who calls is its owner’s to say, and the switch reads it', async () => {
  const { operator, acme, cedar } = tree;
  const made = await createTrunk(operator.as(), {
    ...{ carrierId, name: 'by party', address: '192.0.2.210', identityHeader: 'rpid' },
  });
  expect(made.identityHeader).toBe('rpid');
  expect((await trunk({ address: '192.0.2.211' })).identityHeader).toBe('pai');
  const changed = await updateTrunk(operator.as(), made.id, { identityHeader: 'none' });
  expect(changed.identityHeader).toBe('none');
  expect((await updateTrunk(operator.as(), made.id, { port: 5080 })).identityHeader).toBe('none');
  const read = (await loadDirectory(operator.as().database)).trunks;
  expect(read.find(({ id }) => id === made.id)?.identityHeader).toBe('none');
  const pbx = await createTrunk(acme.as(), {
    ...{ kind: 'pbx', tenantId: acme.tenantId, name: 'Old exchange', identityHeader: 'rpid' },
  });
  expect(pbx.identityHeader).toBe('rpid');
  await expect(updateTrunk(cedar.as(), pbx.id, { identityHeader: 'none' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(updateTrunk(acme.as(), made.id, { identityHeader: 'rpid' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('how a trunk’s media is protected is its owner’s to say, and the switch reads it', async () => {
  const { operator, acme, cedar } = tree;
  const made = await createTrunk(operator.as(), {
    ...{ carrierId, name: 'by SRTP', address: '192.0.2.212', mediaSecurity: 'sdes' },
  });
  expect(made.mediaSecurity).toBe('sdes');
  expect((await trunk({ address: '192.0.2.213' })).mediaSecurity).toBe('auto');
  const read = (await loadDirectory(operator.as().database)).trunks;
  expect(read.find(({ id }) => id === made.id)?.mediaSecurity).toBe('sdes');
  const pbx = await createTrunk(acme.as(), {
    ...{ kind: 'pbx', tenantId: acme.tenantId, name: 'New exchange', mediaSecurity: 'dtls' },
  });
  expect(pbx.mediaSecurity).toBe('dtls');
  await expect(updateTrunk(cedar.as(), pbx.id, { mediaSecurity: 'off' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
