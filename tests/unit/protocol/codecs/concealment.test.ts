import { expect, test } from 'vitest';
import { decoderOf, encoderOf, meetingRateHz, voiceNamed } from '@/lib/protocol/codecs/voices';
import { rms, tone } from './signals';

test.each(['PCMU', 'PCMA', 'G722'] as const)(
  '%s repeats what was last heard and is silent after 60 ms',
  (voice) => {
    const [encoder, decoder] = [encoderOf(voice, 8_000), decoderOf(voice, 8_000)];
    const rateHz = decoder.sampleRateHz;
    const frame = rateHz / 50;
    const out = new Int16Array(frame);
    const pcm = tone(rateHz, 400, { ms: 20 });
    for (let sent = 0; sent < 5; sent += 1) decoder.decode(encoder.encode(pcm), out);
    const heard = rms(out);
    const lost = Array.from({ length: 4 }, () => {
      decoder.conceal(out);
      return rms(out) / heard;
    });
    expect(lost[0]).toBeGreaterThan(0.7);
    expect(lost).toEqual([...lost].sort((one, other) => other - one));
    expect(lost[3]).toBe(0);
  },
);

test('who never heard anything conceals with silence', () => {
  const out = Int16Array.of(1, 2, 3);
  decoderOf('PCMA', 8_000).conceal(out);
  expect([...out]).toEqual([0, 0, 0]);
});

test('less than 20 ms that were heard are repeated without the silence before them', () => {
  const decoder = decoderOf('PCMA', 8_000);
  const out = new Int16Array(80);
  decoder.decode(new Uint8Array(80).fill(0xaa), out);
  decoder.conceal(out);
  expect(Math.min(...out)).toBeGreaterThan(20_000);
});

test('voices are known by name and clock, in any case of letters', () => {
  expect(voiceNamed('pcma', 8_000)).toBe('PCMA');
  expect(voiceNamed('opus', 48_000)).toBe('OPUS');
  expect(voiceNamed('G722', 16_000)).toBeNull();
  expect(voiceNamed('G729', 8_000)).toBeNull();
  expect(voiceNamed('toString', 8_000)).toBeNull();
});

test('two voices meet at the lower rate of both', () => {
  expect([
    meetingRateHz('PCMA', 'OPUS'),
    meetingRateHz('OPUS', 'G722'),
    meetingRateHz('G722', 'PCMU'),
  ]).toEqual([8_000, 16_000, 8_000]);
});
