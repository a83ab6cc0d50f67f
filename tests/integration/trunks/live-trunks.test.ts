import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { createNumber } from '@/lib/services/numbers/create-number';
import { getNumber } from '@/lib/services/numbers/get-number';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { deleteTrunk } from '@/lib/services/trunks/delete-trunk';
import { getTrunk } from '@/lib/services/trunks/get-trunk';
import { resetTrunkSecret } from '@/lib/services/trunks/reset-trunk-secret';
import { updateTrunk } from '@/lib/services/trunks/update-trunk';
import type { BootedSwitch } from '@/tests/support/boot-switch';
import { eventually } from '@/tests/support/eventually';
import { startSwitchOf } from '@/tests/support/running-switch';
import { plantTree, type Tree } from '@/tests/support/tree';
import { sdpOf } from '@/tests/unit/switch/call/fake-media';
import { type Credentials, Peer } from './peer';

const US: Credentials = { username: 'us', realm: 'carrier.test', secret: 'their-secret-12' };

let tree: Tree;
let running: BootedSwitch;
let carrierId: string;
const peers: Peer[] = [];

beforeAll(async () => {
  tree = await plantTree();
  carrierId = (await createCarrier(tree.operator.as(), { name: 'carrier' })).id;
  const number = await createNumber(tree.operator.as(), {
    e164: '+12025550150',
    accountId: tree.acme.id,
  });
  await assignNumber(tree.operator.as(), number.id, {
    tenantId: tree.acme.tenantId,
    extensionId: tree.acme.extension101,
  });
  running = await startSwitchOf(tree);
});
afterAll(async () => {
  for (const peer of peers) await peer.close();
  await running?.stop();
  await tree?.close();
});

async function peerAt(address: string): Promise<Peer> {
  const peer = await Peer.at(address);
  peers.push(peer);
  return peer;
}

const accept = (transaction: ServerTransaction, request: SipRequest) =>
  transaction.respond(200, 'OK', { headers: { contact: request.headers('contact') } });

test('a trunk registers, says until when, takes calls by its token, and is taken back when deleted', async () => {
  const carrier = await peerAt('127.0.0.31');
  carrier.demand(US, accept);
  const operator = tree.operator.as();
  const trunk = await createTrunk(operator, {
    kind: 'registration',
    carrierId,
    name: 'registers',
    host: '127.0.0.31',
    port: carrier.port,
    transport: 'udp',
    username: US.username,
    realm: US.realm,
    secret: US.secret,
  });
  const connection = async () => (await getTrunk(operator, trunk.id)).connection;
  await eventually(async () => (await connection()).registration === 'registered');
  expect(Date.parse((await connection()).registeredUntil ?? '')).toBeGreaterThan(
    Date.now() + 500_000,
  );
  const { rows } = await tree.database.pool.query<{ node_id: string }>(
    'SELECT node_id FROM trunk_state WHERE trunk_id = $1',
    [trunk.id],
  );
  expect(rows[0]?.node_id).toBe('node-a');

  const contact = /<(sip:[^>]+)>/.exec(carrier.of('REGISTER').at(-1)?.header('contact') ?? '')?.[1];
  const token = parseSipUri(contact ?? '')?.user ?? '';
  expect(token).toMatch(/^[0-9a-f]{24}$/);
  const call = { port: running.env.sipPort, uri: `sip:${token}@127.0.0.1:${running.env.sipPort}` };
  const body = sdpOf('127.0.0.31');
  const to = 'sip:+12025550150@carrier.test';
  const taken = await carrier.ask(
    'INVITE',
    { ...call, to, from: 'sip:+442079460000@x.test' },
    { body },
  );
  // Known, and the number is ours: only nobody is registered at extension 101.
  expect(taken.status).toBe(480);
  const stranger = await peerAt('127.0.0.32');
  const guessed = await stranger.ask(
    'INVITE',
    { ...call, to, from: 'sip:us@carrier.test' },
    { body },
  );
  expect(guessed.status).toBe(401);

  await deleteTrunk(operator, trunk.id);
  await eventually(() => carrier.of('REGISTER').at(-1)?.header('expires') === '0');
});

test('a wrong secret is told in words, and a mended one works at once', async () => {
  const carrier = await peerAt('127.0.0.33');
  carrier.demand(US, accept);
  const operator = tree.operator.as();
  const trunk = await createTrunk(operator, {
    kind: 'registration',
    carrierId,
    name: 'mistyped',
    host: '127.0.0.33',
    port: carrier.port,
    transport: 'udp',
    username: US.username,
    realm: US.realm,
    secret: 'mistyped-secret',
  });
  const connection = async () => (await getTrunk(operator, trunk.id)).connection;
  await eventually(async () => (await connection()).registration === 'failed');
  expect(await connection()).toMatchObject({
    errorStatus: 401,
    errorText: 'Wrong user name or secret.',
  });
  await updateTrunk(operator, trunk.id, { secret: US.secret });
  await eventually(async () => (await connection()).registration === 'registered');
  expect((await connection()).errorText).toBeNull();
  await updateTrunk(operator, trunk.id, { state: 'suspended' });
  await eventually(() => carrier.of('REGISTER').at(-1)?.header('expires') === '0');
  await eventually(async () => (await connection()).registration === null);
});

test('a trunk that is asked whether it lives shows its round trip', async () => {
  const carrier = await peerAt('127.0.0.34');
  const operator = tree.operator.as();
  const trunk = await createTrunk(operator, {
    carrierId,
    name: 'asked',
    address: '127.0.0.34',
    port: carrier.port,
    transport: 'udp',
    optionsSeconds: 5,
  });
  const connection = async () => (await getTrunk(operator, trunk.id)).connection;
  await eventually(async () => (await connection()).health === 'up');
  expect((await connection()).roundTripMs).toBeGreaterThanOrEqual(0);
  expect(carrier.of('OPTIONS').length).toBeGreaterThan(0);
});

test('a customer’s PBX registers once, gets its numbers as dialled, and calls as the customer', async () => {
  const pbx = await peerAt('127.0.0.36');
  const carrier = await peerAt('127.0.0.37');
  const operator = tree.operator.as();
  const acme = tree.acme.as();
  await createTrunk(operator, { carrierId, name: 'by address', address: '127.0.0.37' });
  const { id } = await createTrunk(acme, {
    kind: 'pbx',
    tenantId: tree.acme.tenantId,
    name: 'Head office',
  });
  const revealed = await resetTrunkSecret(acme, id);
  const credentials: Credentials = { ...revealed, realm: revealed.domain };
  const number = await createNumber(operator, { e164: '+12025550151', accountId: tree.acme.id });
  await assignNumber(operator, number.id, { tenantId: tree.acme.tenantId, trunkId: id });
  await eventually(async () => {
    const { generation, status } = await getNumber(operator, number.id);
    return status.observedGeneration === generation;
  });

  const aor = `sip:${revealed.username}@${revealed.domain}`;
  const register = (secret: Credentials) =>
    pbx.ask(
      'REGISTER',
      { port: running.env.sipPort, uri: `sip:${revealed.domain}`, from: aor, to: aor },
      { credentials: secret, headers: { expires: '300' } },
    );
  expect((await register({ ...credentials, secret: 'not-the-secret' })).status).toBe(403);
  expect((await register(credentials)).status).toBe(200);
  await eventually(async () => (await getTrunk(acme, id)).connection.registration === 'registered');

  // In: from a carrier, to the number.
  pbx.answer = (transaction) => transaction.respond(486);
  const body = sdpOf('127.0.0.37');
  const inbound = { port: running.env.sipPort, uri: 'sip:+12025550151@sip.test' };
  expect((await carrier.ask('INVITE', inbound, { body })).status).toBe(486);
  const [invite] = pbx.of('INVITE');
  expect(parseSipUri(invite?.uri ?? '')).toMatchObject({ user: '+12025550151', port: pbx.port });

  // Out: whoever calls by its flow or its name has to prove the secret.
  const call = (dialled: string, init: Parameters<Peer['ask']>[2]) =>
    pbx.ask(
      'INVITE',
      {
        port: running.env.sipPort,
        uri: `sip:${dialled}@${revealed.domain}`,
        from: `sip:+12025550151@${revealed.domain}`,
      },
      { body, ...init },
    );
  expect((await call('101', {})).status).toBe(401);
  expect((await call('101', { credentials })).status).toBe(480);
  const abroad = await call('+442079460018', { credentials });
  // The customer's own rules decide: it may not call there.
  expect(abroad.header('x-tollbridge-reason')).toBe('DESTINATION_BLOCKED;hop=own');
  await eventually(async () => {
    const { rows } = await tree.database.pool.query<{ account_id: string }>(
      "SELECT account_id FROM call WHERE dialled = $1 AND refusal_code = 'DESTINATION_BLOCKED'",
      ['+442079460018'],
    );
    return rows[0]?.account_id === tree.acme.id;
  });
  const stranger = await peerAt('127.0.0.38');
  const spoofed = await stranger.ask(
    'INVITE',
    { port: running.env.sipPort, uri: `sip:101@${revealed.domain}`, from: aor },
    { body, credentials: { ...credentials, secret: 'guessed-secret' } },
  );
  expect(spoofed.status).toBe(403);

  // A new secret ends what the old one registered.
  await resetTrunkSecret(acme, id);
  await eventually(async () => (await getTrunk(acme, id)).connection.registration === null);
  expect((await carrier.ask('INVITE', inbound, { body })).status).toBe(480);
});

test('a call leaves over a carrier by address, and over one that asks who we are, with proof', async () => {
  const operator = tree.operator.as();
  const [byAddress, registered, pbx] = [
    await peerAt('127.0.0.41'),
    await peerAt('127.0.0.42'),
    await peerAt('127.0.0.43'),
  ];
  byAddress.answer = (transaction) => transaction.respond(503);
  registered.demand(US, (transaction, request) => {
    if (request.method === 'REGISTER') accept(transaction, request);
    else transaction.respond(486);
  });
  const common = { carrierId, transport: 'udp', emergency: true } as const;
  const first = { ...common, name: '1 by address', address: '127.0.0.41', port: byAddress.port };
  await createTrunk(operator, first);
  const second = { ...common, ...US, name: '2 registered', host: '127.0.0.42' };
  const { id } = await createTrunk(operator, {
    ...second,
    kind: 'registration',
    port: registered.port,
  });
  await eventually(
    async () => (await getTrunk(operator, id)).connection.registration === 'registered',
  );
  const own = await createTrunk(tree.acme.as(), {
    kind: 'pbx',
    tenantId: tree.acme.tenantId,
    name: 'Branch',
  });
  const { username, domain, secret } = await resetTrunkSecret(tree.acme.as(), own.id);
  await eventually(async () => {
    const { generation, status } = await getTrunk(operator, own.id);
    return status.observedGeneration === generation;
  });
  const refused = await pbx.ask(
    'INVITE',
    { port: running.env.sipPort, uri: `sip:911@${domain}`, from: `sip:${username}@${domain}` },
    { body: sdpOf('127.0.0.43'), credentials: { username, realm: domain, secret } },
  );
  expect(refused.status).toBe(486);
  expect(byAddress.of('INVITE')[0]?.uri).toBe(`sip:911@127.0.0.41:${byAddress.port}`);
  const proofs = registered.of('INVITE').map((invite) => invite.headers('authorization').length);
  expect(proofs).toEqual([0, 1]);
  expect(registered.of('INVITE')[1]?.uri).toBe(`sip:911@127.0.0.42:${registered.port}`);
  expect(byAddress.of('INVITE')[0]?.headers('authorization')).toEqual([]);
});

test('of two nodes one registers; the other goes on when the first has stopped', async () => {
  const carrier = await peerAt('127.0.0.35');
  carrier.demand(US, accept);
  const operator = tree.operator.as();
  const trunk = await createTrunk(operator, {
    kind: 'registration',
    carrierId,
    name: 'one owner',
    host: '127.0.0.35',
    port: carrier.port,
    transport: 'udp',
    username: US.username,
    realm: US.realm,
    secret: US.secret,
  });
  const connection = async () => (await getTrunk(operator, trunk.id)).connection;
  await eventually(async () => (await connection()).registration === 'registered');
  const other = await startSwitchOf(tree, 'node-b');
  try {
    const callIds = () => new Set(carrier.of('REGISTER').map(({ callId }) => callId));
    await eventually(async () => {
      const { rows } = await tree.database.pool.query<{ count: number }>(
        "SELECT count(*)::int AS count FROM config_observed WHERE node_id = 'node-b' AND object_id = $1",
        [trunk.id],
      );
      return rows[0]?.count === 1;
    });
    expect(callIds().size).toBe(1);
    await running.stop();
    expect(carrier.of('REGISTER').at(-1)?.header('expires')).not.toBe('0');
    await eventually(() => callIds().size === 2);
  } finally {
    await other.stop();
    running = await startSwitchOf(tree);
  }
});
