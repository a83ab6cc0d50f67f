import { COLUMNS_HZ, type Digit, digitAt, ROWS_HZ } from './digits';
import { ZERO_DBM0 } from './tone-generator';

/** 10 ms: coarse enough for tones that are 1.5 % off, fine enough to tell neighbours apart. */
const BLOCKS_PER_SECOND = 100;
/**
 * A tone of 40 ms, which must be known (Q.24 table A-1), fills at least three blocks; one of 23 ms,
 * which must not, never does.
 */
const BLOCKS_TO_START = 3;
/** So many blocks without the tone end it: 40 ms of pause do, a gap of 10 ms does not. */
const BLOCKS_TO_END = 3;
/** Each tone is at least so strong (Q.24: −29 dBm0 per tone are accepted, −36 need not be). */
const LEAST_POWER = ZERO_DBM0 ** 2 * 10 ** (-32 / 10);
/** How much stronger the low tone may be than the high one, and the other way round: 8 dB, 4 dB. */
const MAX_LOW_TO_HIGH = 10 ** 0.8;
const MAX_HIGH_TO_LOW = 10 ** 0.4;
/** The strongest of a group stands so far above the others: 4 dB. */
const ABOVE_OTHERS = 10 ** 0.4;
/** What speech hardly ever has: so much of all its power on two frequencies. */
const LEAST_SHARE = 0.8;

const FREQUENCIES_HZ = [...ROWS_HZ, ...COLUMNS_HZ];
const GROUP = ROWS_HZ.length;

/**
 * Finds the keys of a phone in its sound (Goertzel; twist, level and times as ITU-T Q.24 has them).
 * Samples come in pieces of any length.
 */
export class ToneDetector {
  private readonly block: Int16Array;
  private readonly steps: readonly number[];
  private readonly powers = new Float64Array(FREQUENCIES_HZ.length);
  private filled = 0;
  private pressed: Digit | null = null;
  private lastHit: Digit | null = null;
  private hits = 0;
  private misses = 0;

  constructor(sampleRateHz: number) {
    this.block = new Int16Array(sampleRateHz / BLOCKS_PER_SECOND);
    this.steps = FREQUENCIES_HZ.map((hz) => 2 * Math.cos((2 * Math.PI * hz) / sampleRateHz));
  }

  /** The key whose tone is heard; null while there is none. */
  get digit(): Digit | null {
    return this.pressed;
  }

  /** Whether the last that was heard is a tone, known as a key or about to be. */
  get isTone(): boolean {
    return this.pressed !== null || this.lastHit !== null;
  }

  /** Listens on; returns a key that is found to be pressed now, once for each time. */
  feed(pcm: Int16Array): Digit | null {
    let started: Digit | null = null;
    for (let start = 0; start < pcm.length; ) {
      const count = Math.min(pcm.length - start, this.block.length - this.filled);
      this.block.set(pcm.subarray(start, start + count), this.filled);
      this.filled += count;
      start += count;
      if (this.filled < this.block.length) break;
      this.filled = 0;
      started = this.step(this.hit()) ?? started;
    }
    return started;
  }

  private step(hit: Digit | null): Digit | null {
    this.hits = hit !== null && hit === this.lastHit ? this.hits + 1 : 1;
    this.lastHit = hit;
    if (hit !== null && hit === this.pressed) {
      this.misses = 0;
      return null;
    }
    if (this.pressed !== null) {
      this.misses += 1;
      if (this.misses < BLOCKS_TO_END) return null;
      this.pressed = null;
    }
    if (hit === null || this.hits < BLOCKS_TO_START) return null;
    this.pressed = hit;
    this.misses = 0;
    return hit;
  }

  /** The key of the block, if it is one's. */
  private hit(): Digit | null {
    const { block } = this;
    let energy = 0;
    for (let index = 0; index < block.length; index += 1) energy += (block[index] ?? 0) ** 2;
    const total = energy / block.length;
    if (total < 2 * LEAST_POWER) return null;
    for (let index = 0; index < this.powers.length; index += 1) this.measure(index);
    const row = this.strongest(0);
    const column = this.strongest(GROUP);
    const [low, high] = [this.powers[row] ?? 0, this.powers[column] ?? 0];
    if (low < LEAST_POWER || high < LEAST_POWER) return null;
    if (low > high * MAX_LOW_TO_HIGH || high > low * MAX_HIGH_TO_LOW) return null;
    if (low + high < LEAST_SHARE * total) return null;
    if (!this.standsOut(0, row) || !this.standsOut(GROUP, column)) return null;
    return digitAt(row, column - GROUP);
  }

  private measure(index: number): void {
    const { block } = this;
    const step = this.steps[index] ?? 0;
    let last = 0;
    let beforeLast = 0;
    for (let place = 0; place < block.length; place += 1) {
      const now = (block[place] ?? 0) + step * last - beforeLast;
      beforeLast = last;
      last = now;
    }
    const squared = last * last + beforeLast * beforeLast - step * last * beforeLast;
    this.powers[index] = (2 * squared) / (block.length * block.length);
  }

  private strongest(first: number): number {
    let best = first;
    for (let index = first + 1; index < first + GROUP; index += 1) {
      if ((this.powers[index] ?? 0) > (this.powers[best] ?? 0)) best = index;
    }
    return best;
  }

  private standsOut(first: number, best: number): boolean {
    const least = (this.powers[best] ?? 0) / ABOVE_OTHERS;
    for (let index = first; index < first + GROUP; index += 1) {
      if (index !== best && (this.powers[index] ?? 0) > least) return false;
    }
    return true;
  }
}
