import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { simulateCall } from '@/lib/services/calls/simulate-call';
import type { ServiceContext } from '@/lib/services/context';
import { createDeck } from '@/lib/services/decks/create-deck';
import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { getRouteGroup } from '@/lib/services/route-groups/get-route-group';
import { updateRouteGroup } from '@/lib/services/route-groups/update-route-group';
import { eventually } from '@/tests/support/eventually';
import { addCarrier, connectionOf } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { startSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** A carrier whose calls fail comes last; decks of the operator's have routes of their own. */
const test = anyTest.skipIf(!hasPeer('sipp'));

const PORT = 15_830;
const [BROKEN, WORKING] = ['127.0.3.1', '127.0.3.2'];
const PREFIX = '442079473';
/** As many failures as make a trunk come last (trunks/quality.ts). */
const FAILURES = 10;

let running: RunningSwitch;
let operator: ServiceContext;
let phone: WirePhone;

beforeAll(async () => {
  if (!hasPeer('sipp')) return;
  running = await startSwitch();
  operator = await labOperator(running.database);
  phone = await WirePhone.open({
    ...{ user: '101', domain: 'acme.lab.test', secret: 'lab-acme-101' },
    server: `127.0.0.1:${running.ports.sip}`,
  });
});

afterEach(async () => {
  await stopAllSipp();
  if (running) await running.noneIsLeft();
});

afterAll(async () => {
  phone?.close();
  await running?.close();
});

async function callOnce(number: string, sdpPort: number): Promise<void> {
  const dialog = await phone.call(number, audioSdp(sdpPort));
  expect((await phone.hangUp(dialog)).status).toBe(200);
}

async function routesNow(number: string) {
  const where = { number: '101', tenant: { domain: 'acme.lab.test' } };
  const extension = await running.database.prisma.extension.findFirstOrThrow({ where });
  const answer = await simulateCall(operator, running.control, {
    extensionId: extension.id,
    dialled: number,
  });
  return answer.routes?.filter(({ skipped }) => skipped === null) ?? [];
}

test('a carrier that fails again and again comes last, says so, and its calls go on over the next', async () => {
  const trunk = (address: string) => ({ address, port: PORT, transport: 'udp' }) as const;
  const [cheap, dear] = ['broken', 'working'];
  const broken = await addCarrier(operator, {
    ...{ name: cheap, prefix: PREFIX, perMinute: '0.0010', trunk: trunk(BROKEN) },
  });
  await addCarrier(operator, {
    ...{ name: dear, prefix: PREFIX, perMinute: '0.0020', trunk: trunk(WORKING) },
  });
  const refuses = await startSipp({
    ...{ scenario: 'decline', localAddress: BROKEN, localPort: PORT, refusal: 500 },
    calls: FAILURES + 5,
  });
  await startSipp({
    ...{ scenario: 'answer', localAddress: WORKING, localPort: PORT, mediaPort: 33_400 },
    calls: FAILURES + 5,
  });
  const number = `+${PREFIX}001`;
  for (let call = 0; call < FAILURES; call += 1) await callOnce(number, 41_200 + call * 2);
  const before = await running.lab.calls(number, FAILURES);
  expect(before.map(({ attempts }) => attempts)).toEqual(before.map(() => 2));

  await callOnce(`+${PREFIX}002`, 41_300);
  expect(await running.lab.call(`+${PREFIX}002`)).toMatchObject({ sipStatus: 200, attempts: 1 });
  expect((await refuses.stop()).log.split('\n').filter((line) => line !== '')).toHaveLength(
    FAILURES,
  );
  const routes = await routesNow(number);
  expect(routes[0]).toMatchObject({ trunk: { name: dear }, isDemoted: false });
  expect(routes.at(-1)).toMatchObject({ trunk: { name: cheap }, isDemoted: true });
  await eventually(async () => (await connectionOf(operator, broken.id)).demotedUntil !== null);
  expect((await connectionOf(operator, broken.id)).demotedWhy).toBe('10 of 10 calls failed');
});

test('calls that are sold at a deck leave by the group of that deck, all others by the oldest', async () => {
  const prisma = running.database.prisma;
  const number = '+442079460018';
  expect((await routesNow(number))[0]?.trunk.name).toBe('carrier-b');
  const north = await prisma.account.findFirstOrThrow({ where: { name: 'North' } });
  const trunk = await prisma.trunk.findFirstOrThrow({ where: { name: 'carrier-a' } });
  const group = await createRouteGroup(operator, {
    name: 'Premium',
    members: [{ trunkId: trunk.id }],
    deckIds: [north.sellDeckId ?? ''],
  });
  expect(group).toMatchObject({ isDefault: false, decks: [{ id: north.sellDeckId }] });
  await eventually(async () => (await routesNow(number))[0]?.trunk.name === 'carrier-a');
  expect(await routesNow(number)).toHaveLength(1);
  // Of another group than the deck's, nothing is left of it once the deck is taken out.
  await updateRouteGroup(operator, group.id, { deckIds: [] });
  await eventually(async () => (await routesNow(number))[0]?.trunk.name === 'carrier-b');
  expect((await getRouteGroup(operator, group.id)).decks).toEqual([]);
  const buy = await createDeck(operator, {
    kind: 'buy',
    name: 'not sold',
    currency: 'USD',
    rates: [],
  });
  const wrong = updateRouteGroup(operator, group.id, { deckIds: [buy.id] });
  await expect(wrong).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
