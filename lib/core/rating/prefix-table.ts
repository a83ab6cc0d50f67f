import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import type { BandClock } from './bands';
import type { BandSpan, DeckInfo, Rate, RateMatch } from './rate';
import { PREFIX_DIGITS, RANGE_OF_LENGTH, type RateColumns, type RateRecords } from './rate-columns';
import { MAX_RINGING_MS } from './timetable';

/** From so many rates on a table is entered by five digits: 400 kB, and two steps fewer in memory. */
const LARGE = 100_000;
/** The first digits of a key by which the others are: 10⁴ buckets, 40 kB. */
const BUCKET_DIGITS = 4;

const ZERO_CODE = 48;

/** How far ahead of its pin a banded rate is written down: no call can last any longer. */
const TIMETABLE_MS = MAX_CALL_SECONDS * 1000 + MAX_RINGING_MS;

/**
 * What finds a rate, in 16 bytes: a step of the search or of the climb is one look at memory. Offsets
 * in units of each view.
 */
const NODE_WORDS = 2;
const NODE_INTS = 4;
const NODE = { key: 0, parent: 2, lengths: 3 };
const LENGTH_MASK = 0xff;
const ABOVE_SHIFT = 8;

/**
 * Of each rate its key, the rate above it (the next shorter prefix of it, or the same one from
 * earlier on), its length, and a bit for each length of the prefixes above: what it beats at a time
 * at which all rates count, told without a walk.
 */
class Nodes {
  readonly size: number;
  private readonly words: Float64Array;
  private readonly ints: Int32Array;

  constructor({ key, length }: RateColumns) {
    this.size = key.length;
    const bytes = new ArrayBuffer(this.size * NODE_WORDS * 8);
    this.words = new Float64Array(bytes);
    this.ints = new Int32Array(bytes);
    const open: number[] = [];
    for (let index = 0; index < this.size; index += 1) {
      const own = key[index] ?? 0;
      let top = open.at(-1);
      while (top !== undefined && own >= this.keyOf(top) + this.rangeOf(top)) {
        open.pop();
        top = open.at(-1);
      }
      this.write(index, top ?? -1, { key: own, length: length[index] ?? 0 });
      open.push(index);
    }
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  keyOf(index: number): number {
    return this.words[index * NODE_WORDS + NODE.key] ?? 0;
  }

  parentOf(index: number): number {
    return this.ints[index * NODE_INTS + NODE.parent] ?? -1;
  }

  lengthOf(index: number): number {
    return (this.ints[index * NODE_INTS + NODE.lengths] ?? 0) & LENGTH_MASK;
  }

  /** A bit for each length of the prefixes above. */
  aboveOf(index: number): number {
    return (this.ints[index * NODE_INTS + NODE.lengths] ?? 0) >> ABOVE_SHIFT;
  }

  /** How many keys a rate's prefix spans. */
  rangeOf(index: number): number {
    return RANGE_OF_LENGTH[this.lengthOf(index)] ?? 0;
  }

  private write(index: number, parent: number, { key, length }: { key: number; length: number }) {
    const above = parent === -1 ? 0 : this.aboveOf(parent);
    const isNew = parent !== -1 && this.lengthOf(parent) !== length;
    const lengths = above | (isNew ? 1 << this.lengthOf(parent) : 0);
    this.words[index * NODE_WORDS + NODE.key] = key;
    this.ints[index * NODE_INTS + NODE.parent] = parent;
    this.ints[index * NODE_INTS + NODE.lengths] = length | (lengths << ABOVE_SHIFT);
  }
}

/** Where each bucket of keys begins; one more for the end. */
function indexBuckets(nodes: Nodes, bucketSize: number): Uint32Array {
  const buckets = 10 ** PREFIX_DIGITS / bucketSize;
  const starts = new Uint32Array(buckets + 1);
  let bucket = 0;
  for (let index = 0; index < nodes.size; index += 1) {
    const own = Math.floor(nodes.keyOf(index) / bucketSize);
    while (bucket < own) {
      bucket += 1;
      starts[bucket] = index;
    }
  }
  starts.fill(nodes.size, bucket + 1);
  return starts;
}

/**
 * Longest-prefix match over up to millions of rates, 80 bytes each; immutable, so a deck is
 * activated by swapping tables while calls run.
 *
 * Rates are sorted by prefix, shorter first, and of one prefix older first. The rate just before a
 * number in that order is either its longest prefix or lies below it, so the answer is found by
 * one binary search and a climb along the parents. Times are checked during the climb: a rate that
 * is not in effect gives way to the older one of its prefix, then to the shorter prefix; a blocked
 * one gives way to nothing. Of one prefix, a rate of the band in force goes before one of all
 * times; a rate of another band is not in effect. A deck without bands pays nothing for all that.
 */
export class PrefixTable {
  readonly info: DeckInfo;
  private readonly records: RateRecords;
  private readonly nodes: Nodes;
  /** null: no rate is one of a band. */
  private readonly clock: BandClock | null;
  /** How many keys a bucket spans. */
  private readonly bucketSize: number;
  private readonly buckets: Uint32Array;

  /**
   * Use a `DeckBuilder` or a `RateColumnsBuilder`: the columns have to be in order. Without a clock,
   * rates of a band are never in effect.
   */
  constructor(info: DeckInfo, columns: RateColumns, clock: BandClock | null = null) {
    this.info = info;
    this.records = columns.records;
    this.clock = columns.records.hasBands ? clock : null;
    this.nodes = new Nodes(columns);
    const digits = this.nodes.size < LARGE ? BUCKET_DIGITS : BUCKET_DIGITS + 1;
    this.bucketSize = 10 ** (PREFIX_DIGITS - digits);
    this.buckets = indexBuckets(this.nodes, this.bucketSize);
  }

  /** How many rates it holds. */
  get size(): number {
    return this.nodes.size;
  }

  /** What it occupies in memory, destination names not counted. */
  get bytes(): number {
    return this.records.bytes + this.nodes.bytes + this.buckets.byteLength;
  }

  /** The longest prefix with a rate in effect, of several the newest. `digits` bear no "+". */
  lookup(digits: string, atMs: number): RateMatch | undefined {
    const index = this.find(digits, atMs);
    if (index === -1) return undefined;
    const { records, nodes, info } = this;
    const beatenPrefixes = this.beatenBy(index, digits, atMs);
    const prefix = digits.slice(0, nodes.lengthOf(index));
    const rate = records.rateAt(index, info, { prefix, beatenPrefixes });
    return {
      rate: this.clock === null ? rate : this.withTimetable(rate, index, atMs),
      blocked: records.isBlocked(index),
      markup: records.markupAt(index),
    };
  }

  /** The place of the matching rate, or -1; allocates nothing. */
  find(digits: string, atMs: number): number {
    const band = this.bandAt(atMs);
    let key = 0;
    let length = 0;
    const end = Math.min(digits.length, PREFIX_DIGITS);
    for (; length < end; length += 1) {
      const digit = digits.charCodeAt(length) - ZERO_CODE;
      if (digit < 0 || digit > 9) return -1;
      key = key * 10 + digit;
    }
    key *= RANGE_OF_LENGTH[length] ?? 0;
    return this.climb(this.lastUpTo(key), { key, length, atMs, band });
  }

  private bandAt(atMs: number): number {
    return this.clock === null ? 0 : this.clock.bandAt(atMs);
  }

  /** Whether a rate counts at a time, in its band. */
  private applies(index: number, atMs: number, band: number): boolean {
    const { records } = this;
    if (!records.inEffect(index, atMs)) return false;
    if (!records.hasBands) return true;
    const own = records.bandOf(index);
    return own === 0 || own === band;
  }

  /** The last rate whose key is at most `key`, or -1. */
  private lastUpTo(key: number): number {
    const { nodes } = this;
    const bucket = Math.floor(key / this.bucketSize);
    let low = this.buckets[bucket] ?? 0;
    let high = this.buckets[bucket + 1] ?? 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (nodes.keyOf(middle) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** From `index` upwards: the first rate in effect whose prefix the number begins with, or -1. */
  private climb(
    index: number,
    number: { key: number; length: number; atMs: number; band: number },
  ): number {
    const { nodes } = this;
    const all = this.records.allApply(number.atMs);
    for (let at = index; at !== -1; at = nodes.parentOf(at)) {
      const length = nodes.lengthOf(at);
      if (length > number.length) continue;
      if (number.key >= nodes.keyOf(at) + (RANGE_OF_LENGTH[length] ?? 0)) continue;
      if (all || this.applies(at, number.atMs, number.band)) return at;
    }
    return -1;
  }

  /** Shorter prefixes above a rate that are in effect too, longest first. */
  private beatenBy(index: number, digits: string, atMs: number): string[] {
    const { nodes } = this;
    if (this.records.allApply(atMs)) return this.allBeatenBy(index, digits);
    const band = this.bandAt(atMs);
    const beaten: string[] = [];
    let shortest = nodes.lengthOf(index);
    for (let at = nodes.parentOf(index); at !== -1; at = nodes.parentOf(at)) {
      const length = nodes.lengthOf(at);
      if (length === shortest || !this.applies(at, atMs, band)) continue;
      shortest = length;
      beaten.push(digits.slice(0, length));
    }
    return beaten;
  }

  private allBeatenBy(index: number, digits: string): string[] {
    const beaten: string[] = [];
    const above = this.nodes.aboveOf(index);
    for (let length = this.nodes.lengthOf(index) - 1; length >= 0; length -= 1) {
      if ((above & (1 << length)) !== 0) beaten.push(digits.slice(0, length));
    }
    return beaten;
  }

  /**
   * A rate of a prefix that has some of bands, with what its minutes cost from `atMs` on as the
   * bands change. Where a band has no rate of this prefix, or a blocked one, the price stays: a call
   * that has begun goes on.
   */
  private withTimetable(rate: Rate, index: number, atMs: number): Rate {
    const { clock } = this;
    const group = this.groupOf(index);
    if (clock === null || !this.isBanded(group)) return rate;
    const pinnedMs = Math.floor(atMs);
    const spans: BandSpan[] = [];
    let current = index;
    for (const { fromMs, band } of clock.stretches(pinnedMs, pinnedMs + TIMETABLE_MS)) {
      const own = this.rateInBand(group, atMs, band);
      if (own !== -1) current = own;
      spans.push({ fromMs, name: clock.nameOf(band), ...this.records.pricesAt(current) });
    }
    return { ...rate, bandSpans: spans };
  }

  /** The rates of the same prefix, from the first to the last one. */
  private groupOf(index: number): { readonly first: number; readonly last: number } {
    const { nodes } = this;
    const isSame = (at: number) =>
      nodes.keyOf(at) === nodes.keyOf(index) && nodes.lengthOf(at) === nodes.lengthOf(index);
    let first = index;
    let last = index;
    while (first > 0 && isSame(first - 1)) first -= 1;
    while (last + 1 < nodes.size && isSame(last + 1)) last += 1;
    return { first, last };
  }

  /** Bands come last among the rates of a prefix. */
  private isBanded({ last }: { readonly last: number }): boolean {
    return this.records.bandOf(last) !== 0;
  }

  private rateInBand(
    { first, last }: { readonly first: number; readonly last: number },
    atMs: number,
    band: number,
  ): number {
    for (let at = last; at >= first; at -= 1) {
      if (this.applies(at, atMs, band)) return this.records.isBlocked(at) ? -1 : at;
    }
    return -1;
  }
}
