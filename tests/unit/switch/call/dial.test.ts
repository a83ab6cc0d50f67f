import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, refuses, rings } from './world-phone';

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

/** Three phones of extension 102. */
const desk = (): Phone[] => ['one', 'two', 'three'].map((name) => world.phone('acme', '102', name));

const cancelReasons = (): string[] =>
  world.network.log
    .filter((text) => text.startsWith('CANCEL'))
    .map((text) => /^reason: (.*)$/im.exec(text)?.[1]?.trim() ?? '');

test('all phones of an extension ring; those that lose hear that the call was completed elsewhere', async () => {
  const phones = desk();
  await dial('102');
  expect(phones.map((phone) => phone.calls.length)).toEqual([1, 1, 1]);
  phones[1]?.answer();
  await world.pass(300);
  expect(caller.call.status).toBe(200);
  expect(phones.map((phone) => phone.call.ended)).toEqual([true, false, true]);
  expect(cancelReasons()).toEqual(
    Array(2).fill(
      'SIP;cause=200;text="Call completed elsewhere",Q.850;cause=26;text="answered elsewhere"',
    ),
  );
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('two phones that answer at once: one talks, the other is acknowledged and hung up', async () => {
  const phones = desk();
  await dial('102');
  phones[0]?.answer();
  phones[2]?.answer();
  await world.pass(500);
  expect(phones.map((phone) => phone.call.ended).sort()).toEqual([false, true, true]);
  expect(caller.call.final).toHaveLength(1);
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the best refusal of the branches is what the caller hears', async () => {
  const phones = desk();
  const statuses = [503, 486, 480];
  for (const [index, phone] of phones.entries()) phone.manner = refuses(statuses[index] ?? 500);
  await dial('102');
  expect(caller.call.status).toBe(486);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a 6xx of one phone is the word of all: the others stop ringing', async () => {
  const phones = desk();
  const [first, second, third] = phones;
  if (!first || !second || !third) throw new Error('no phones');
  second.manner = refuses(603);
  await dial('102');
  expect(caller.call.status).toBe(603);
  expect([first.call.ended, third.call.ended]).toEqual([true, true]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a challenge of a phone is neither answered nor passed on', async () => {
  for (const phone of desk()) phone.manner = refuses(407);
  await dial('102');
  expect(caller.call.status).toBe(503);
  expect(world.network.log.filter((text) => /^(proxy-)?authorization:/im.test(text))).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('more than ten contacts are not rung at once', async () => {
  const phones = Array.from({ length: 14 }, (_, index) =>
    world.phone('acme', '102', `phone-${index}`),
  );
  await dial('102');
  expect(phones.filter((phone) => phone.calls.length > 0)).toHaveLength(10);
  caller.cancel();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([503, 500, 408, 488, 302, 407])(
  'a carrier that says %i is passed over and the next one is paid',
  async (status) => {
    const [cheap, dear] = [world.carrier('carrier-b'), world.carrier('carrier-a')];
    cheap.manner = refuses(status);
    dear.manner = answers;
    await dial(ABROAD);
    expect(caller.call.status).toBe(200);
    caller.hangUp();
    await world.pass(100);
    expect(world.record(ABROAD)).toMatchObject({ attempts: 2, trunkId: 'trunk carrier-a' });
    expect(world.record(ABROAD).buy?.carrierId).toBe('carrier-a');
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test.each([486, 404, 603, 403])(
  'what a carrier says of the callee (%i) is the end of it: no other is tried',
  async (status) => {
    const [cheap, dear] = [world.carrier('carrier-b'), world.carrier('carrier-a')];
    cheap.manner = refuses(status);
    await dial(ABROAD);
    expect(caller.call.status).toBe(status);
    expect(dear.calls).toEqual([]);
    expect(world.charging.paid).toEqual([]);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('a 503 whose cause is "user busy" is the callee, not the way there', async () => {
  const [cheap, dear] = [world.carrier('carrier-b'), world.carrier('carrier-a')];
  cheap.manner = (_phone, transaction) => {
    transaction.respond(503, undefined, { headers: { reason: 'Q.850;cause=17' } });
  };
  await dial(ABROAD);
  expect(caller.call.status).toBe(503);
  expect(dear.calls).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a carrier whose 200 bears an SDP of no use is hung up on and not paid; the next one takes the call', async () => {
  const [cheap, dear] = [world.carrier('carrier-b'), world.carrier('carrier-a')];
  const nonsense = Buffer.from('v=0\r\nnonsense\r\n');
  world.media.unusable = (sdp) => sdp.includes('nonsense');
  cheap.manner = (phone, transaction) => phone.accept(transaction, nonsense);
  dear.manner = answers;
  await dial(ABROAD);
  expect(caller.call.status).toBe(200);
  expect(cheap.call.ended).toBe(true);
  expect(dear.call.ended).toBe(false);
  await world.pass(1_000);
  caller.hangUp();
  await world.pass(100);
  expect(world.record(ABROAD)).toMatchObject({ attempts: 2, trunkId: 'trunk carrier-a' });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the caller who cancels while several phones ring leaves none ringing', async () => {
  const phones = desk();
  for (const phone of phones) phone.manner = rings;
  await dial('102');
  caller.cancel();
  await world.pass(300);
  expect(phones.every((phone) => phone.call.ended)).toBe(true);
  expect(world.record('102')).toMatchObject({ sipStatus: 487, hungUpBy: 'caller' });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('while records find no room no call begins but for help: nobody could bill it', async () => {
  const [phone] = desk();
  const carrier = world.carrier('carrier-a');
  world.charging.isBehind = true;
  await dial('102');
  expect(caller.call.status).toBe(503);
  expect(phone?.calls).toHaveLength(0);
  expect(
    world.network.log.some((text) => /^SIP\/2.0 503.*\r\n(.*\r\n)*Retry-After: 5\r\n/i.test(text)),
  ).toBe(true);
  await dial('911');
  expect(carrier.calls).toHaveLength(1);
  carrier.answer();
  await world.pass(300);
  expect(caller.call.status).toBe(200);
  caller.hangUp();
  world.charging.isBehind = false;
  await dial('102');
  expect(phone?.calls).toHaveLength(1);
  phone?.answer();
  await world.pass(300);
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
