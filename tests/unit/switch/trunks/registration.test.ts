import { expect, test } from 'vitest';
import { TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { createChallengeAnswers } from '@/lib/switch/trunks/challenge';
import { TrunkRegistration } from '@/lib/switch/trunks/registration';
import type { TrunkStateChange } from '@/lib/switch/trunks/states';
import { TrunkTargets } from '@/lib/switch/trunks/targets';
import { a, FakeZone, srv, type Zone } from '@/tests/unit/protocol/dns/zone';
import { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import {
  type CarrierBehaviour,
  ChallengingCarrier,
  ourStack,
  REALM,
  SECRET,
  US,
  USERNAME,
} from './carrier';
import { configTrunk } from './config-trunk';

const FIRST = '192.0.2.50';
const SECOND = '192.0.2.51';
const ZONE: Zone = {
  [`SRV _sip._udp.${REALM}`]: [
    srv([10, 0, 5060], 'a.carrier.test'),
    srv([20, 0, 5060], 'b.carrier.test'),
  ],
  'A a.carrier.test': [a(FIRST)],
  'A b.carrier.test': [a(SECOND)],
};

const accept =
  (seconds: number | ((request: SipRequest) => number)) =>
  (transaction: ServerTransaction, request: SipRequest) => {
    const granted = typeof seconds === 'number' ? seconds : seconds(request);
    const contact = `${request.header('contact')?.split(';expires')[0]};expires=${granted}`;
    transaction.respond(200, 'OK', {
      headers: { contact: ['<sip:other@192.0.2.9>;expires=9', contact] },
    });
  };

function setUp(
  options: {
    trunk?: Partial<ConfigTrunk>;
    behaviour?: Partial<CarrierBehaviour>;
    secret?: string;
    zone?: Zone;
  } = {},
) {
  const network = new VirtualNetwork();
  const stack = ourStack(network);
  const trunk = configTrunk('trunk', {
    kind: 'registration',
    address: null,
    host: REALM,
    username: USERNAME,
    realm: REALM,
    ...options.trunk,
  });
  const behaviour: CarrierBehaviour = {
    status: 401,
    realm: REALM,
    admitted: accept(600),
    ...options.behaviour,
  };
  const first = new ChallengingCarrier(network, FIRST, behaviour);
  const second = new ChallengingCarrier(network, SECOND, behaviour);
  const targets = new TrunkTargets({
    dns: new FakeZone(options.zone ?? ZONE),
    random: () => 0,
    memory: new TargetMemory(network.clock),
    transports: ['udp', 'tcp'],
    families: [4],
    flowTo: ({ transport, remote }) => ({ ...network.flow(US, remote.address), transport, remote }),
  });
  const reports: TrunkStateChange[] = [];
  const credentials = {
    username: USERNAME,
    realm: trunk.realm ?? REALM,
    secret: options.secret ?? SECRET,
  };
  const registration = new TrunkRegistration({
    stack,
    targets,
    trunk,
    answers: createChallengeAnswers(credentials, () => stack.randomToken()),
    contactUser: 'c0ffee',
    random: () => 0.5,
    report: (change) => reports.push(change),
  });
  /** Moves time on in steps, so that look-ups come back in between. */
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      network.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(network.errors).toEqual([]);
  };
  const state = () => Object.assign({}, ...reports) as TrunkStateChange;
  return { network, first, second, registration, reports, pass, state };
}

test('registers with digest, and refreshes at three quarters of what was granted', async () => {
  const { first, registration, pass, state, network } = setUp();
  registration.start();
  await pass(2);
  expect(state()).toMatchObject({ registration: 'registered', errorText: null });
  expect(state().registeredUntilMs).toBeGreaterThan(network.clock.nowMs() + 590_000);
  expect(first.requests).toHaveLength(2);
  const [one, two] = first.requests;
  expect(one?.uri).toBe(`sip:${REALM}`);
  expect(two?.cseq.sequence).toBe((one?.cseq.sequence ?? 0) + 1);
  expect(one?.header('contact')).toContain('<sip:c0ffee@');
  await pass(400);
  expect(first.requests).toHaveLength(2);
  await pass(60);
  expect(first.requests.length).toBeGreaterThan(2);
  expect(new Set(first.requests.map(({ callId }) => callId)).size).toBe(1);
  expect(state().registration).toBe('registered');
});

test('the time that counts is the one of our own Contact', async () => {
  const { registration, pass, state, network } = setUp({ behaviour: { admitted: accept(120) } });
  registration.start();
  await pass(2);
  expect((state().registeredUntilMs ?? 0) - network.clock.nowMs()).toBeLessThan(121_000);
  expect(registration.isRegistered).toBe(true);
});

test('423 is followed to the time that it asks for', async () => {
  const { first, registration, pass, state } = setUp({
    trunk: { registerSeconds: 60 },
    behaviour: {
      admitted: (transaction, request) => {
        const asked = Number(request.header('expires'));
        if (asked < 1_800)
          transaction.respond(423, undefined, { headers: { 'min-expires': '1800' } });
        else accept(asked)(transaction, request);
      },
    },
  });
  registration.start();
  await pass(2);
  expect(state().registration).toBe('registered');
  expect(first.requests.at(-1)?.header('expires')).toBe('1800');
});

test('a wrong secret is told, and asked about rarely: twice in the first two minutes', async () => {
  const { first, registration, pass, state } = setUp({ secret: 'not the secret' });
  registration.start();
  await pass(120);
  expect(state()).toMatchObject({
    registration: 'failed',
    errorStatus: 401,
    errorText: 'Wrong user name or secret.',
  });
  expect(first.requests.length).toBeLessThanOrEqual(4);
});

test('a registrar that asks for another realm gets nothing, and the person learns which', async () => {
  const { first, second, registration, pass, state } = setUp({ behaviour: { realm: 'evil.test' } });
  registration.start();
  await pass(60);
  expect([...first.proofs, ...second.proofs]).toEqual([]);
  expect(state().errorText).toContain('"evil.test"');
});

test('a silent server is passed over for the next one, and comes last for a minute', async () => {
  const { network, second, registration, pass, state } = setUp();
  network.host(FIRST, { onRequest: () => {} });
  registration.start();
  await pass(12);
  expect(state().registration).toBe('registered');
  expect(second.requests.length).toBe(2);
});

test('503 is not the end: the next server, then a pause that grows', async () => {
  const { first, second, registration, pass, state } = setUp({
    behaviour: { admitted: (transaction) => transaction.respond(503) },
  });
  registration.start();
  await pass(2);
  expect(first.requests).toHaveLength(2);
  expect(second.requests).toHaveLength(2);
  expect(state()).toMatchObject({ registration: 'failed', errorStatus: 503 });
  await pass(58);
  const inFirstMinute = first.requests.length;
  await pass(240);
  expect(first.requests.length - inFirstMinute).toBeLessThan(inFirstMinute);
});

test('an outage within the granted time leaves the trunk registered', async () => {
  const { network, registration, pass, state } = setUp({ behaviour: { admitted: accept(100) } });
  registration.start();
  await pass(2);
  network.fate = () => [];
  await pass(90);
  expect(state()).toMatchObject({ registration: 'registered', errorText: 'It does not answer.' });
  await pass(60);
  expect(state().registration).toBe('failed');
  network.fate = () => [1];
  await pass(200);
  expect(state()).toMatchObject({ registration: 'registered', errorText: null });
});

test('stopping says nothing to the registrar, disabling takes the registration back', async () => {
  const { first, registration, pass, state } = setUp();
  registration.start();
  await pass(2);
  const before = first.requests.length;
  registration.stop();
  await pass(3_600);
  expect(first.requests).toHaveLength(before);
  const other = setUp();
  other.registration.start();
  await other.pass(2);
  other.registration.unregister();
  await other.pass(2);
  expect(other.first.requests.at(-1)?.header('expires')).toBe('0');
  expect(other.first.requests.at(-1)?.header('authorization')).toBeDefined();
  expect(other.state()).toMatchObject({ registration: null, registeredUntilMs: null });
  expect(state().registration).toBe('registered');
});

test('a name that leads nowhere, and name servers that fail, are told apart', async () => {
  const nowhere = setUp({ zone: {} });
  nowhere.registration.start();
  await nowhere.pass(1);
  expect(nowhere.state().errorText).toContain('no SIP server');
  const failing = setUp({
    zone: {
      [`SRV _sip._udp.${REALM}`]: new Error('queryServfail'),
      [`A ${REALM}`]: new Error('queryServfail'),
    },
  });
  failing.registration.start();
  await failing.pass(1);
  expect(failing.state().errorText).toBe('DNS: queryServfail');
});
