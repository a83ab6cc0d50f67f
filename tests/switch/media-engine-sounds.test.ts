import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { G711Decoder } from '@/lib/protocol/codecs/g711';
import type { Sound } from '@/lib/switch/media/sound';
import { eventually } from '@/tests/support/eventually';
import { CALL, ENGINES, EngineCalls, LOCAL } from '@/tests/support/media-engines';
import { toneShare } from '@/tests/support/tone';
import { type Ear, portOf, sdpOf, textOf } from '@/tests/unit/switch/media/phone';

/** What every media engine promises of what the switch says itself, of each that there is. */
const RATE_HZ = 8_000;

function sine(toneHz: number, seconds: number): Sound {
  const samples = new SharedArrayBuffer(2 * RATE_HZ * seconds);
  const view = new Int16Array(samples);
  for (let at = 0; at < view.length; at += 1) {
    view[at] = Math.round(Math.sin((2 * Math.PI * toneHz * at) / RATE_HZ) * 12_000);
  }
  return { kind: 'pcm', renditions: [{ sampleRateHz: RATE_HZ, samples }] };
}

const beep: Sound = {
  kind: 'tone',
  steps: [
    { frequenciesHz: [425], durationMs: 400 },
    { frequenciesHz: [], durationMs: 200 },
  ],
  levelDbm0: -10,
};

/** What a phone heard so far, its other packets aside. */
async function heard(ear: Ear): Promise<Float64Array> {
  const decoder = new G711Decoder('PCMA');
  const out = new Int16Array(960);
  const samples: number[] = [];
  while (ear.unread > 0) {
    const { packet } = await ear.next();
    const made = decoder.decode(packet.subarray(12), out);
    for (let at = 0; at < made; at += 1) samples.push((out[at] ?? 0) / 32_768);
  }
  return Float64Array.from(samples);
}

describe.each(ENGINES)('$name', ({ start, isThere }) => {
  let calls: EngineCalls;
  const it = test.skipIf(!isThere);

  beforeAll(async () => {
    if (isThere) calls = new EngineCalls(await start());
  });

  afterEach(() => calls?.tidy());
  afterAll(() => calls?.stop());

  async function hosted() {
    calls.open();
    const a = await calls.ear();
    const sdp = calls.phone(a);
    const toA = await calls.media.host({
      sessionId: CALL,
      legId: 'a',
      sdp,
      signallingAddress: LOCAL,
    });
    return { a, toA, sdp };
  }

  it('a leg that talks to nobody hears what it is played, before the answer too, and the end is told', async () => {
    const { a, toA, sdp } = await hosted();
    expect(
      await calls.media.host({ sessionId: CALL, legId: 'a', sdp, signallingAddress: LOCAL }),
    ).toEqual(toA);
    const playbackId = calls.media.play(CALL, 'a', { sound: sine(700, 1), times: 1 });
    await eventually(() => calls.events.length > 0);
    expect(calls.events).toEqual([{ type: 'played', sessionId: CALL, legId: 'a', playbackId }]);
    const samples = await heard(a);
    expect(samples.length / RATE_HZ).toBeGreaterThan(0.9);
    expect(samples.length / RATE_HZ).toBeLessThan(1.2);
    expect(toneShare(samples, 700)).toBeGreaterThan(0.9);
    await sleep(300);
    expect(a.unread).toBe(0);
  });

  it('a tone goes on until it is stopped, of which nothing is told', async () => {
    const { a } = await hosted();
    calls.media.play(CALL, 'a', { sound: beep, times: null });
    await sleep(1_500);
    calls.media.stopPlaying(CALL, 'a');
    await calls.media.stats(CALL);
    const samples = await heard(a);
    expect(toneShare(samples.slice(0, 0.3 * RATE_HZ), 425)).toBeGreaterThan(0.8);
    expect(toneShare(samples.slice(0.65 * RATE_HZ, 0.95 * RATE_HZ), 425)).toBeGreaterThan(0.8);
    await sleep(300);
    await heard(a);
    await sleep(300);
    expect(a.unread).toBe(0);
    expect(calls.events).toEqual([]);
  });

  it('more than fits into one command is played to its end, as often as was asked', async () => {
    const { a } = await hosted();
    calls.media.play(CALL, 'a', { sound: sine(500, 8), times: 1 });
    await eventually(() => calls.events.length > 0);
    const samples = await heard(a);
    expect(samples.length / RATE_HZ).toBeGreaterThan(7.8);
    expect(toneShare(samples.slice(RATE_HZ, 5 * RATE_HZ), 500)).toBeGreaterThan(0.9);
  });

  it('who is played to does not hear its peer meanwhile, and does again afterwards', async () => {
    const { a, b, toA, toB } = await calls.talking();
    await calls.hears([b, toB], a, 'hello');
    calls.media.play(CALL, 'a', { sound: sine(700, 2), times: null });
    await calls.media.stats(CALL);
    await sleep(300);
    await heard(a);
    await b.send(calls.packet(b, 'psst'), portOf(toB));
    await calls.hears([a, toA], b, 'I am listening to music');
    await sleep(200);
    expect(toneShare(await heard(a), 700)).toBeGreaterThan(0.9);
    calls.media.stopPlaying(CALL, 'a');
    await calls.media.stats(CALL);
    await sleep(300);
    await heard(a);
    await b.send(calls.packet(b, 'there again'), portOf(toB));
    await eventually(async () => a.unread > 0 && textOf((await a.next()).packet) === 'there again');
  });

  it('nothing is heard through a closed gate', async () => {
    const { a } = await hosted();
    calls.media.play(CALL, 'a', { sound: sine(700, 2), times: null });
    await eventually(() => a.unread > 5);
    calls.media.gate(CALL, 'closed');
    await sleep(300);
    await heard(a);
    await sleep(300);
    expect(a.unread).toBe(0);
    expect(calls.media.play(CALL, 'nobody', { sound: beep, times: 1 })).toBeNull();
  });

  it('an echo is what the leg says itself, until it is connected with somebody', async () => {
    const { a, toA } = await hosted();
    calls.media.gate(CALL, 'open');
    await calls.isNotHeard([a, toA], [a]);
    calls.media.play(CALL, 'a', { sound: { kind: 'echo' }, times: null });
    await calls.media.stats(CALL);
    await eventually(async () => {
      await a.send(calls.packet(a, 'hello?'), portOf(toA));
      return a.unread > 0;
    });
    expect(textOf((await a.next()).packet)).toBe('hello?');
    calls.media.stopPlaying(CALL, 'a');
    await calls.media.stats(CALL);
    await sleep(100);
    await heard(a);
    await calls.isNotHeard([a, toA], [a]);
    const c = await calls.ear();
    const toC = await calls.media.offer(calls.saying('a>c', sdpOf({ port: a.port, version: 2 })));
    const told = await calls.media.answer(calls.saying('c>a', calls.phone(c)));
    expect(portOf(told)).toBe(portOf(toA));
    await calls.hears([c, toC], a, 'good day');
    await calls.hears([a, toA], c, 'oh, somebody');
    await calls.isNotHeard([a, toA], [a]);
  });
});
