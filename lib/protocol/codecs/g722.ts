import { Concealment } from './concealment';
import { Band, HIGHER, LOWER, limited, saturated } from './g722-band';
import { ILN, ILP, Q6, QM2, QM4, QM6, QMF, WH2, WL4 } from './g722-tables';
import type { VoiceDecoder, VoiceEncoder } from './voice-codec';

const RATE_HZ = 16_000;
/** The longest frame that is encoded at once: 120 ms, two samples an octet. */
const MAX_OCTETS = 960;
const TAPS = 24;
/** Samples after which a filter's memory is moved back to its start. */
const WINDOW = TAPS + 256;

/** The filter is its own mirror image. */
const QMF_BACKWARDS = QMF.toReversed();

/** The last 24 samples of a quadrature mirror filter, which lie in a row at any time. */
class Delay {
  readonly samples = new Int32Array(WINDOW);
  /** Where the 24 start. */
  start = 0;

  push(first: number, second: number): void {
    this.start += 2;
    if (this.start + TAPS > WINDOW) {
      this.samples.copyWithin(0, this.start, this.start + TAPS - 2);
      this.start = 0;
    }
    this.samples[this.start + TAPS - 2] = first;
    this.samples[this.start + TAPS - 1] = second;
  }

  /** What the filter makes of the samples at even places. */
  even(): number {
    const { samples, start } = this;
    let sum = 0;
    for (let index = 0; index < QMF.length; index += 1) {
      sum += (samples[start + 2 * index] ?? 0) * (QMF[index] ?? 0);
    }
    return sum;
  }

  /** And of those at odd places. */
  odd(): number {
    const { samples, start } = this;
    let sum = 0;
    for (let index = 0; index < QMF.length; index += 1) {
      sum += (samples[start + 2 * index + 1] ?? 0) * (QMF_BACKWARDS[index] ?? 0);
    }
    return sum;
  }
}

/** QUANTL: the 6-bit code word of a difference in the lower band. */
function lowerCode(difference: number, scale: number): number {
  const magnitude = difference >= 0 ? difference : -(difference + 1);
  let level = 1;
  while (level < 30 && magnitude >= ((Q6[level] ?? 0) * scale) >> 12) level += 1;
  return (difference < 0 ? ILN[level] : ILP[level]) ?? 0;
}

/** QUANTH: the 2-bit code word of a difference in the higher band. */
function higherCode(difference: number, scale: number): number {
  const magnitude = difference >= 0 ? difference : -(difference + 1);
  const isLarge = magnitude >= (564 * scale) >> 12;
  if (difference < 0) return isLarge ? 0 : 1;
  return isLarge ? 2 : 3;
}

function adaptLower(band: Band, code: number): void {
  const inner = code >> 2;
  band.adapt((band.scale * (QM4[inner] ?? 0)) >> 15, WL4[inner] ?? 0);
}

function adaptHigher(band: Band, code: number): void {
  band.adapt((band.scale * (QM2[code] ?? 0)) >> 15, WH2[code] ?? 0);
}

/** Encodes G.722 at 64 kbit/s (mode 1): two samples at 16 kHz become one octet. */
export class G722Encoder implements VoiceEncoder {
  readonly sampleRateHz = RATE_HZ;
  private readonly lower = new Band(LOWER);
  private readonly higher = new Band(HIGHER);
  private readonly delay = new Delay();
  private readonly payload = new Uint8Array(MAX_OCTETS);

  encode(pcm: Int16Array): Uint8Array {
    const count = Math.min(pcm.length >> 1, MAX_OCTETS);
    for (let index = 0; index < count; index += 1) {
      this.payload[index] = this.octet(pcm[2 * index] ?? 0, pcm[2 * index + 1] ?? 0);
    }
    return this.payload.subarray(0, count);
  }

  close(): void {}

  private octet(first: number, second: number): number {
    const { lower, higher, delay } = this;
    delay.push(first, second);
    const even = delay.even();
    const odd = delay.odd();
    const lowerOne = lowerCode(saturated(((odd + even) >> 14) - lower.estimate), lower.scale);
    const higherOne = higherCode(saturated(((odd - even) >> 14) - higher.estimate), higher.scale);
    adaptLower(lower, lowerOne);
    adaptHigher(higher, higherOne);
    return (higherOne << 6) | lowerOne;
  }
}

/** Decodes G.722 at 64 kbit/s (mode 1). */
export class G722Decoder implements VoiceDecoder {
  readonly sampleRateHz = RATE_HZ;
  private readonly lower = new Band(LOWER);
  private readonly higher = new Band(HIGHER);
  private readonly delay = new Delay();
  private readonly concealment = new Concealment(RATE_HZ);

  decode(payload: Uint8Array, out: Int16Array): number {
    const count = Math.min(payload.length, out.length >> 1);
    for (let index = 0; index < count; index += 1) {
      this.expand(payload[index] ?? 0);
      out[2 * index] = saturated(this.delay.odd() >> 11);
      out[2 * index + 1] = saturated(this.delay.even() >> 11);
    }
    this.concealment.heard(out.subarray(0, 2 * count));
    return 2 * count;
  }

  conceal(out: Int16Array): void {
    this.concealment.fill(out);
  }

  close(): void {}

  private expand(octet: number): void {
    const { lower, higher } = this;
    const lowerOne = octet & 0x3f;
    const higherOne = octet >> 6;
    const low = limited(lower.estimate + ((lower.scale * (QM6[lowerOne] ?? 0)) >> 15));
    const high = limited(higher.estimate + ((higher.scale * (QM2[higherOne] ?? 0)) >> 15));
    adaptLower(lower, lowerOne);
    adaptHigher(higher, higherOne);
    this.delay.push(low + high, low - high);
  }
}
