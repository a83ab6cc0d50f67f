import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { resetSecret } from '@/lib/services/extensions/reset-secret';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { createNumber } from '@/lib/services/numbers/create-number';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { getTrunk } from '@/lib/services/trunks/get-trunk';
import type { BootedSwitch } from '@/tests/support/boot-switch';
import { eventually } from '@/tests/support/eventually';
import { startSwitchOf } from '@/tests/support/running-switch';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';
import { sdpOf } from '@/tests/unit/switch/call/fake-media';
import { Peer } from './peer';

/** A registrar, and behind the same address (a NAT, one machine) the phones of two tenants. */
const SHARED = '127.0.0.61';
const US = { username: 'us', realm: 'carrier.test', secret: 'their-secret-12' };

let tree: Tree;
let running: BootedSwitch;
const peers: Peer[] = [];

beforeAll(async () => {
  tree = await plantTree();
  running = await startSwitchOf(tree);
});
afterAll(async () => {
  for (const peer of peers) await peer.close();
  await running?.stop();
  await tree?.close();
});

async function peer(address = SHARED): Promise<Peer> {
  const made = await Peer.at(address);
  peers.push(made);
  return made;
}

test('phones of two tenants behind a registrar’s address are phones, and its own port is the carrier', async () => {
  const operator = tree.operator.as();
  const carrier = await peer();
  carrier.demand(US, (transaction, request) =>
    transaction.respond(200, 'OK', { headers: { contact: request.headers('contact') } }),
  );
  const { id: carrierId } = await createCarrier(operator, { name: 'carrier' });
  const trunk = await createTrunk(operator, {
    ...{ kind: 'registration', carrierId, name: 'registers', ...US },
    ...{ host: SHARED, port: carrier.port, transport: 'udp' },
  });
  const number = await createNumber(operator, { e164: '+12025550160', accountId: tree.acme.id });
  await assignNumber(operator, number.id, {
    tenantId: tree.acme.tenantId,
    extensionId: tree.acme.extension101,
  });
  await eventually(
    async () => (await getTrunk(operator, trunk.id)).connection.registration === 'registered',
  );
  const body = sdpOf(SHARED);
  const call = async (customer: Customer) => {
    const { username, domain, secret } = await resetSecret(customer.as(), customer.extension102);
    const credentials = { username, realm: domain, secret };
    const uri = `sip:101@${domain}`;
    const from = `sip:${username}@${domain}`;
    const phone = await peer();
    const unproved = await phone.ask('INVITE', { port: running.env.sipPort, uri, from }, { body });
    expect(unproved.status).toBe(401);
    const place = { port: running.env.sipPort, uri, from };
    // Another secret is live as soon as the switch has heard of it.
    await eventually(
      async () => (await phone.ask('INVITE', place, { body, credentials })).status === 480,
    );
  };
  await call(tree.acme);
  await call(tree.cedar);
  const records = async () => {
    const { rows } = await tree.database.pool.query<{
      account_id: string;
      trunk_id: string | null;
    }>(
      `SELECT DISTINCT c.account_id, l.trunk_id FROM call c JOIN leg l ON l.call_id = c.id
        WHERE c.dialled = '101' AND c.sip_status = 480 AND l.seq = 0`,
    );
    return rows;
  };
  // A record follows its refusal by a moment: it waits for company.
  await eventually(async () => (await records()).length === 2);
  const rows = await records();
  expect(rows.map((row) => row.account_id).sort()).toEqual([tree.acme.id, tree.cedar.id].sort());
  expect(rows.every((row) => row.trunk_id === null)).toBe(true);

  // The registrar itself may put the called number where the token would be; a stranger may not.
  const inbound = { port: running.env.sipPort, uri: 'sip:+12025550160@carrier.test' };
  expect((await carrier.ask('INVITE', inbound, { body })).status).toBe(480);
  const neighbour = await peer();
  expect((await neighbour.ask('INVITE', inbound, { body })).status).toBe(401);
  // Whoever knows the token at that address is the carrier, by whatever port.
  const contact = /<(sip:[^>]+)>/.exec(carrier.of('REGISTER').at(-1)?.header('contact') ?? '')?.[1];
  const uri = `sip:${parseSipUri(contact ?? '')?.user}@127.0.0.1:${running.env.sipPort}`;
  const named = { port: running.env.sipPort, uri, to: 'sip:+12025550160@carrier.test' };
  expect((await neighbour.ask('INVITE', named, { body })).status).toBe(480);
});

test('inside a call of a registrar any of its addresses may speak, and nobody else’s', async () => {
  const operator = tree.operator.as();
  const [proxy, registrar, phone, stranger] = [
    await peer('127.0.0.62'),
    await peer('127.0.0.63'),
    await peer('127.0.0.64'),
    await peer('127.0.0.65'),
  ];
  proxy.demand(US, (transaction, request) =>
    transaction.respond(200, 'OK', { headers: { contact: request.headers('contact') } }),
  );
  const { id: carrierId } = await createCarrier(operator, { name: 'carrier of two addresses' });
  const trunk = await createTrunk(operator, {
    ...{ kind: 'registration', carrierId, name: 'behind a proxy', ...US, transport: 'udp' },
    ...{ host: '127.0.0.63', port: registrar.port, proxy: `127.0.0.62:${proxy.port}` },
  });
  await eventually(
    async () => (await getTrunk(operator, trunk.id)).connection.registration === 'registered',
  );
  const { username, domain, secret } = await resetSecret(tree.acme.as(), tree.acme.extension101);
  const aor = `sip:${username}@${domain}`;
  const credentials = { username, realm: domain, secret };
  const place = { port: running.env.sipPort, uri: `sip:${domain}`, from: aor, to: aor };
  await eventually(
    async () => (await phone.ask('REGISTER', place, { credentials })).status === 200,
  );
  phone.answer = (transaction, request) => {
    if (request.method !== 'INVITE') return transaction.respond(200);
    const contact = `<sip:${username}@127.0.0.64:${phone.port}>`;
    const headers = { contact, 'content-type': 'application/sdp' };
    transaction.respond(200, 'OK', { headers, body: sdpOf('127.0.0.64') });
  };
  const called = { port: running.env.sipPort, uri: 'sip:+12025550160@carrier.test' };
  const answer = await proxy.ask('INVITE', called, { body: sdpOf('127.0.0.62') });
  expect(answer.status).toBe(200);
  const uri = /<([^>]+)>/.exec(answer.header('contact') ?? '')?.[1] ?? '';
  const bye = (from: Peer) =>
    from.ask(
      'BYE',
      { port: running.env.sipPort, uri },
      {
        headers: {
          from: answer.header('from') ?? '',
          to: answer.header('to') ?? '',
          'call-id': answer.callId,
          cseq: '90 BYE',
        },
      },
    );
  expect((await bye(stranger)).status).toBe(481);
  expect((await bye(registrar)).status).toBe(200);
});
