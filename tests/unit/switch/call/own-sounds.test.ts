import { beforeEach, expect, test } from 'vitest';
import { toneOf } from '@/lib/switch/sounds/tones';
import { sdpOf } from './fake-media';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, refuses, rings } from './world-phone';

/** What whoever is held or transferred hears of us. */

let world: World;
let caller: Phone;
let callee: Phone;
let third: Phone;

beforeEach(async () => {
  world = new World();
  const { id = '' } = world.directory.tenantByDomain('acme.lab.test') ?? {};
  world.sounds.musical.add(id);
  caller = world.phone('acme', '101');
  callee = world.phone('acme', '102');
  third = world.phone('acme', '103');
  callee.manner = answers;
  caller.dial('101@acme.lab.test', '102@acme.lab.test');
  await world.pass(300);
});

const session = () => {
  const [only] = world.media.sessions.values();
  if (!only) throw new Error('no session');
  return only;
};

/** What is played now, by the place of the leg in the session: 0 = the caller. */
const playing = () => {
  const legs = [...session().legs];
  return [...session().playing].map(([legId, { playback }]) => [legs.indexOf(legId), playback]);
};

const music = () => ({ sound: world.sounds.music, times: null });

async function holds(phone: Phone, direction = 'sendonly'): Promise<void> {
  const asked = phone.update(sdpOf(phone.name, direction));
  await world.pass(200);
  expect(asked.status).toBe(200);
}

async function over(): Promise<void> {
  caller.hangUp();
  await world.pass(300);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
}

test.each(['sendonly', 'inactive'])(
  'whoever is held by %s hears music until it is resumed',
  async (direction) => {
    await holds(caller, direction);
    expect(playing()).toEqual([[1, music()]]);
    // A refresh of the hold does not begin it anew.
    await holds(caller, direction);
    expect(world.media.played).toHaveLength(1);
    await holds(caller, 'sendrecv');
    expect(playing()).toEqual([]);
    await over();
  },
);

test('either side may hold', async () => {
  await holds(callee);
  expect(playing()).toEqual([[0, music()]]);
  await over();
});

test('a tenant without music lets nobody hear any', async () => {
  world.sounds.musical.clear();
  await holds(caller);
  expect(world.media.played).toEqual([]);
  await over();
});

test('whoever is held by a carrier hears what that one sends', async () => {
  const carrier = world.carrier('carrier-b');
  carrier.manner = answers;
  await over();
  third.dial('103@acme.lab.test', '+442079460018@acme.lab.test');
  await world.pass(300);
  await holds(carrier);
  expect(world.media.played).toEqual([]);
  await holds(third);
  expect(world.media.played).toMatchObject([{ playback: music() }]);
  third.hangUp();
  await world.pass(300);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('music that comes when the hold is over is not played', async () => {
  let bring = (): void => undefined;
  world.sounds.holdMusic = () =>
    new Promise((resolve) => {
      bring = () => resolve(world.sounds.music);
    });
  await holds(caller);
  await holds(caller, 'sendrecv');
  bring();
  await world.pass(100);
  expect(world.media.played).toEqual([]);
  await over();
});

test('who is transferred hears the target ring, as at home, and its answer ends that', async () => {
  third.manner = rings;
  await holds(callee);
  callee.refer('<sip:103@acme.lab.test>');
  await world.pass(300);
  expect(playing()).toEqual([[0, toneOf('ringback', 'US')]]);
  third.answer();
  await world.pass(3_000);
  expect(playing()).toEqual([]);
  expect(callee.call.ended).toBe(true);
  await over();
});

test('a target that declines gives the music back to who was held for it', async () => {
  await holds(callee);
  third.manner = (phone, transaction) => {
    phone.respond(transaction, 180);
    world.network.timers.after(100, () => refuses(486)(phone, transaction));
  };
  callee.refer('<sip:103@acme.lab.test>');
  await world.pass(50);
  expect(playing()).toEqual([[0, toneOf('ringback', 'US')]]);
  await world.pass(500);
  expect(playing()).toEqual([[0, music()]]);
  await holds(callee, 'sendrecv');
  expect(playing()).toEqual([]);
  await over();
});

test('a target that is heard before it answers is heard, and not our tone', async () => {
  third.manner = (phone, transaction) => {
    phone.respond(transaction, 180);
    world.network.timers.after(100, () =>
      transaction.respond(183, undefined, {
        headers: { contact: '<sip:third>', 'content-type': 'application/sdp' },
        body: sdpOf('third'),
      }),
    );
  };
  callee.refer('<sip:103@acme.lab.test>');
  await world.pass(80);
  expect(playing()).toHaveLength(1);
  await world.pass(300);
  expect(playing()).toEqual([]);
  await over();
});
