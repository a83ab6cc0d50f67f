import { Concealment } from './concealment';
import type { VoiceDecoder, VoiceEncoder } from './voice-codec';

const RATE_HZ = 8_000;
/** The longest frame that is encoded at once: 120 ms. */
const MAX_SAMPLES = 960;
/** A-law inverts every other bit, so that silence has edges for the line's clock (G.711 table 1a). */
const EVEN_BITS = 0x55;
/** µ-law's offset, that makes its segments powers of two, in 14 bits (G.711 table 2a). */
const BIAS = 33;
const MAX_14_BITS = 0x1f_ff;

function linearOfAlaw(code: number): number {
  const bits = (code ^ EVEN_BITS) & 0x7f;
  const segment = bits >> 4;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x1_00) << (segment - 1);
  return (code & 0x80) === 0 ? -magnitude : magnitude;
}

function alawOfLinear(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  // In one's complement, so that both halves have the same steps around 0.
  let magnitude = (sample < 0 ? ~sample : sample) >> 4;
  let segment = 0;
  if (magnitude > 15) {
    segment = 1;
    while (magnitude > 31) {
      magnitude >>= 1;
      segment += 1;
    }
    magnitude -= 16;
  }
  return (sign | (segment << 4) | magnitude) ^ EVEN_BITS;
}

function linearOfUlaw(code: number): number {
  const bits = ~code & 0x7f;
  const segment = bits >> 4;
  const magnitude = ((((bits & 0x0f) << 1) + BIAS) << segment) - BIAS;
  return (code & 0x80) === 0 ? -magnitude * 4 : magnitude * 4;
}

function ulawOfLinear(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(((sample < 0 ? ~sample : sample) >> 2) + BIAS, MAX_14_BITS);
  let segment = 0;
  while (magnitude >> (segment + 6) !== 0) segment += 1;
  return sign | (~((segment << 4) | ((magnitude >> (segment + 1)) & 0x0f)) & 0x7f);
}

interface Law {
  readonly toLinear: Int16Array;
  /** By the sample's 16 bits without a sign. */
  readonly fromLinear: Uint8Array;
}

function lawOf(toLinear: (code: number) => number, fromLinear: (sample: number) => number): Law {
  return {
    toLinear: Int16Array.from({ length: 256 }, (_, code) => toLinear(code)),
    fromLinear: Uint8Array.from({ length: 65_536 }, (_, bits) => fromLinear((bits << 16) >> 16)),
  };
}

const LAWS = {
  PCMA: lawOf(linearOfAlaw, alawOfLinear),
  PCMU: lawOf(linearOfUlaw, ulawOfLinear),
} as const;

/** The two laws of G.711. */
export type LawName = keyof typeof LAWS;

/** Decodes G.711: an octet a sample, at 8 kHz. */
export class G711Decoder implements VoiceDecoder {
  readonly sampleRateHz = RATE_HZ;
  private readonly table: Int16Array;
  private readonly concealment = new Concealment(RATE_HZ);

  constructor(law: LawName) {
    this.table = LAWS[law].toLinear;
  }

  decode(payload: Uint8Array, out: Int16Array): number {
    const count = Math.min(payload.length, out.length);
    for (let index = 0; index < count; index += 1) {
      out[index] = this.table[payload[index] ?? 0] ?? 0;
    }
    this.concealment.heard(out.subarray(0, count));
    return count;
  }

  conceal(out: Int16Array): void {
    this.concealment.fill(out);
  }

  close(): void {}
}

/** Encodes G.711. */
export class G711Encoder implements VoiceEncoder {
  readonly sampleRateHz = RATE_HZ;
  private readonly table: Uint8Array;
  private readonly payload = new Uint8Array(MAX_SAMPLES);

  constructor(law: LawName) {
    this.table = LAWS[law].fromLinear;
  }

  encode(pcm: Int16Array): Uint8Array {
    const count = Math.min(pcm.length, MAX_SAMPLES);
    for (let index = 0; index < count; index += 1) {
      this.payload[index] = this.table[(pcm[index] ?? 0) & 0xff_ff] ?? 0;
    }
    return this.payload.subarray(0, count);
  }

  close(): void {}
}
