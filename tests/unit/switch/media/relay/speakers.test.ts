import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VoiceName } from '@/lib/protocol/codecs/voice-codec';
import { clockRateOf, decoderOf } from '@/lib/protocol/codecs/voices';
import { goertzelShare } from '@/lib/protocol/dtmf/goertzel';
import { parseRtp, rtpSequence, rtpSsrc, rtpTimestamp } from '@/lib/protocol/rtp/header';
import { SrtpReceiver } from '@/lib/protocol/srtp/receiver';
import { keyAndSaltBytes, srtpSuite } from '@/lib/protocol/srtp/suites';
import { type EndpointConfig, GATE_CLOSED, GATE_EARLY } from '@/lib/switch/media/relay/messages';
import { openUdpSocket } from '@/lib/switch/media/relay/udp-socket';
import type { Pcm, Playback } from '@/lib/switch/media/sound';
import { rms, tone } from '@/tests/unit/protocol/codecs/signals';
import { type Ear, rtp, senderReport, textOf } from '@/tests/unit/switch/media/phone';
import { CALLEE, CALLER, RelayWorld } from './world';

const TYPES: Readonly<Record<VoiceName, { payloadType: number; name: string }>> = {
  PCMU: { payloadType: 0, name: 'PCMU/8000' },
  PCMA: { payloadType: 8, name: 'PCMA/8000' },
  G722: { payloadType: 9, name: 'G722/8000' },
  OPUS: { payloadType: 111, name: 'opus/48000/2' },
};

let world: RelayWorld;

beforeEach(() => {
  world = new RelayWorld(openUdpSocket, 22_300);
});

afterEach(() => {
  world.close();
  expect(world.waitingTimers).toBe(0);
});

function pcmOf(samples: Int16Array, sampleRateHz: Pcm['sampleRateHz']): Pcm {
  const shared = new SharedArrayBuffer(samples.byteLength);
  new Int16Array(shared).set(samples);
  return { sampleRateHz, samples: shared };
}

/** A tone of so many ms in memory, played once unless told. */
function recorded(toneHz: number, ms: number, rest: Partial<Playback> = {}): Playback {
  const renditions = [pcmOf(tone(16_000, toneHz, { ms }), 16_000)];
  return { sound: { kind: 'pcm', renditions }, times: 1, ...rest };
}

function generated(toneHz: number, onMs: number, offMs = 0): Playback {
  const steps = [
    { frequenciesHz: [toneHz], durationMs: onMs },
    { frequenciesHz: [], durationMs: offMs },
  ];
  return { sound: { kind: 'tone', steps, levelDbm0: -13 }, times: null };
}

function play(playback: Playback, playbackId = 1, endpointId = CALLER): void {
  void world.relay.handle({ type: 'play', endpointId, playbackId, playback });
}

function stop(endpointId = CALLER): void {
  void world.relay.handle({ type: 'stopPlaying', endpointId });
}

const ended = () => world.told.flatMap((one) => (one.type === 'played' ? [one.playbackId] : []));

/** A leg that speaks a voice, and a peer that speaks the same. */
async function call(voice: VoiceName = 'PCMA', change: Partial<EndpointConfig> = {}) {
  const parts = await world.call();
  const types = [{ ...TYPES[voice], clockRateHz: clockRateOf(voice) }];
  world.agree(CALLER, parts.a, { types, ...change });
  world.agree(CALLEE, parts.b, { types });
  return parts;
}

/** The next packets that a phone hears. */
async function heard(ear: Ear, count: number) {
  const packets = [];
  for (let index = 0; index < count; index += 1) {
    const { packet } = await ear.next();
    const parsed = parseRtp(packet);
    if (!parsed.ok) throw new Error(parsed.fault);
    packets.push({ ...parsed.header, packet });
  }
  return packets;
}

function decoded(voice: VoiceName, packets: Awaited<ReturnType<typeof heard>>) {
  const decoder = decoderOf(voice, 16_000);
  const pieces = packets.flatMap(({ packet, payloadStart, payloadEnd }) => {
    const pcm = new Int16Array(decoder.sampleRateHz / 50);
    decoder.decode(packet.subarray(payloadStart, payloadEnd), pcm);
    return [...pcm];
  });
  decoder.close();
  return { samples: Int16Array.from(pieces), sampleRateHz: decoder.sampleRateHz };
}

describe('a leg that is played something', () => {
  test.each(['PCMU', 'PCMA', 'G722', 'OPUS'] as const)(
    'hears it in %s, in 20 ms each, without drift',
    async (voice) => {
      const { a } = await call(voice);
      play(recorded(700, 1_000));
      world.pass(1_100);
      const packets = await heard(a, 50);
      const { samples, sampleRateHz } = decoded(voice, packets);
      expect(goertzelShare(samples.subarray(sampleRateHz / 10), 700, sampleRateHz)).toBeGreaterThan(
        0.95,
      );
      const [first] = packets;
      const ticks = clockRateOf(voice) / 50;
      for (const [index, packet] of packets.entries()) {
        expect(packet.payloadType).toBe(TYPES[voice].payloadType);
        expect(packet.ssrc).toBe(first?.ssrc);
        expect(packet.sequence).toBe(((first?.sequence ?? 0) + index) & 0xffff);
        expect(packet.timestamp).toBe(((first?.timestamp ?? 0) + index * ticks) >>> 0);
        expect(packet.marker).toBe(index === 0);
      }
      expect(ended()).toEqual([1]);
      expect(a.unread).toBe(0);
    },
  );

  test('does not hear its peer meanwhile, and hears it again afterwards', async () => {
    const { a, b, toB } = await call();
    play(recorded(700, 100));
    world.pass(0);
    await b.send(rtp({ sequence: 1, text: 'unheard' }), toB);
    await world.taken(1);
    world.pass(200);
    await b.send(rtp({ sequence: 2, text: 'heard' }), toB);
    const packets = await heard(a, 6);
    expect(
      packets
        .slice(0, 5)
        .every(({ payloadEnd, payloadStart }) => payloadEnd - payloadStart === 160),
    ).toBe(true);
    expect(textOf(packets[5]?.packet ?? new Uint8Array())).toBe('heard');
    expect(world.figuresOf(CALLEE).dropped.gated).toBe(1);
  });

  test('hears one stream: what we say continues its peer, and its peer continues us', async () => {
    const { a, b, toB } = await call();
    const says = async (sequence: number) => {
      // The peer stands still while it is not heard, as who holds does.
      const packet = rtp({ sequence, ssrc: 99, timestamp: sequence * 160, text: 'peer' });
      await b.send(packet, toB);
      await world.taken(sequence - 65_529);
      world.pass(20);
    };
    for (const sequence of [65_530, 65_531, 65_532]) await says(sequence);
    world.pass(980);
    play(recorded(700, 100));
    world.pass(1_000);
    for (const sequence of [65_533, 65_534]) await says(sequence);
    play(recorded(700, 40));
    world.pass(100);
    await says(65_535);
    const packets = await heard(a, 13);
    for (const [index, { ssrc, sequence, timestamp }] of packets.entries()) {
      expect(ssrc).toBe(99);
      expect(sequence).toBe((65_530 + index) & 0xffff);
      const before = packets[index - 1];
      if (before) expect((timestamp - before.timestamp) >>> 0).toBeLessThanOrEqual(8_000);
      if (before) expect((timestamp - before.timestamp) >>> 0).toBeGreaterThanOrEqual(160);
    }
    // A second of silence before we spoke, and nearly one after.
    expect((packets[3]?.timestamp ?? 0) - (packets[2]?.timestamp ?? 0)).toBe(8_000);
    const marked = packets.flatMap(({ marker }, index) => (marker ? [index] : []));
    expect(marked).toEqual([3, 8, 10, 12]);
  });

  test('has its reports understood by its peer, and the other way round', async () => {
    const { a, b, toA, toB } = await call();
    await b.send(rtp({ sequence: 1, ssrc: 99 }), toB);
    await world.taken(1);
    play(recorded(700, 20));
    world.pass(1_000);
    // A second peer's voice under another SSRC is still the one stream that the leg knows.
    world.agree(CALLEE, b);
    for (const sequence of [7, 8]) await b.send(rtp({ sequence, ssrc: 50 }), toB);
    await world.taken(3);
    const last = (await heard(a, 4)).at(-1);
    expect(last?.ssrc).toBe(99);
    const reports = await world.ear(a.port + 1);
    await reports.send(senderReport(1, { ssrc: 99, lostFraction: 128 }), toA + 1);
    await world.taken(4);
    expect(world.figuresOf(CALLER).reported?.lostFraction).toBeCloseTo(0.5);
  });

  test('is heard by its peer all the while', async () => {
    const { a, b, toA } = await call();
    play(generated(425, 1_000));
    world.pass(20);
    await a.send(rtp({ sequence: 1, text: 'hallo' }), toA);
    expect(textOf((await b.next()).packet)).toBe('hallo');
    stop();
    world.pass(20);
  });

  test('hears a pattern of tone and silence by its measure, for ever, until it is stopped', async () => {
    const { a } = await call();
    play(generated(425, 200, 300));
    world.pass(990);
    const { samples } = decoded('PCMA', await heard(a, 50));
    for (const round of [0, 1]) {
      const on = samples.subarray(round * 4_000, round * 4_000 + 1_600);
      expect(goertzelShare(on, 425, 8_000)).toBeGreaterThan(0.98);
      expect(rms(samples.subarray(round * 4_000 + 1_600, (round + 1) * 4_000))).toBeLessThan(20);
    }
    // −13 dBm0, where 0 dBm0 is 16,140.
    expect(20 * Math.log10(rms(samples.subarray(80, 1_500)) / 16_140)).toBeCloseTo(-13, 0);
    stop();
    world.pass(100);
    expect(a.unread).toBe(0);
    expect(ended()).toEqual([]);
  });

  test('hears what goes round without a seam, as often as was said', async () => {
    const { a } = await call();
    // 25 ms of 440 Hz are 11 whole waves: no frame ends where a round does.
    play(recorded(440, 25, { times: 4 }));
    world.pass(200);
    const { samples } = decoded('PCMA', await heard(a, 5));
    expect(goertzelShare(samples.subarray(80), 440, 8_000)).toBeGreaterThan(0.97);
    expect(ended()).toEqual([1]);
  });

  test('hears the newest of several, and is told of the end of that alone', async () => {
    const { a } = await call();
    play(recorded(700, 1_000), 1);
    world.pass(100);
    play(recorded(1_200, 100), 2);
    world.pass(200);
    const packets = await heard(a, 11);
    expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(ended()).toEqual([2]);
  });

  test('hears it late where that was asked for', async () => {
    const { a } = await call();
    play(recorded(700, 40, { afterMs: 100 }));
    world.pass(80);
    expect(a.unread).toBe(0);
    world.pass(100);
    expect(await heard(a, 2)).toHaveLength(2);
    expect(ended()).toEqual([1]);
  });

  test('hears it before the answer, and nothing once the gate is closed', async () => {
    const { a } = await call();
    world.gates[0] = GATE_EARLY;
    play(recorded(700, 1_000));
    world.pass(50);
    await heard(a, 3);
    world.gates[0] = GATE_CLOSED;
    world.pass(1_000);
    expect(a.unread).toBe(0);
    expect(ended()).toEqual([1]);
  });

  test('hears nothing while it may not receive; time passes all the same', async () => {
    const { a } = await call('PCMA', { mayReceive: false });
    play(recorded(700, 100));
    world.pass(200);
    expect(a.unread).toBe(0);
    expect(ended()).toEqual([1]);
  });

  test('is told at once where none of its voices is ours', async () => {
    await call('PCMA', { types: [{ payloadType: 18, name: 'G729/8000', clockRateHz: 8_000 }] });
    play(recorded(700, 100));
    expect(ended()).toEqual([1]);
  });

  test('goes on in another voice where that is agreed meanwhile', async () => {
    const { a } = await call('PCMA');
    play(recorded(700, 1_000));
    world.pass(10);
    expect((await heard(a, 1))[0]?.payloadType).toBe(8);
    world.agree(CALLER, a, { types: [{ ...TYPES.OPUS, clockRateHz: 48_000 }] });
    world.pass(20);
    expect((await heard(a, 1))[0]?.payloadType).toBe(111);
    stop();
    world.pass(20);
  });

  test('hears it protected where its media is', async () => {
    const suite = srtpSuite('AES_CM_128_HMAC_SHA1_80');
    const keyAndSalt = Buffer.alloc(suite ? keyAndSaltBytes(suite) : 0, 7);
    const keying = { suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt } as const;
    const security = { kind: 'sdes', send: keying, receive: keying } as const;
    const { a } = await call('PCMA', { security });
    play(recorded(700, 100));
    world.pass(120);
    const receiver = new SrtpReceiver(keying);
    const { packet } = await a.next();
    expect(packet.length).toBe(12 + 160 + 10);
    expect(receiver.rtpOf(packet)?.length).toBe(12 + 160);
  });
});

describe('the timer', () => {
  test('makes up for what a busy loop was late by, and not for what it slept through', async () => {
    const { a } = await call();
    play(generated(425, 1_000));
    world.pass(10);
    await heard(a, 1);
    world.stall(65);
    await heard(a, 3);
    world.stall(1_000);
    await heard(a, 1);
    expect(a.unread).toBe(0);
    stop();
    world.pass(20);
  });

  test('rests while nobody is played anything', async () => {
    await call();
    expect(world.waitingTimers).toBe(0);
    play(recorded(700, 100));
    world.pass(500);
    expect(world.waitingTimers).toBe(0);
  });
});

describe('a leg that hears itself', () => {
  test('hears what it says as it came, at once, under another source, until it is stopped', async () => {
    const a = await world.ear();
    const toA = await world.bind(CALLER);
    world.agree(CALLER, a, { peerId: null });
    play({ sound: { kind: 'echo' }, times: null });
    await a.send(rtp({ sequence: 7, ssrc: 99, text: 'hallo' }), toA);
    const { packet } = await a.next();
    expect(textOf(packet)).toBe('hallo');
    await a.send(rtp({ sequence: 9, ssrc: 99, text: 'welt' }), toA);
    const second = (await a.next()).packet;
    expect(textOf(second)).toBe('welt');
    expect(rtpSsrc(packet)).not.toBe(99);
    expect(rtpSsrc(second)).toBe(rtpSsrc(packet));
    // What was lost on the way is missing in the echo too.
    expect((rtpSequence(second) - rtpSequence(packet)) & 0xffff).toBe(2);
    expect((rtpTimestamp(second) - rtpTimestamp(packet)) >>> 0).toBe(320);
    stop();
    await a.send(rtp({ sequence: 10, ssrc: 99, text: 'hallo' }), toA);
    await world.taken(3);
    expect(a.unread).toBe(0);
  });

  test('hears nothing before the answer, for that would be a call for nothing', async () => {
    const a = await world.ear();
    const toA = await world.bind(CALLER);
    world.agree(CALLER, a, { peerId: null });
    world.gates[0] = GATE_EARLY;
    play({ sound: { kind: 'echo' }, times: null });
    await a.send(rtp({ sequence: 7, text: 'hallo' }), toA);
    await world.taken(1);
    expect(world.figuresOf(CALLER).dropped.gated).toBe(1);
    expect(a.unread).toBe(0);
  });
});
