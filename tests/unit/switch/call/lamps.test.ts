import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, refuses, rings } from './world-phone';

const ACME = 'acme.lab.test';

let world: World;
let anna: Phone;
let bert: Phone;
let carla: Phone;

beforeEach(() => {
  world = new World();
  anna = world.phone('acme', '101');
  bert = world.phone('acme', '102');
  carla = world.phone('acme', '103');
  bert.manner = answers;
  carla.manner = answers;
});

/** What the lamps of 101, 102 and 103 say: "-" for dark, else the state of each dialog. */
function lamps(): string[] {
  return ['101', '102', '103'].map((number) => {
    const dialogs = world.lamps.of(`Acme ${number}`)?.dialogs ?? [];
    return dialogs.length === 0 ? '-' : dialogs.map(({ state }) => state).join();
  });
}

const to = (user: string): string => `<sip:${user}@${ACME}>`;

test('the lamp of who transferred goes out, that of the target comes on', async () => {
  const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(200);
  expect(lamps()).toEqual(['confirmed', 'confirmed', '-']);
  let changes = 0;
  world.lamps.listen((id) => {
    if (id === 'Acme 102') changes += 1;
  });
  bert.refer(to('103'));
  await world.pass(500);
  expect(lamps()).toEqual(['confirmed', '-', 'confirmed']);
  // Whoever watches is told of it, not just answered when it asks.
  expect(changes).toBeGreaterThan(0);
  anna.hangUp(call);
  await world.pass(200);
  expect(lamps()).toEqual(['-', '-', '-']);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who calls and transfers whom it called is free again', async () => {
  const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(200);
  anna.refer(to('103'), call);
  await world.pass(500);
  expect(lamps()).toEqual(['-', 'confirmed', 'confirmed']);
  carla.hangUp();
  await world.pass(200);
  expect(lamps()).toEqual(['-', '-', '-']);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who forwards is not busy with the call that goes on elsewhere', async () => {
  world.forwards('acme', '102', { busy: '103' });
  bert.manner = refuses(486);
  carla.manner = rings;
  const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(300);
  // It is called still, and may be picked up by either lamp.
  expect(lamps()).toEqual(['early', 'early', 'early']);
  carla.answer();
  await world.pass(200);
  expect(lamps()).toEqual(['confirmed', '-', 'confirmed']);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the lamp of whose call was picked up goes out, that of the picker is on', async () => {
  bert.manner = rings;
  const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(200);
  const ringing = [...world.calls.values()][0];
  const { callId, localTag, remoteTag } = world.pickups.of(ringing?.callId ?? '');
  carla.dial(`103@${ACME}`, `102@${ACME}`, {
    replaces: `${callId};to-tag=${localTag};from-tag=${remoteTag}`,
  });
  await world.pass(300);
  expect(lamps()).toEqual(['confirmed', '-', 'confirmed']);
  anna.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('an attended transfer leaves its transferor free', async () => {
  const dora = world.phone('acme', '104');
  dora.manner = answers;
  const first = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(200);
  const held = bert.call;
  const second = bert.dial(`102@${ACME}`, `104@${ACME}`);
  await world.pass(200);
  const { dialog } = second;
  const named = encodeURIComponent(
    `${dialog?.callId};to-tag=${dialog?.remoteTag};from-tag=${dialog?.localTag}`,
  );
  bert.refer(`<sip:104@${ACME}?Replaces=${named}>`, held);
  await world.pass(1_000);
  expect(lamps()).toEqual(['confirmed', '-', '-']);
  expect(world.lamps.of('Acme 104')?.dialogs.map(({ state }) => state)).toEqual(['confirmed']);
  anna.hangUp(first);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
