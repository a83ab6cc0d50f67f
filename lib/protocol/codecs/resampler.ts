import { assert } from '@/lib/core/errors';
import { MAX_PACKET_MS, type SampleRateHz } from './voice-codec';

/** Samples of the slower side that a filter looks at: some 60 dB beyond a narrow edge. */
const SPAN = 48;
/** Where the edge lies, as a share of the slower side's half rate: 3.4 kHz of 4 stay whole. */
const PASS_SHARE = 0.93;
/** Kaiser's β for about 65 dB. */
const BETA = 6.5;

/** The modified Bessel function I0, by its series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 32; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** A low-pass of `length` taps with a gain of 1, whose edge is `edge` (0 … 1 of half its rate). */
function lowPass(length: number, edge: number): Float64Array {
  const middle = (length - 1) / 2;
  const taps = Float64Array.from({ length }, (_, index) => {
    const x = index - middle;
    const sinc = x === 0 ? edge : Math.sin(Math.PI * edge * x) / (Math.PI * x);
    const window = bessel0(BETA * Math.sqrt(Math.max(0, 1 - (x / middle) ** 2))) / bessel0(BETA);
    return sinc * window;
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}

function rounded(value: number): number {
  const whole = Math.round(value);
  if (whole > 32_767) return 32_767;
  return Math.max(whole, -32_768);
}

/**
 * Turns mono samples of one rate into another, 8 ↔ 16 ↔ 48 kHz: a polyphase FIR filter with a
 * memory, so that packets join without a seam. Of one stream; it delays by some 3 ms.
 */
export class Resampler {
  /** Samples out for each in, and in for each out: one of them is 1. */
  private readonly up: number;
  private readonly down: number;
  private readonly phases: readonly Float64Array[];
  private readonly history: number;
  private readonly window: Float64Array;
  /** Samples of the next output's turn that came already, where there are several in for one out. */
  private pending = 0;

  constructor(fromHz: SampleRateHz, toHz: SampleRateHz) {
    this.up = Math.max(1, toHz / fromHz);
    this.down = Math.max(1, fromHz / toHz);
    assert(Number.isInteger(this.up * this.down), 'rates are multiples of each other');
    const ratio = this.up * this.down;
    const taps = lowPass(SPAN * ratio, PASS_SHARE / ratio);
    const span = this.up > 1 ? SPAN : SPAN * ratio;
    // Each phase is written backwards, so that it runs along the samples.
    this.phases = Array.from({ length: this.up }, (_, phase) =>
      Float64Array.from(
        { length: span },
        (_, index) => (taps[(span - 1 - index) * this.up + phase] ?? 0) * this.up,
      ),
    );
    this.history = span - 1;
    this.window = new Float64Array(this.history + (fromHz * MAX_PACKET_MS) / 1_000);
  }

  /** Writes what `pcm` (at most 120 ms) comes to at the start of `out`; returns how many samples. */
  process(pcm: Int16Array, out: Int16Array): number {
    const { window, history } = this;
    const count = Math.min(pcm.length, window.length - history);
    for (let index = 0; index < count; index += 1) window[history + index] = pcm[index] ?? 0;
    let made = 0;
    for (let index = 0; index < count; index += 1) {
      this.pending += 1;
      if (this.pending < this.down) continue;
      this.pending = 0;
      for (const phase of this.phases) {
        if (made < out.length) out[made] = rounded(this.sum(phase, index));
        made += 1;
      }
    }
    window.copyWithin(0, count, count + history);
    return Math.min(made, out.length);
  }

  /** In four sums, none of which waits for the one before: spans are multiples of four. */
  private sum(phase: Float64Array, start: number): number {
    const { window } = this;
    let one = 0;
    let two = 0;
    let three = 0;
    let four = 0;
    for (let index = 0; index < phase.length; index += 4) {
      const at = start + index;
      one += (phase[index] ?? 0) * (window[at] ?? 0);
      two += (phase[index + 1] ?? 0) * (window[at + 1] ?? 0);
      three += (phase[index + 2] ?? 0) * (window[at + 2] ?? 0);
      four += (phase[index + 3] ?? 0) * (window[at + 3] ?? 0);
    }
    return one + two + three + four;
  }
}
