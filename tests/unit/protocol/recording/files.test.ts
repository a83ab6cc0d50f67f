import { expect, test } from 'vitest';
import { oggOpusOf } from '@/lib/protocol/recording/ogg-opus';
import { PeakMeter } from '@/lib/protocol/recording/peaks';
import type { StereoPiece } from '@/lib/protocol/recording/render';
import { interleaved, wavBytes, wavHeader } from '@/lib/protocol/recording/wav';
import { tone } from '@/tests/unit/protocol/codecs/signals';

const rateHz = 16_000;
const left = tone(rateHz, 1_000, { ms: 2_510 });
const right = tone(rateHz, 440, { ms: 2_510 });

async function* pieces(): AsyncGenerator<StereoPiece> {
  for (let at = 0; at < left.length; at += rateHz) {
    yield { left: left.subarray(at, at + rateHz), right: right.subarray(at, at + rateHz) };
  }
}

test('a WAV file says how long it is, and has both sides sample by sample', () => {
  const header = wavHeader(left.length, rateHz);
  const body = interleaved({ left, right });
  expect(header.length + body.length).toBe(wavBytes(left.length));
  expect(header.readUInt32LE(4)).toBe(wavBytes(left.length) - 8);
  expect([header.readUInt16LE(22), header.readUInt32LE(24)]).toEqual([2, rateHz]);
  expect(body.readInt16LE(4 * 777)).toBe(left[777]);
  expect(body.readInt16LE(4 * 777 + 2)).toBe(right[777]);
});

test('an Ogg file has pages in order, each with its checksum, and ends at the last sample', async () => {
  const parts: Buffer[] = [];
  const samples = left.length;
  for await (const page of oggOpusOf(pieces(), { rateHz, samples, serial: 7 })) parts.push(page);
  expect(parts[0]?.subarray(28, 36).toString()).toBe('OpusHead');
  expect(parts[1]?.subarray(28, 36).toString()).toBe('OpusTags');
  for (const [index, page] of parts.entries()) {
    expect(page.toString('latin1', 0, 4)).toBe('OggS');
    expect(page.readUInt32LE(18)).toBe(index);
  }
  expect(parts.at(-1)?.[5]).toBe(4);
  expect(parts.at(-1)?.readBigInt64LE(6)).toBe(312n + BigInt((samples * 48_000) / rateHz));
  // 24 kbit/s a side at the most, and a little for the pages.
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBeLessThan(2.6 * 8_000);
});

test('a picture has the loudest of each part of each side', () => {
  const meter = new PeakMeter(left.length, rateHz);
  meter.hear({ left: new Int16Array(left.length).fill(-32_768, 0, rateHz), right });
  const half = meter.bytes.length / 2;
  expect(half).toBeLessThanOrEqual(800);
  expect(meter.bytes[0]).toBe(255);
  expect(meter.bytes[half - 1]).toBe(0);
  expect(Math.max(...meter.bytes.subarray(half))).toBeGreaterThan(50);
});
