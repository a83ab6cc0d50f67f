import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { G722Decoder, G722Encoder } from '@/lib/protocol/codecs/g722';
import { dice, snrDb, speechLike, tone } from './signals';

function through(pcm: Int16Array): { codes: Uint8Array; heard: Int16Array } {
  const [encoder, decoder] = [new G722Encoder(), new G722Decoder()];
  const codes = new Uint8Array(pcm.length / 2);
  const heard = new Int16Array(pcm.length);
  for (let start = 0; start < pcm.length; start += 320) {
    const payload = encoder.encode(pcm.subarray(start, start + 320));
    codes.set(payload, start / 2);
    decoder.decode(payload, heard.subarray(start));
  }
  return { codes, heard };
}

const digest = (bytes: ArrayBufferView): string => {
  const { buffer, byteOffset, byteLength } = bytes;
  return createHash('sha256')
    .update(Buffer.from(buffer, byteOffset, byteLength))
    .digest('hex')
    .slice(0, 16);
};

test.each([
  [300, 30],
  [1_000, 30],
  [3_000, 25],
  [5_500, 12],
])('a tone of %d Hz stays at least %d dB above the noise', (toneHz, leastDb) => {
  const pcm = tone(16_000, toneHz, { ms: 1_000 });
  expect(snrDb(pcm, through(pcm).heard)).toBeGreaterThan(leastDb);
});

test('speech stays at least 18 dB above the noise', () => {
  const speech = speechLike(16_000, 3_000);
  expect(snrDb(speech, through(speech).heard)).toBeGreaterThan(18);
});

test('what is loudest neither wraps nor rings on', () => {
  const square = Int16Array.from({ length: 16_000 }, (_, index) =>
    Math.floor(index / 37) % 2 === 0 ? 32_767 : -32_768,
  );
  const { heard } = through(square);
  let same = 0;
  for (let index = 400; index < heard.length; index += 1) {
    if ((heard[index] ?? 0) * (square[index - 22] ?? 0) > 0) same += 1;
  }
  expect(same / heard.length).toBeGreaterThan(0.9);
  const after = through(Int16Array.from([...square, ...new Int16Array(3_200)])).heard.slice(-320);
  expect(Math.max(...after.map(Math.abs))).toBeLessThan(16);
});

/**
 * The digests were taken when codes were compared, bit by bit, with those of another
 * implementation (spandsp's, over the same kinds of signals): they were the same.
 */
test('codes and sound are the same to the bit as ever', () => {
  const random = dice(7);
  const noise = Int16Array.from({ length: 16_000 }, () => Math.round((random() - 0.5) * 65_534));
  const signals = {
    noise,
    speech: speechLike(16_000, 2_000),
    tone: tone(16_000, 440, { ms: 500 }),
  };
  const digests = Object.entries(signals).map(([name, pcm]) => {
    const { codes, heard } = through(pcm);
    return [name, digest(codes), digest(heard)];
  });
  expect(digests).toEqual([
    ['noise', '0f49ac80a3ac0a91', 'fb55f340c2baa7c1'],
    ['speech', '6123d66580e7fee1', 'c18721da0394e165'],
    ['tone', 'ed6e9556ac3228ff', 'f636be8cf49a5a5b'],
  ]);
});

test('a frame of any even length is coded, and octets without room are left', () => {
  const encoder = new G722Encoder();
  expect(encoder.encode(new Int16Array(160)).length).toBe(80);
  expect(new G722Decoder().decode(new Uint8Array(160), new Int16Array(320))).toBe(320);
  expect(new G722Decoder().decode(new Uint8Array(160), new Int16Array(101))).toBe(100);
});
