import type { RateRow } from '@/lib/core/rating/rate';

const FIRST_CAPACITY = 1_024;
/** Half the slots stay free, so that a look takes one or two steps. */
const SLOTS_PER_ROW = 2;
/** "Always has been", where moments are numbers. */
const ALWAYS_MS = Number.NEGATIVE_INFINITY;

/** What makes two rates the same one: neither would be the newer. */
type Key = Pick<RateRow, 'prefix' | 'validFromMs' | 'band' | 'reverseBilled'>;

/**
 * Says of each rate of a file at which line the same one stood before: the same prefix, beginning,
 * band and direction. A million rates take some 40 MB: numbers, no texts.
 */
export class DuplicateFinder {
  private capacity = FIRST_CAPACITY;
  private size = 0;
  private prefixes = new Float64Array(FIRST_CAPACITY);
  private kinds = new Int32Array(FIRST_CAPACITY);
  private beginnings = new Float64Array(FIRST_CAPACITY);
  private lines = new Int32Array(FIRST_CAPACITY);
  private slots = new Int32Array(FIRST_CAPACITY * SLOTS_PER_ROW).fill(-1);

  /** The line of the same rate, or null; the first one is remembered. */
  seen(key: Key, line: number): number | null {
    if (this.size === this.capacity) this.grow();
    const at = this.size;
    this.prefixes[at] = Number(key.prefix);
    this.kinds[at] = key.prefix.length | (key.band << 5) | (key.reverseBilled ? 16 : 0);
    this.beginnings[at] = key.validFromMs ?? ALWAYS_MS;
    this.lines[at] = line;
    const slot = this.find(at);
    const known = this.slots[slot] ?? -1;
    if (known !== -1) return this.lines[known] ?? null;
    this.slots[slot] = at;
    this.size += 1;
    return null;
  }

  /** The slot of the same key, or the free one where it belongs. */
  private find(at: number): number {
    const mask = this.slots.length - 1;
    let slot = this.hash(at) & mask;
    for (;;) {
      const other = this.slots[slot] ?? -1;
      if (other === -1 || this.same(at, other)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private same(one: number, other: number): boolean {
    return (
      this.prefixes[one] === this.prefixes[other] &&
      this.kinds[one] === this.kinds[other] &&
      this.beginnings[one] === this.beginnings[other]
    );
  }

  private hash(at: number): number {
    const prefix = this.prefixes[at] ?? 0;
    const beginning = this.beginnings[at] ?? 0;
    let hash = Math.imul((prefix % 4_294_967_296) | 0, 0x9e37_79b1);
    hash = Math.imul(hash ^ (prefix / 4_294_967_296) ^ (this.kinds[at] ?? 0), 0x85eb_ca6b);
    if (beginning !== ALWAYS_MS) hash ^= Math.imul((beginning / 1_000) | 0, 0xc2b2_ae35);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  private grow(): void {
    this.capacity *= 2;
    const { prefixes, kinds, beginnings, lines } = this;
    this.prefixes = new Float64Array(this.capacity);
    this.kinds = new Int32Array(this.capacity);
    this.beginnings = new Float64Array(this.capacity);
    this.lines = new Int32Array(this.capacity);
    this.prefixes.set(prefixes);
    this.kinds.set(kinds);
    this.beginnings.set(beginnings);
    this.lines.set(lines);
    this.slots = new Int32Array(this.capacity * SLOTS_PER_ROW).fill(-1);
    for (let at = 0; at < this.size; at += 1) this.slots[this.find(at)] = at;
  }
}
