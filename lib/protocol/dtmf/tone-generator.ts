import { type Digit, frequenciesOf } from './digits';

/** The root mean square of 0 dBm0 in 16-bit samples (G.711: 3.14 dBm0 is the loudest sine). */
export const ZERO_DBM0 = 16_140;
/** What a line can carry without harm: louder or weaker ones are brought there. */
const LOUDEST_DBM0 = -6;
const WEAKEST_DBM0 = -20;
/** The high group is this much stronger than the low one, as lines damp it more (Q.23, 2 dB). */
const TWIST = 10 ** (1 / 20);

/** The sound of one key, in as many pieces as are wanted. */
export class ToneGenerator {
  private readonly sampleRateHz: number;
  private rowStep = 0;
  private columnStep = 0;
  private peak = 0;
  private position = 0;

  constructor(sampleRateHz: number) {
    this.sampleRateHz = sampleRateHz;
  }

  /** Starts a key at its beginning; the level of both tones together. */
  start(digit: Digit, levelDbm0: number): void {
    const frequencies = frequenciesOf(digit);
    const level = Math.max(WEAKEST_DBM0, Math.min(LOUDEST_DBM0, levelDbm0));
    this.peak = frequencies ? ZERO_DBM0 * 10 ** (level / 20) : 0;
    this.rowStep = (2 * Math.PI * (frequencies?.rowHz ?? 0)) / this.sampleRateHz;
    this.columnStep = (2 * Math.PI * (frequencies?.columnHz ?? 0)) / this.sampleRateHz;
    this.position = 0;
  }

  /** Fills the whole of `out` with what comes next. */
  fill(out: Int16Array): void {
    for (let index = 0; index < out.length; index += 1) {
      const row = Math.sin(this.rowStep * this.position) / TWIST;
      const column = Math.sin(this.columnStep * this.position) * TWIST;
      out[index] = Math.round(this.peak * (row + column));
      this.position += 1;
    }
  }
}
