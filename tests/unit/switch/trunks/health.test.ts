import { expect, test } from 'vitest';
import { TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { TrunkHealth } from '@/lib/switch/trunks/health';
import type { TrunkStateChange } from '@/lib/switch/trunks/states';
import { TrunkTargets } from '@/lib/switch/trunks/targets';
import { FakeZone } from '@/tests/unit/protocol/dns/zone';
import { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import { ourStack, US } from './carrier';
import { configTrunk } from './config-trunk';

const CARRIER = '192.0.2.60';

function setUp(answer: (transaction: ServerTransaction) => void) {
  const network = new VirtualNetwork();
  const stack = ourStack(network);
  const carrier = { answer, asked: 0 };
  network.host(CARRIER, {
    onRequest: (transaction) => {
      carrier.asked += 1;
      carrier.answer(transaction);
    },
  });
  const reports: TrunkStateChange[] = [];
  let isDown = false;
  const health = new TrunkHealth({
    stack,
    targets: new TrunkTargets({
      dns: new FakeZone({}),
      random: () => 0,
      memory: new TargetMemory(network.clock),
      transports: ['udp'],
      families: [4],
      flowTo: ({ transport, remote }) => ({
        ...network.flow(US, remote.address),
        transport,
        remote,
      }),
    }),
    trunk: configTrunk('trunk', { address: CARRIER }),
    intervalMs: 30_000,
    random: () => 0,
    report: (change) => reports.push(change),
    mark: (down) => {
      isDown = down;
    },
  });
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      network.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(network.errors).toEqual([]);
  };
  const state = () => Object.assign({}, ...reports) as TrunkStateChange;
  health.start();
  return { carrier, health, network, pass, state, isDown: () => isDown };
}

test.each([200, 404, 405, 483, 500])('any answer says that it lives: %i', async (status) => {
  const { pass, state, isDown } = setUp((transaction) => transaction.respond(status));
  await pass(40);
  expect(state()).toMatchObject({ health: 'up', errorText: null });
  expect(state().roundTripMs).toBeGreaterThan(0);
  expect(isDown()).toBe(false);
});

test.each([408, 503])('%i three times in a row says that it can’t work', async (status) => {
  const { carrier, pass, state, isDown } = setUp((transaction) => transaction.respond(status));
  await pass(2);
  expect(isDown()).toBe(false);
  await pass(12);
  expect(isDown()).toBe(true);
  expect(state()).toMatchObject({ health: 'down', errorStatus: status });
  carrier.answer = (transaction) => transaction.respond(200);
  await pass(7);
  expect(isDown()).toBe(false);
  expect(state()).toMatchObject({ health: 'up', errorText: null });
});

test('silence takes it down within half a minute, one answer brings it back', async () => {
  const { carrier, network, pass, state, isDown } = setUp((transaction) =>
    transaction.respond(200),
  );
  await pass(2);
  expect(state().health).toBe('up');
  network.fate = () => [];
  await pass(30 + 30);
  expect(isDown()).toBe(true);
  expect(state()).toMatchObject({
    health: 'down',
    errorText: 'It does not answer.',
    roundTripMs: null,
  });
  network.fate = () => [1];
  carrier.asked = 0;
  await pass(12);
  expect(carrier.asked).toBeGreaterThan(0);
  expect(isDown()).toBe(false);
});

test('two lost questions are no outage', async () => {
  const { carrier, pass, isDown, state } = setUp((transaction) => transaction.respond(503));
  await pass(6);
  carrier.answer = (transaction) => transaction.respond(200);
  await pass(60);
  expect(isDown()).toBe(false);
  expect(state().health).toBe('up');
});

test('once stopped it asks nothing any more', async () => {
  const { carrier, health, pass } = setUp((transaction) => transaction.respond(200));
  await pass(2);
  health.stop();
  const before = carrier.asked;
  await pass(120);
  expect(carrier.asked).toBe(before);
});
