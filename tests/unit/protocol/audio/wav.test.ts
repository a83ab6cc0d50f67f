import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioReading } from '@/lib/protocol/audio/audio-file';
import { readWav, wavOf } from '@/lib/protocol/audio/wav';
import { tone } from '@/tests/unit/protocol/codecs/signals';

function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function format(tag: number, of: { channels?: number; rateHz?: number; bits: number }): Buffer {
  const { channels = 1, rateHz = 8_000, bits } = of;
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rateHz, 4);
  body.writeUInt16LE(bits, 14);
  return chunk('fmt ', body);
}

function riff(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

function samples(reading: AudioReading): number[] {
  if (!reading.ok) throw new Error(reading.reason);
  return [...reading.file.pieces()].flatMap((piece) => [...piece]);
}

const data = (...bytes: readonly number[]) => chunk('data', Buffer.from(bytes));

describe('a WAV file', () => {
  test('of ours is read as it was written', () => {
    const pcm = tone(16_000, 440, { ms: 600 });
    const reading = readWav(wavOf(pcm, 16_000));
    expect(reading).toMatchObject({ ok: true, file: { sampleRateHz: 16_000 } });
    expect(samples(reading).map((sample) => Math.round(sample * 32_768))).toEqual([...pcm]);
  });

  test.each([
    ['8 bits without a sign', format(1, { bits: 8 }), data(0, 128, 192), [-1, 0, 0.5]],
    ['16 bits', format(1, { bits: 16 }), data(0, 0x80, 0, 0x40), [-1, 0.5]],
    ['24 bits', format(1, { bits: 24 }), data(0, 0, 0x80, 0, 0, 0x40), [-1, 0.5]],
    ['32 bits', format(1, { bits: 32 }), data(0, 0, 0, 0x80, 0, 0, 0, 0x40), [-1, 0.5]],
    ['two channels', format(1, { bits: 16, channels: 2 }), data(0, 0x40, 0, 0), [0.25]],
  ] as const)('of %s is read', (...[, fmt, body, wanted]) => {
    expect(samples(readWav(riff(fmt, body)))).toEqual([...wanted]);
  });

  test('of floats is read, what is beyond or no number held within', () => {
    const body = Buffer.alloc(16);
    for (const [index, value] of [0.25, 7, Number.NaN, -1].entries())
      body.writeFloatLE(value, index * 4);
    expect(samples(readWav(riff(format(3, { bits: 32 }), chunk('data', body))))).toEqual([
      0.25, 1, 0, -1,
    ]);
  });

  test.each([
    ['A-law', 6, 0xd5],
    ['µ-law', 7, 0xff],
  ])('of %s is read', (_what, tag, silence) => {
    const [sample = 1] = samples(readWav(riff(format(tag, { bits: 8 }), data(silence))));
    expect(Math.abs(sample)).toBeLessThan(0.001);
  });

  test('may have other chunks, odd ones too, and end before it says', () => {
    const fmt = format(1, { bits: 16 });
    const whole = riff(chunk('LIST', Buffer.from('abc')), fmt, data(0, 0x40, 0, 0x40));
    expect(samples(readWav(whole))).toEqual([0.5, 0.5]);
    expect(samples(readWav(whole.subarray(0, -2)))).toEqual([0.5]);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['another kind', Buffer.from('OggS not a wav file at all')],
    ['no data', riff(format(1, { bits: 16 }))],
    ['data before its format', riff(data(0, 0))],
    ['a format of no codec', riff(format(85, { bits: 16 }), data(0, 0))],
    ['12 bits', riff(format(1, { bits: 12 }), data(0, 0))],
    ['no channel', riff(format(1, { bits: 16, channels: 0 }), data(0, 0))],
    ['no rate', riff(format(1, { bits: 16, rateHz: 0 }), data(0, 0))],
  ])('of %s is refused in words', (_what, bytes) => {
    expect(readWav(bytes)).toMatchObject({ ok: false });
  });

  test('that is spoilt anywhere never throws', () => {
    const whole = wavOf(tone(8_000, 440, { ms: 20 }), 8_000);
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.array(fc.tuple(fc.nat(60), fc.nat(255))),
        (cut, spoilt) => {
          const bytes = Buffer.from(whole.subarray(0, cut));
          for (const [at, value] of spoilt) if (at < bytes.length) bytes[at] = value;
          const reading = readWav(bytes);
          if (reading.ok)
            for (const piece of reading.file.pieces()) expect(piece.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
