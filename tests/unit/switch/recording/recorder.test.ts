import { beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '@/lib/infra/log';
import type { RecordingNote } from '@/lib/services/recordings/types';
import type { CaptureOrder, CaptureSides, MediaRecorder } from '@/lib/switch/media/media-recorder';
import type { Sound } from '@/lib/switch/media/sound';
import { Recorder } from '@/lib/switch/recording/recorder';
import { NOTHING_LEFT, World } from '@/tests/unit/switch/call/world';
import { answers, type Phone, rings } from '@/tests/unit/switch/call/world-phone';

const ABROAD = '+442079460018';
const WORDS: Sound = { kind: 'pcm', renditions: [] };

/** What the engine was told of a capture. */
interface Captured {
  readonly sessionId: string;
  readonly order: CaptureOrder;
  readonly steps: (readonly [string, unknown])[];
}

let captured: Captured[];
let notes: RecordingNote[];
let words: Sound | null;
let isDead: boolean;
let world: World;
let recorder: Recorder;
let anna: Phone;
let bert: Phone;
let carrier: Phone;

const engine: MediaRecorder = {
  begin(sessionId, order) {
    if (isDead) return null;
    const one: Captured = { sessionId, order, steps: [] };
    captured.push(one);
    return {
      place: (sides: CaptureSides) => void one.steps.push(['place', sides]),
      pause: (backMs) => void one.steps.push(['pause', backMs]),
      resume: (afterMs) => void one.steps.push(['resume', afterMs]),
      end: async () => {
        one.steps.push(['end', null]);
        return { bytes: 100, isIncomplete: false };
      },
    };
  },
};

const recorderOptions = () => ({
  ...{ engine, nodeId: 'n', captures: '/nowhere', log: silentLogger },
  sealer: { seal: () => new Uint8Array(1), open: () => '' },
  note: (note: RecordingNote) => void notes.push(note),
  announcement: async () => words,
  onChange: () => undefined,
});

beforeEach(() => {
  captured = [];
  notes = [];
  words = WORDS;
  isDead = false;
  world = new World({
    recorderOf: ({ directory, network }) => {
      recorder = new Recorder({ ...recorderOptions(), directory, clock: network.clock });
      return recorder;
    },
  });
  anna = world.phone('acme', '101');
  bert = world.phone('acme', '102');
  carrier = world.carrier('carrier-b');
  bert.manner = answers;
  carrier.manner = answers;
});

type House = 'acme' | 'birch' | 'cedar';
const SETTINGS = { format: 'wav', isSealed: false, isFull: false } as const;

function lets(house: House, consent: 'one_party' | 'all_party'): void {
  world.lets(house, { recording: { consent, ...SETTINGS } });
}

function always(number: string, rule: 'always' | 'never' = 'always'): void {
  const extension = world.directory.extension('tenant Acme', number);
  if (!extension) throw new Error(`no extension ${number}`);
  world.directory.put({ kind: 'extension', record: { ...extension, recording: rule } });
}

async function talk(to: string) {
  const call = anna.dial('101@acme.lab.test', `${to}@acme.lab.test`);
  await world.pass(200);
  expect(call.status).toBe(200);
  return call;
}

const states = (): string[] => notes.map(({ state }) => state);
const theCall = () => [...world.calls.values()][0];
const legsOf = (one: Captured | undefined) =>
  (one?.steps.findLast(([step]) => step === 'place')?.[1] ?? {}) as Partial<CaptureSides>;

/** What is played to anybody comes to its end. */
async function playedOut(): Promise<void> {
  for (const [sessionId, { playing }] of world.media.sessions) {
    for (const legId of [...playing.keys()]) world.media.endPlaying(sessionId, legId);
  }
  await world.pass(50);
}

async function press(legId: string, keys: string): Promise<void> {
  const [sessionId, session] = [...world.media.sessions][0] ?? ['', undefined];
  for (const digit of keys) {
    session?.start.onEvent({ type: 'digit', sessionId, legId, digit });
    await world.pass(100);
  }
}

describe('by a rule', () => {
  test('a call is recorded from its answer to its end, the caller left', async () => {
    lets('acme', 'one_party');
    always('101');
    bert.manner = rings;
    anna.dial('101@acme.lab.test', '102@acme.lab.test');
    await world.pass(1_000);
    expect(captured).toEqual([]);
    bert.answer();
    await world.pass(200);
    expect(captured).toHaveLength(1);
    const call = theCall();
    expect(legsOf(captured[0]).callerLegId).toBe(call?.caller.leg.id);
    expect(states()).toEqual(['capturing']);
    expect(notes[0]?.header).toMatchObject({
      callId: call?.callId,
      tenantId: 'tenant Acme',
      fromExtensionId: 'Acme 101',
      toExtensionId: 'Acme 102',
      consent: 'one_party',
      automatic: true,
      sealedKey: null,
    });
    anna.hangUp();
    await world.pass(200);
    expect(captured[0]?.steps.at(-1)?.[0]).toBe('end');
    expect(states()).toEqual(['capturing', 'processing']);
    expect(recorder.size).toBe(0);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  });

  test.each([
    ['its tenant does not let calls be recorded', () => always('101')],
    ['nothing says so', () => lets('acme', 'one_party')],
    [
      'the other extension is never to be',
      () => {
        lets('acme', 'one_party');
        always('101');
        always('102', 'never');
      },
    ],
  ])('a call is not where %s', async (_why, arrange) => {
    arrange();
    await talk('102');
    anna.hangUp();
    await world.pass(200);
    expect([captured, notes]).toEqual([[], []]);
  });

  test('of its trunk a call is recorded, whoever calls by it', async () => {
    lets('acme', 'one_party');
    await talk(ABROAD);
    expect(captured).toEqual([]);
    const trunk = world.directory.trunkById(theCall()?.trunkId ?? '');
    anna.hangUp();
    await world.pass(200);
    if (!trunk) throw new Error('the call took no trunk');
    world.directory.put({ kind: 'trunk', record: { ...trunk, recording: 'always' } });
    await talk(ABROAD);
    expect(states()).toEqual(['capturing']);
    expect(notes[0]?.header).toMatchObject({ automatic: true, fromExtensionId: 'Acme 101' });
    anna.hangUp();
    await world.pass(200);
    expect(states()).toEqual(['capturing', 'processing']);
  });

  test('a call nobody answers leaves nothing', async () => {
    lets('acme', 'one_party');
    always('101');
    bert.manner = rings;
    anna.dial('101@acme.lab.test', '102@acme.lab.test');
    await world.pass(500);
    anna.cancel();
    await world.pass(500);
    expect([captured, notes]).toEqual([[], []]);
  });
});

describe('between two tenants', () => {
  const BIRCH = '+12025550102';
  const theirs = () => world.phone('birch', '101');

  test('each has a recording of its own, and neither is told of the other', async () => {
    lets('acme', 'one_party');
    lets('birch', 'one_party');
    always('101');
    const other = world.directory.extension('tenant Birch', '101');
    if (other)
      world.directory.put({ kind: 'extension', record: { ...other, recording: 'always' } });
    theirs().manner = answers;
    await talk(BIRCH);
    expect(notes.map(({ header }) => header.tenantId).sort()).toEqual([
      'tenant Acme',
      'tenant Birch',
    ]);
    const own = notes.find(({ header }) => header.tenantId === 'tenant Birch');
    expect(own?.header).toMatchObject({ fromExtensionId: null, toExtensionId: 'Birch 101' });
    const call = theCall();
    if (!call) throw new Error('no call');
    recorder.control(call, 'Birch', 'pause');
    expect(recorder.statesOf(call)).toEqual([
      { accountId: 'Acme', state: 'recording' },
      { accountId: 'Birch', state: 'paused' },
    ]);
    expect(() => recorder.control(call, 'Cedar', 'pause')).toThrow(/no such call/);
    anna.hangUp();
    await world.pass(200);
    expect(states().filter((state) => state === 'processing')).toHaveLength(2);
  });

  test('nothing is kept where the other side does not let it', async () => {
    lets('acme', 'one_party');
    always('101');
    theirs().manner = answers;
    await talk(BIRCH);
    const call = theCall();
    if (!call) throw new Error('no call');
    expect(captured).toEqual([]);
    expect(() => recorder.control(call, 'Acme', 'start')).toThrow(/other side/);
  });
});

describe('where both sides have to know', () => {
  beforeEach(() => {
    lets('acme', 'all_party');
    always('101');
  });

  test('nothing is kept before both have been told', async () => {
    await talk('102');
    expect(captured).toEqual([]);
    const call = theCall();
    if (!call) throw new Error('no call');
    expect(recorder.statesOf(call)).toEqual([{ accountId: 'Acme', state: 'announcing' }]);
    expect(world.media.played.map(({ playback }) => playback.sound)).toEqual([WORDS, WORDS]);
    await playedOut();
    expect(captured).toHaveLength(1);
    expect(notes[0]?.header.consent).toBe('all_party');
  });

  test('who hangs up meanwhile is not recorded; that it was so is noted', async () => {
    await talk('102');
    bert.hangUp();
    await world.pass(200);
    expect(captured).toEqual([]);
    expect(notes).toMatchObject([{ state: 'discarded', header: { consent: 'all_party' } }]);
  });

  test('without words nothing is kept', async () => {
    words = null;
    await talk('102');
    await world.pass(10_000);
    expect(captured).toEqual([]);
    expect(states()).toEqual(['discarded']);
  });

  test('who is transferred in is not heard before it was told', async () => {
    const carla = world.phone('acme', '103');
    carla.manner = answers;
    await talk('102');
    await playedOut();
    bert.refer('<sip:103@acme.lab.test>');
    await world.pass(500);
    expect(legsOf(captured[0])).toEqual({ callerLegId: null, calleeLegId: null });
    await playedOut();
    const { callerLegId, calleeLegId } = legsOf(captured[0]);
    expect(callerLegId).toBe(theCall()?.caller.leg.id);
    expect(calleeLegId).toBeTruthy();
    // Who was told is not told again.
    const told = world.media.played.filter(({ playback }) => playback.sound === WORDS);
    expect(told).toHaveLength(3);
  });
});

describe('on demand', () => {
  beforeEach(() => lets('acme', 'one_party'));

  test('it is begun, paused, resumed and ended, and no rule begins it anew', async () => {
    always('102');
    await talk('102');
    const call = theCall();
    if (!call) throw new Error('no call');
    expect(recorder.control(call, 'Acme', 'stop')).toBe('stopped');
    expect(() => recorder.control(call, 'Acme', 'pause')).toThrow(/not being recorded/);
    expect(recorder.control(call, 'Acme', 'start')).toBe('recording');
    expect(recorder.control(call, 'Acme', 'start')).toBe('recording');
    expect(recorder.control(call, 'Acme', 'pause')).toBe('paused');
    expect(recorder.control(call, 'Acme', 'resume')).toBe('recording');
    expect(captured.map(({ steps }) => steps.map(([step]) => step))).toEqual([
      ['place', 'end'],
      ['place', 'pause', 'resume'],
    ]);
    expect(notes.map(({ header, state }) => [header.automatic, state])).toEqual([
      [true, 'capturing'],
      [false, 'capturing'],
    ]);
  });

  test('it is paused and resumed by keys of its own phones alone', async () => {
    always('101');
    await talk(ABROAD);
    const call = theCall();
    const own = call?.caller.leg.id ?? '';
    const { calleeLegId } = legsOf(captured[0]);
    await press(calleeLegId ?? '', '*72');
    expect(captured[0]?.steps.some(([step]) => step === 'pause')).toBe(false);
    await press(own, '*72');
    const pause = captured[0]?.steps.find(([step]) => step === 'pause');
    // Since its first key, and the moment that a key takes to be known.
    expect(pause?.[1]).toBeGreaterThanOrEqual(200 + 150);
    await press(own, '*73');
    expect(captured[0]?.steps.at(-1)?.[0]).toBe('resume');
  });

  test('a transfer goes on in it, whoever comes on the side of who left', async () => {
    const carla = world.phone('acme', '103');
    carla.manner = answers;
    always('101');
    await talk('102');
    const before = legsOf(captured[0]);
    anna.refer('<sip:103@acme.lab.test>');
    await world.pass(500);
    const after = legsOf(captured[0]);
    expect(after.calleeLegId).toBe(before.calleeLegId);
    expect(after.callerLegId).not.toBe(before.callerLegId);
    expect(captured).toHaveLength(1);
  });
});

test('calls that are joined go on in one recording; that of the call that joins ends there', async () => {
  lets('acme', 'one_party');
  always('101');
  const first = await talk(ABROAD);
  const second = await talk('102');
  expect(captured).toHaveLength(2);
  const { dialog } = second;
  if (!dialog) throw new Error('no dialog');
  const { callId, localTag, remoteTag } = dialog;
  const replaces = `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
  anna.refer(`<sip:102@acme.lab.test?Replaces=${encodeURIComponent(replaces)}>`, first);
  await world.pass(500);
  expect(captured.map(({ steps }) => steps.at(-1)?.[0])).toEqual(['place', 'end']);
  const [stays] = captured;
  const { callerLegId, calleeLegId } = legsOf(stays);
  // The far side stays where it was; who was asked takes the place of who transferred.
  const before = stays?.steps[0]?.[1] as CaptureSides;
  expect(calleeLegId).toBe(before.calleeLegId);
  expect([callerLegId, before.callerLegId]).not.toContain(undefined);
  expect(callerLegId).not.toBe(before.callerLegId);
  bert.hangUp();
  await world.pass(200);
  expect(states().filter((state) => state === 'processing')).toHaveLength(2);
  expect(recorder.size).toBe(0);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('what the engine can’t do does not concern the call', async () => {
  lets('acme', 'one_party');
  always('101');
  isDead = true;
  await talk('102');
  expect(anna.call.ended).toBe(false);
  expect(states()).toEqual(['discarded']);
});

test('an engine that can keep nothing: a call that should be recorded goes on, and the log says so', async () => {
  const warned: unknown[] = [];
  const log = { ...silentLogger, warn: (...line: unknown[]) => void warned.push(line) };
  const { engine: _engine, ...rest } = recorderOptions();
  world = new World({
    recorderOf: ({ directory, network }) => {
      recorder = new Recorder({ ...rest, directory, clock: network.clock, log, engine: undefined });
      return recorder;
    },
  });
  anna = world.phone('acme', '101');
  bert = world.phone('acme', '102');
  bert.manner = answers;
  lets('acme', 'one_party');
  await talk('102');
  expect(warned).toEqual([]);
  anna.hangUp();
  await world.pass(200);
  always('101');
  await talk('102');
  const call = theCall();
  const { callId } = call ?? {};
  expect(warned).toEqual([['recording.impossible', { callId, tenantId: 'tenant Acme' }]]);
  expect(notes).toEqual([]);
  expect(() => call && recorder.control(call, 'Acme', 'start')).toThrow(/can not record/);
});
