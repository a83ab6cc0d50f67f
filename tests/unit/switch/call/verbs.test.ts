import { beforeEach, expect, test } from 'vitest';
import type { Call } from '@/lib/switch/call/call';
import { answer, dialFor, early, play } from '@/lib/switch/call/verbs';
import type { Playback } from '@/lib/switch/media/sound';
import { sdpOf } from './fake-media';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, refuses } from './world-phone';

const ABROAD = '+442079460018';

let world: World;
let outside: Phone;
let carrier: Phone;
const told: string[] = [];

/**
 * An application over the verbs: it answers, tries a colleague, and when that one is busy calls
 * abroad at the expense of extension 101; when nothing works it hangs up.
 */
async function attendant(call: Call): Promise<void> {
  const onBehalfOf = world.directory.extension('tenant Acme', '101');
  if (!onBehalfOf || !(await answer(call))) return;
  for (const dialled of ['102', ABROAD]) {
    const outcome = await dialFor(call, { onBehalfOf, dialled });
    told.push(`${dialled} ${outcome.kind}`);
    if (outcome.kind === 'answered' || call.isOver) return;
  }
  call.hangUp({ q850: 16, text: 'nobody' });
}

beforeEach(() => {
  told.length = 0;
  world = new World({ application: attendant });
  outside = world.carrier('carrier-a');
  carrier = world.carrier('carrier-b');
  carrier.manner = answers;
});

function call(): void {
  outside.dial('+442079460000@carrier-a', '+12025550101@switch');
}

test('an application answers, dials a priced call on a payer, and connects the two', async () => {
  world.phone('acme', '102').manner = refuses(486);
  call();
  await world.pass(500);
  expect(outside.call.status).toBe(200);
  expect(told).toEqual(['102 failed', `${ABROAD} answered`]);
  const [session] = world.media.sessions.values();
  expect(session?.gate).toBe('open');
  await world.pass(1_000);
  outside.hangUp();
  await world.pass(200);
  expect(carrier.call.ended).toBe(true);
  expect(world.record(ABROAD).facts).toMatchObject({
    payerAccountId: 'Acme',
    link: { callId: world.record('+12025550101').callId, kind: 'transfer' },
  });
  expect(world.charging.paidBy('Acme')).toBe(10_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('an application that reaches nobody for want of funds has dialled nobody, and hangs up', async () => {
  world.charging.balances.set('Acme', 0n);
  call();
  await world.pass(500);
  expect(told).toEqual(['102 failed', `${ABROAD} failed`]);
  expect(carrier.calls).toEqual([]);
  expect(outside.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a caller who hangs up on the application takes what it dials along', async () => {
  world.phone('acme', '102');
  call();
  await world.pass(300);
  outside.hangUp();
  await world.pass(300);
  expect(told).toEqual(['102 failed']);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('an application that throws ends its call and nothing else', async () => {
  world = new World({
    application: async () => {
      throw new Error('a defect');
    },
  });
  outside = world.carrier('carrier-a');
  call();
  await world.pass(300);
  expect(outside.call.status).toBe(500);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

const NOTICE: Playback = { sound: { kind: 'pcm', renditions: [] }, times: 1 };

test('an application says something before it answers, and goes on when that has ended', async () => {
  const heard: string[] = [];
  world = new World({
    application: async (each) => {
      if (!(await early(each))) return;
      heard.push('early');
      await play(each, NOTICE);
      heard.push('said');
      await answer(each);
      await play(each, NOTICE);
      heard.push('over');
    },
  });
  outside = world.carrier('carrier-a');
  call();
  await world.pass(300);
  expect(outside.call.provisional.map(({ status }) => status)).toEqual([183]);
  expect(outside.call.status).toBeUndefined();
  expect(heard).toEqual(['early']);
  const [[sessionId, session] = []] = world.media.sessions;
  const [legId = ''] = session?.legs ?? [];
  world.media.endPlaying(sessionId ?? '', legId);
  await world.pass(100);
  expect(heard).toEqual(['early', 'said']);
  expect(outside.call.status).toBe(200);
  outside.hangUp();
  await world.pass(300);
  expect(heard).toEqual(['early', 'said', 'over']);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a new offer of a caller that talks to an application is answered by us', async () => {
  world = new World({ application: async (each) => void (await answer(each)) });
  outside = world.carrier('carrier-a');
  call();
  await world.pass(300);
  const asked = outside.update(sdpOf('carrier-a', 'sendonly'));
  await world.pass(100);
  expect(asked.status).toBe(200);
  outside.hangUp();
  await world.pass(300);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
