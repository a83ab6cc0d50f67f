import type { SampleRateHz } from './voice-codec';

/** So much of the past is repeated: longer than any pitch, shorter than a syllable. */
const REPEATED_MS = 20;
/** After so long nothing is heard any more (G.711 Appendix I §2.6). */
const FADE_MS = 60;

/**
 * Fills gaps of a stream whose codec can't do it itself: the last that was heard again, ever
 * quieter, and nothing after 60 ms. A repetition starts where the one before ended.
 */
export class Concealment {
  private readonly last: Int16Array;
  private readonly fadeSamples: number;
  /** Samples of `last` that were ever heard; they lie at its end. */
  private known = 0;
  private position = 0;
  private faded = 0;

  constructor(sampleRateHz: SampleRateHz) {
    this.last = new Int16Array((sampleRateHz * REPEATED_MS) / 1_000);
    this.fadeSamples = (sampleRateHz * FADE_MS) / 1_000;
  }

  /** Keeps the end of what was decoded. */
  heard(pcm: Int16Array): void {
    const { last } = this;
    const count = Math.min(pcm.length, last.length);
    last.copyWithin(0, count);
    last.set(pcm.subarray(pcm.length - count), last.length - count);
    this.known = Math.min(last.length, this.known + count);
    this.position = last.length - this.known;
    this.faded = 0;
  }

  /** Fills the whole of `out`. */
  fill(out: Int16Array): void {
    const { last, fadeSamples } = this;
    for (let index = 0; index < out.length; index += 1) {
      const gain = Math.max(0, 1 - this.faded / fadeSamples);
      out[index] = Math.round((last[this.position] ?? 0) * gain);
      this.faded += 1;
      this.position += 1;
      if (this.position >= last.length) this.position = last.length - this.known;
    }
  }
}
