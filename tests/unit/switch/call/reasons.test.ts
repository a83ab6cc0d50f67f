import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Manner, type Phone } from './world-phone';

const ABROAD = '+442079460018';

let world: World;
let caller: Phone;

beforeEach(() => {
  world = new World();
  caller = world.phone('acme', '101');
});

async function dial(to: string): Promise<void> {
  caller.dial('101@acme.lab.test', `${to}@acme.lab.test`);
  await world.pass(300);
}

const cancels = (): string[] =>
  world.network.log
    .filter((text) => /^CANCEL sip:102@(?!acme\.lab\.test)/.test(text))
    .map((text) => /^reason: (.*)$/im.exec(text)?.[1]?.trim() ?? '');

function cancel(reason?: string): void {
  const { invite } = caller.call;
  if ('cancel' in invite) invite.cancel(reason === undefined ? {} : { reason });
}

const refusesFor =
  (status: number, reason: string): Manner =>
  (_phone, transaction) =>
    transaction.respond(status, undefined, { headers: { reason } });

test('why a carrier or a phone hangs up reaches the other side and the record', async () => {
  const carrier = world.carrier('carrier-b');
  carrier.manner = answers;
  await dial(ABROAD);
  await world.pass(1_000);
  carrier.ask(carrier.call, 'BYE', { reason: 'Q.850;cause=38;text="network out of order"' });
  await world.pass(300);
  const bye = caller.heard.find(({ method }) => method === 'BYE');
  expect(bye?.header('reason')).toMatch(/^Q\.850;cause=38;/);
  expect(world.record(ABROAD)).toMatchObject({ q850Cause: 38, hungUpBy: 'callee' });
  await dial('+442079460019');
  caller.ask(caller.call, 'BYE', { reason: 'SIP;cause=486, Q.850;cause=19' });
  await world.pass(300);
  const last = carrier.heard.findLast(({ method }) => method === 'BYE');
  expect(last?.header('reason')).toMatch(/^Q\.850;cause=19;/);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the cause of a refusal is told on, without the words of who said it', async () => {
  world.phone('acme', '102').manner = refusesFor(480, 'Q.850;cause=20;text="gw7 says so"');
  await dial('102');
  expect(caller.call.status).toBe(480);
  expect(caller.call.final[0]?.headers('reason')).toEqual(['Q.850;cause=20']);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each(['SIP;cause=200;text="Call completed elsewhere"', 'Q.850;cause=26'])(
  'a caller that says %s leaves no missed call on the phones that rang',
  async (reason) => {
    world.phone('acme', '102', 'one');
    world.phone('acme', '102', 'two');
    await dial('102');
    cancel(reason);
    await world.pass(300);
    expect(caller.call.status).toBe(487);
    expect(cancels()).toHaveLength(2);
    for (const told of cancels()) expect(told).toMatch(/^SIP;cause=200;.*Q\.850;cause=26/);
    expect(world.record('102')).toMatchObject({ sipStatus: 487, q850Cause: 26 });
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('a caller that just gives up leaves a missed call', async () => {
  world.phone('acme', '102');
  await dial('102');
  cancel();
  await world.pass(300);
  expect(cancels()).toEqual([expect.stringMatching(/^Q\.850;cause=16;/)]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
