import { expect, test } from 'vitest';
import { G711Decoder, G711Encoder, type LawName } from '@/lib/protocol/codecs/g711';
import { snrDb, speechLike } from './signals';

const LAWS: readonly LawName[] = ['PCMA', 'PCMU'];

function linear(law: LawName, code: number): number {
  const out = new Int16Array(1);
  new G711Decoder(law).decode(Uint8Array.of(code), out);
  return out[0] ?? 0;
}

function coded(law: LawName, sample: number): number {
  return new G711Encoder(law).encode(Int16Array.of(sample))[0] ?? -1;
}

/** What table 1a and 2a of G.711 give, by their formula, in 16 bits. */
function levelOf(law: LawName, code: number): number {
  if (law === 'PCMA') {
    const bits = code ^ 0x55;
    const [segment, step] = [(bits >> 4) & 7, bits & 15];
    const steps = segment === 0 ? 2 * step + 1 : (2 * step + 33) * 2 ** (segment - 1);
    return (bits & 0x80 ? 1 : -1) * steps * 8;
  }
  const bits = ~code & 0xff;
  const [segment, step] = [(bits >> 4) & 7, bits & 15];
  return (bits & 0x80 ? -1 : 1) * ((2 * step + 33) * 2 ** segment - 33) * 4;
}

test.each(LAWS)('%s: each of the 256 codes stands for the value of its table', (law) => {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  expect(codes.map((code) => linear(law, code) + 0)).toEqual(
    codes.map((code) => levelOf(law, code) + 0),
  );
});

test.each(LAWS)('%s: what a code stands for is coded as that code again', (law) => {
  for (let code = 0; code < 256; code += 1) {
    // Both of the zeros of µ-law say 0; 0xff is the positive one.
    const expected = law === 'PCMU' && code === 0x7f ? 0xff : code;
    expect(coded(law, levelOf(law, code))).toBe(expected);
  }
});

test.each(LAWS)('%s: no sample has a code that lies further from it than half a step', (law) => {
  const decoder = new G711Decoder(law);
  const all = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
  const out = new Int16Array(960);
  let worst = 0;
  for (let start = 0; start < all.length; start += 512) {
    const pcm = all.subarray(start, start + 512);
    decoder.decode(new G711Encoder(law).encode(pcm), out);
    for (const [index, sample] of pcm.entries()) {
      const magnitude = Math.abs(sample);
      // Beyond the last level everything is that level.
      if (magnitude > 32_124) continue;
      const smallest = law === 'PCMA' ? 16 : 8;
      const step = Math.max(smallest, 2 ** (Math.floor(Math.log2(magnitude + 132)) - 4));
      worst = Math.max(worst, Math.abs((out[index] ?? 0) - sample) / step);
    }
  }
  expect(worst).toBeLessThanOrEqual(law === 'PCMA' ? 1 : 0.75);
});

test('known samples have known codes', () => {
  expect([0, 1_000, -1_000, 32_767, -32_768].map((sample) => coded('PCMA', sample))).toEqual([
    0xd5, 0xfa, 0x7a, 0xaa, 0x2a,
  ]);
  expect([0, 1_000, -1_000, 32_767, -32_768].map((sample) => coded('PCMU', sample))).toEqual([
    0xff, 0xce, 0x4e, 0x80, 0x00,
  ]);
});

test.each(LAWS)('%s keeps speech some 37 dB above its noise', (law) => {
  const speech = speechLike(8_000, 2_000);
  const [encoder, decoder] = [new G711Encoder(law), new G711Decoder(law)];
  const heard = new Int16Array(speech.length);
  for (let start = 0; start < speech.length; start += 160) {
    const payload = encoder.encode(speech.subarray(start, start + 160));
    expect(decoder.decode(payload, heard.subarray(start))).toBe(160);
  }
  expect(snrDb(speech, heard, 0)).toBeGreaterThan(35);
});

test('a payload that has no room is cut, an empty one is nothing', () => {
  const decoder = new G711Decoder('PCMA');
  expect(decoder.decode(new Uint8Array(200), new Int16Array(160))).toBe(160);
  expect(decoder.decode(new Uint8Array(0), new Int16Array(160))).toBe(0);
});
