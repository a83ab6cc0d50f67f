import { ILB } from './g722-tables';

/** Coefficients of the zero predictor. */
const ORDER = 6;

/** What distinguishes the two bands of G.722. */
export interface BandKind {
  /** The scale factor at the start. */
  readonly firstScale: number;
  /** The bound of the scale factor's logarithm (G.722 LOGSCL, LOGSCH). */
  readonly maxLogScale: number;
  /** The shift from logarithm to factor (SCALEL, SCALEH). */
  readonly scaleShift: number;
}

export const LOWER: BandKind = { firstScale: 32, maxLogScale: 18_432, scaleShift: 8 };
export const HIGHER: BandKind = { firstScale: 8, maxLogScale: 22_528, scaleShift: 10 };

/** What a 16-bit adder with saturation gives. */
export function saturated(value: number): number {
  if (value > 32_767) return 32_767;
  return Math.max(value, -32_768);
}

/** What a reconstructed signal is limited to: 15 bits. */
export function limited(value: number): number {
  if (value > 16_383) return 16_383;
  return Math.max(value, -16_384);
}

/**
 * The adaptive predictor and quantizer scale of one sub-band (ITU-T G.722 §6.2.1.3, §6.2.1.4):
 * encoder and decoder feed it the same differences, and so foresee the same signal.
 */
export class Band {
  /** The signal that is expected next (S). */
  estimate = 0;
  /** The quantizer's scale factor (DET). */
  scale: number;
  private readonly kind: BandKind;
  private logScale = 0;
  private zeroEstimate = 0;
  /** Pole predictor: coefficients, the last two reconstructed signals, signs of partial ones. */
  private a1 = 0;
  private a2 = 0;
  private r1 = 0;
  private r2 = 0;
  private p1 = 0;
  private p2 = 0;
  /** Zero predictor: six coefficients and the last six differences. */
  private readonly b = new Int32Array(ORDER);
  private readonly d = new Int32Array(ORDER);

  constructor(kind: BandKind) {
    this.kind = kind;
    this.scale = kind.firstScale;
  }

  /** Goes on by a quantized difference and the weight of its code word. */
  adapt(difference: number, weight: number): void {
    this.adaptScale(weight);
    const reconstructed = saturated(this.estimate + difference);
    this.adaptPoles(saturated(this.zeroEstimate + difference));
    this.adaptZeros(difference);
    this.r2 = this.r1;
    this.r1 = reconstructed;
    this.predict();
  }

  /** LOGSCL and SCALEL, LOGSCH and SCALEH. */
  private adaptScale(weight: number): void {
    const { maxLogScale, scaleShift } = this.kind;
    const next = ((this.logScale * 127) >> 7) + weight;
    this.logScale = Math.max(0, Math.min(maxLogScale, next));
    const factor = ILB[(this.logScale >> 6) & 31] ?? 0;
    const shift = scaleShift - (this.logScale >> 11);
    this.scale = (shift < 0 ? factor << -shift : factor >> shift) << 2;
  }

  /** UPPOL2 and UPPOL1. */
  private adaptPoles(partial: number): void {
    const sign = partial >> 15;
    const isLikeLast = sign === this.p1 >> 15;
    const fromFirst = Math.min(
      32_767,
      isLikeLast ? -saturated(this.a1 << 2) : saturated(this.a1 << 2),
    );
    const second =
      (sign === this.p2 >> 15 ? 128 : -128) + (fromFirst >> 7) + ((this.a2 * 32_512) >> 15);
    const a2 = Math.max(-12_288, Math.min(12_288, second));
    const first = saturated((isLikeLast ? 192 : -192) + ((this.a1 * 32_640) >> 15));
    const bound = saturated(15_360 - a2);
    this.a1 = Math.max(-bound, Math.min(bound, first));
    this.a2 = a2;
    this.p2 = this.p1;
    this.p1 = partial;
  }

  /** UPZERO, DELAYA and FILTEZ, from the oldest difference to the newest. */
  private adaptZeros(difference: number): void {
    const { b, d } = this;
    const step = difference === 0 ? 0 : 128;
    const sign = difference >> 15;
    let zeros = 0;
    for (let index = ORDER - 1; index >= 0; index -= 1) {
      const change = (d[index] ?? 0) >> 15 === sign ? step : -step;
      const coefficient = saturated(change + (((b[index] ?? 0) * 32_640) >> 15));
      const next = index === 0 ? difference : (d[index - 1] ?? 0);
      b[index] = coefficient;
      d[index] = next;
      zeros += (coefficient * saturated(2 * next)) >> 15;
    }
    this.zeroEstimate = saturated(zeros);
  }

  /** FILTEP and PREDIC. */
  private predict(): void {
    const fromFirst = (this.a1 * saturated(this.r1 + this.r1)) >> 15;
    const fromSecond = (this.a2 * saturated(this.r2 + this.r2)) >> 15;
    this.estimate = saturated(saturated(fromFirst + fromSecond) + this.zeroEstimate);
  }
}
