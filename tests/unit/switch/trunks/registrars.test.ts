import { expect, test } from 'vitest';
import { createSealer } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import { TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { Flow, TransportName } from '@/lib/protocol/sip/transport';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { sealTrunkSecret } from '@/lib/services/trunks/secret';
import { SwitchDirectory } from '@/lib/switch/directory/directory';
import { TrunkTargets } from '@/lib/switch/trunks/targets';
import { Trunks } from '@/lib/switch/trunks/trunks';
import { a, FakeZone, srv } from '@/tests/unit/protocol/dns/zone';
import { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import { ChallengingCarrier, ourStack, REALM, SECRET, US, USERNAME } from './carrier';
import { configTrunk } from './config-trunk';

const FIRST = '192.0.2.50';
const SECOND = '192.0.2.51';
const NEIGHBOUR = 40_123;
const sealer = createSealer('a key for tests, long enough to be one');
const ZONE = {
  [`SRV _sip._udp.${REALM}`]: [srv([10, 0, 5060], 'a.carrier.test')],
  [`SRV _sip._tcp.${REALM}`]: [srv([10, 0, 5060], 'a.carrier.test')],
  'A a.carrier.test': [a(FIRST), a(SECOND)],
};

function registering(id: string, changes: Partial<ConfigTrunk> = {}): ConfigTrunk {
  return configTrunk(id, {
    ...{ kind: 'registration', address: null, host: REALM, username: USERNAME, realm: REALM },
    secretSealed: Buffer.from(sealTrunkSecret(sealer, id, SECRET)),
    ...changes,
  });
}

/** Trunks that have registered at the first of two addresses of their carrier. */
async function registered(...records: ConfigTrunk[]) {
  const network = new VirtualNetwork();
  new ChallengingCarrier(network, FIRST, {
    status: 401,
    realm: REALM,
    admitted: (transaction, request) =>
      transaction.respond(200, 'OK', { headers: { contact: request.headers('contact') } }),
  });
  const directory = new SwitchDirectory();
  for (const record of records) directory.put({ kind: 'trunk', record });
  const trunks = new Trunks({
    stack: ourStack(network),
    directory,
    targets: new TrunkTargets({
      dns: new FakeZone(ZONE),
      random: () => 0,
      memory: new TargetMemory(network.clock),
      transports: ['udp', 'tcp'],
      families: [4],
      flowTo: ({ transport, remote }) => ({
        ...network.flow(US, remote.address, transport),
        remote,
      }),
    }),
    store: {
      claim: async (trunkIds) => trunkIds,
      release: async () => {},
      write: async () => {},
    },
    sealer,
    log: silentLogger,
    contactUserOf: (trunkId) => `token of ${trunkId}`,
    random: () => 0,
    onChange: () => {},
    ping: () => {},
  });
  await trunks.renew();
  await new Promise((resolve) => setImmediate(resolve));
  network.advance(1_000);
  for (const { id } of records) expect(trunks.states.of(id).registration).toBe('registered');
  return { trunks, directory };
}

const flowFrom = (address: string, port: number, transport: TransportName = 'udp'): Flow => ({
  transport,
  local: { address: US, port: 5060 },
  remote: { address, port },
});

test('over UDP a registrar without our token is known by its address and port together', async () => {
  const { trunks } = await registered(registering('trunk'));
  const at = (flow: Flow, user = '+12025550160') => trunks.registeredTrunk(flow, user)?.id;
  expect(at(flowFrom(FIRST, 5060))).toBe('trunk');
  expect(at(flowFrom(SECOND, 5060))).toBe('trunk');
  expect(at(flowFrom(FIRST, NEIGHBOUR))).toBeUndefined();
  expect(at(flowFrom('192.0.2.52', 5060))).toBeUndefined();
  // The token is enough at any port and by any transport, but at no other address.
  expect(at(flowFrom(FIRST, NEIGHBOUR), 'token of trunk')).toBe('trunk');
  expect(at(flowFrom(FIRST, NEIGHBOUR, 'tcp'), 'token of trunk')).toBe('trunk');
  expect(at(flowFrom('192.0.2.52', 5060), 'token of trunk')).toBeUndefined();
});

test('on connections a registrar without our token is known by the one that we registered by', async () => {
  const { trunks } = await registered(registering('trunk', { transport: 'tcp' }));
  const at = (flow: Flow) => trunks.registeredTrunk(flow, '+12025550160')?.id;
  expect(at(flowFrom(FIRST, 5060, 'tcp'))).toBe('trunk');
  expect(at(flowFrom(FIRST, NEIGHBOUR, 'tcp'))).toBeUndefined();
  expect(at(flowFrom(SECOND, 5060, 'tcp'))).toBeUndefined();
  expect(at(flowFrom(FIRST, 5060, 'tls'))).toBeUndefined();
  expect(at({ ...flowFrom(FIRST, 5060, 'tcp'), peerName: 'other.test' })).toBeUndefined();
  // Anybody can write a datagram's source; who registers by TCP is called by TCP.
  expect(at(flowFrom(FIRST, 5060))).toBeUndefined();
});

test('of two trunks at one registrar a call bears the token, and a suspended one takes none', async () => {
  const { trunks, directory } = await registered(registering('one'), registering('two'));
  const flow = flowFrom(FIRST, 5060);
  expect(trunks.registeredTrunk(flow, '+12025550160')).toBeUndefined();
  expect(trunks.registeredTrunk(flow, 'token of two')?.id).toBe('two');
  directory.put({ kind: 'trunk', record: registering('two', { status: 'suspended' }) });
  trunks.configured();
  expect(trunks.registeredTrunk(flow, 'token of two')).toBeUndefined();
  // What the carrier sends for the suspended one must not come in by the other.
  expect(trunks.registeredTrunk(flow, '+12025550160')).toBeUndefined();
  directory.remove('trunk', 'two');
  trunks.configured();
  expect(trunks.registeredTrunk(flow, '+12025550160')?.id).toBe('one');
});

test('inside a dialog any address of a trunk may speak: of its registrar, or its own', async () => {
  const { trunks, directory } = await registered(registering('trunk'), registering('other'));
  directory.put({ kind: 'trunk', record: configTrunk('ip', { address: '192.0.2.64/30' }) });
  expect(trunks.isOf('trunk', flowFrom(SECOND, 5060))).toBe(true);
  expect(trunks.isOf('trunk', flowFrom('192.0.2.52', 5060))).toBe(false);
  expect(trunks.isOf('trunk', flowFrom('192.0.2.65', 5060))).toBe(false);
  expect(trunks.isOf('ip', flowFrom('192.0.2.65', 5060))).toBe(true);
  expect(trunks.isOf('ip', flowFrom(SECOND, 5060))).toBe(false);
});

test('where registrars are is known of trunks in service alone', async () => {
  const { trunks, directory } = await registered(registering('one'));
  expect(trunks.registrarAddresses()).toEqual([FIRST, SECOND]);
  directory.put({ kind: 'trunk', record: registering('one', { status: 'suspended' }) });
  expect(trunks.registrarAddresses()).toEqual([]);
});
