import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VoiceName } from '@/lib/protocol/codecs/voice-codec';
import { decoderOf, encoderOf } from '@/lib/protocol/codecs/voices';
import { eventually } from '@/tests/support/eventually';
import { CALL, ENGINES, EngineCalls } from '@/tests/support/media-engines';
import { toneShare } from '@/tests/support/tone';
import { type Ear, portOf, rtp, textOf } from '@/tests/unit/switch/media/phone';
import { phoneKey, SrtpEnds, sdesSdp, securityOf } from '@/tests/unit/switch/media/secure-phone';

/** What every media engine promises of voices, keys and protection, of each that there is. */
describe.each(ENGINES)('$name', ({ start, isThere }) => {
  let calls: EngineCalls;
  const it = test.skipIf(!isThere);

  beforeAll(async () => {
    if (isThere) calls = new EngineCalls(await start());
  });

  afterEach(() => calls?.tidy());
  afterAll(() => calls?.stop());

  /** Speaks a tone in real time until it is heard; what is heard, as samples of 8 kHz. */
  async function spoken(
    from: { ear: Ear; at: Buffer; voice: VoiceName; payloadType: number; toneHz: number },
    to: { ear: Ear; voice: VoiceName },
  ): Promise<Float64Array> {
    const encoder = encoderOf(from.voice, 16_000);
    const decoder = decoderOf(to.voice, 16_000);
    const rate = encoder.sampleRateHz;
    const frame = new Int16Array(rate / 50);
    const ticks = from.voice === 'OPUS' ? 960 : 160;
    const heard: number[] = [];
    const out = new Int16Array(5_760);
    for (let turn = 0; turn < 60; turn += 1) {
      for (let at = 0; at < frame.length; at += 1) {
        const angle = (2 * Math.PI * from.toneHz * (turn * frame.length + at)) / rate;
        frame[at] = Math.round(Math.sin(angle) * 12_000);
      }
      const fields = { sequence: turn, ssrc: from.ear.port, timestamp: turn * ticks };
      const header = rtp({ ...fields, payloadType: from.payloadType });
      await from.ear.send(Buffer.concat([header, encoder.encode(frame)]), portOf(from.at));
      await sleep(10);
      while (to.ear.unread > 0) {
        const { packet } = await to.ear.next();
        const made = decoder.decode(packet.subarray(12), out);
        const step = decoder.sampleRateHz / 8_000;
        for (let at = 0; at < made; at += step) heard.push((out[at] ?? 0) / 32_768);
      }
    }
    encoder.close();
    decoder.close();
    return Float64Array.from(heard.slice(2_000));
  }

  it.each([
    { own: 'PCMA', type: 8, other: 'OPUS', map: 'opus/48000/2' },
    { own: 'PCMU', type: 0, other: 'G722', map: 'G722/8000' },
  ] as const)(
    '$own and $other have nothing in common: each hears the other in its own',
    async (pair) => {
      const { own, type, other, map } = pair;
      calls.open();
      const [a, b] = [await calls.ear(), await calls.ear()];
      const only = { formats: String(type), lines: [] };
      const toB = await calls.media.offer(calls.saying('a>b', calls.phone(a, only)));
      const offered = toB
        .toString()
        .split('\r\n')
        .find((line) => line.endsWith(` ${map}`));
      const payloadType = Number(/rtpmap:(\d+)/.exec(offered ?? '')?.[1]);
      const lines = [`a=rtpmap:${payloadType} ${map}`];
      const answer = calls.phone(b, { formats: String(payloadType), lines });
      const toA = await calls.media.answer(calls.saying('b>a', answer));
      expect(toA.toString()).toContain(`RTP/AVP ${type}\r\n`);
      await calls.gateOpens();
      const atB = await spoken(
        { ear: a, at: toA, voice: own, payloadType: type, toneHz: 1_000 },
        { ear: b, voice: other },
      );
      expect(toneShare(atB, 1_000)).toBeGreaterThan(0.9);
      const atA = await spoken(
        { ear: b, at: toB, voice: other, payloadType, toneHz: 440 },
        { ear: a, voice: own },
      );
      expect(toneShare(atA, 440)).toBeGreaterThan(0.9);
    },
  );

  it('a key that came by INFO is heard as an event', async () => {
    const { a, b, toA } = await calls.talking();
    await calls.hears([a, toA], b, 'hello');
    expect(calls.media.press(CALL, 'a', { digit: '5', durationMs: 100 })).toBe(true);
    const keys: number[] = [];
    await eventually(async () => {
      await a.send(calls.packet(a, 'x'.repeat(160)), portOf(toA));
      while (b.unread > 0) {
        const { packet } = await b.next();
        if (((packet[1] ?? 0) & 0x7f) === 101) keys.push(packet[12] ?? 0);
      }
      return keys.length > 3;
    });
    expect(new Set(keys)).toEqual(new Set([5]));
  });

  it('a key that the caller presses before the answer is heard by nobody', async () => {
    const { a, b, toA, toB } = await calls.connected();
    calls.media.press(CALL, 'a', { digit: '5', durationMs: 100 });
    for (let turn = 0; turn < 20; turn += 1) {
      await a.send(calls.packet(a, 'x'.repeat(160)), portOf(toA));
      await sleep(20);
    }
    expect(b.unread).toBe(0);
    await calls.gateOpens();
    await calls.hears([a, toA], b, 'hello');
    await calls.hears([b, toB], a, 'good day');
  });

  it("keys of SDES are each leg's own: protected on both sides, none is told on", async () => {
    calls.open();
    const [a, b] = [await calls.ear(), await calls.ear()];
    const aKeys = [phoneKey(1), phoneKey(2, 'AES_256_CM_HMAC_SHA1_80')];
    const bSuite = 'AES_CM_128_HMAC_SHA1_80';
    const secure = { isSignallingSecure: true, protection: 'sdes' as const };
    const toB = await calls.media.offer(calls.saying('a>b', sdesSdp(a.port, aKeys), secure));
    const offered = securityOf(toB);
    const ours =
      offered.kind === 'sdes' ? offered.keys.find(({ suite }) => suite === bSuite) : undefined;
    if (!ours) throw new Error(toB.toString());
    for (const { keyAndSalt } of aKeys) {
      expect(toB.toString()).not.toContain(keyAndSalt.toString('base64'));
    }
    const bKey = phoneKey(ours.tag);
    const toA = await calls.media.answer(calls.saying('b>a', sdesSdp(b.port, [bKey]), secure));
    const answered = securityOf(toA);
    const [told] = answered.kind === 'sdes' ? answered.keys : [];
    expect(toA.toString()).not.toContain(bKey.keyAndSalt.toString('base64'));
    if (!told) throw new Error(toA.toString());
    const aKey = aKeys.find(({ tag, suite }) => tag === told.tag && suite === told.suite);
    if (!aKey) throw new Error(toA.toString());
    await calls.gateOpens();
    const [aEnds, bEnds] = [
      new SrtpEnds(srtp(aKey), srtp(told)),
      new SrtpEnds(srtp(bKey), srtp(ours)),
    ];
    await a.send(aEnds.seal(rtp({ sequence: 1, ssrc: 7, text: 'secret' })), portOf(toA));
    expect(textOf(bEnds.open((await b.next()).packet) ?? Buffer.alloc(12))).toBe('secret');
    await b.send(bEnds.seal(rtp({ sequence: 1, ssrc: 8, text: 'mine too' })), portOf(toB));
    expect(textOf(aEnds.open((await a.next()).packet) ?? Buffer.alloc(12))).toBe('mine too');
    const again = await calls.media.update(calls.saying('a>b', sdesSdp(a.port, aKeys, 2), secure));
    expect(securityOf(again)).toMatchObject({ kind: 'sdes' });
    await calls.media.answer(calls.saying('b>a', sdesSdp(b.port, [bKey], 2), secure));
    await a.send(aEnds.seal(rtp({ sequence: 2, ssrc: 7, text: 'still' })), portOf(toA));
    expect(textOf(bEnds.open((await b.next()).packet) ?? Buffer.alloc(12))).toBe('still');
  });

  it('keys are not read where others could read them', async () => {
    calls.open();
    const a = await calls.ear();
    const offer = calls.media.offer(calls.saying('a>b', sdesSdp(a.port, [phoneKey()])));
    await expect(offer).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

function srtp(key: ReturnType<typeof phoneKey>) {
  return { suite: key.suite, keyAndSalt: key.keyAndSalt };
}
