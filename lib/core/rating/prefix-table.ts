import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import { STEP_ITEMS, type Steps } from '@/lib/core/steps';
import type { BandClock } from './bands';
import { PrefixNodes } from './prefix-nodes';
import { type BandSpan, type DeckInfo, longestOf, type Rate, type RateMatch } from './rate';
import { PREFIX_DIGITS, RANGE_OF_LENGTH, type RateColumns, type RateRecords } from './rate-columns';
import { MAX_RINGING_MS } from './timetable';

/** From so many rates on a table is entered by five digits: 400 kB, and two steps fewer in memory. */
const LARGE = 100_000;
/** The first digits of a key by which the others are: 10⁴ buckets, 40 kB. */
const BUCKET_DIGITS = 4;

const ZERO_CODE = 48;

/** How far ahead of its pin a banded rate is written down: no call can last any longer. */
const TIMETABLE_MS = MAX_CALL_SECONDS * 1000 + MAX_RINGING_MS;

/** A number as it is looked up: filled up with zeros to 15 digits, and how many it has of its own. */
interface Wanted {
  readonly key: number;
  readonly length: number;
}

/** Where a number's rate stands. */
interface Place {
  readonly index: number;
  /** Of its prefix. */
  readonly length: number;
  /** The shorter prefixes that it beats: a bit for each length. */
  readonly beaten: number;
}

/** Whether a number and a rate's key have their first digits in common. */
function shares(number: Wanted, key: number, length: number): boolean {
  const range = RANGE_OF_LENGTH[length] ?? 0;
  return length <= number.length && Math.floor(number.key / range) === Math.floor(key / range);
}

/** What a table is made of; see its fields. */
interface TableParts {
  readonly info: DeckInfo;
  readonly records: RateRecords;
  readonly nodes: PrefixNodes;
  readonly clock: BandClock | null;
  readonly bucketSize: number;
  readonly buckets: Uint32Array;
}

/** Where each bucket of keys begins; one more for the end. */
function* indexBuckets(nodes: PrefixNodes, bucketSize: number): Steps<Uint32Array> {
  const buckets = 10 ** PREFIX_DIGITS / bucketSize;
  const starts = new Uint32Array(buckets + 1);
  let bucket = 0;
  for (let index = 0; index < nodes.size; index += 1) {
    const own = Math.floor(nodes.keyOf(index) / bucketSize);
    while (bucket < own) {
      bucket += 1;
      starts[bucket] = index;
    }
    if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
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
 * one binary search, a look at which lengths stand above that rate, and a step to the longest that
 * the number shares. Where times or bands are to be checked it is a climb along the parents: a rate that
 * is not in effect gives way to the older one of its prefix, then to the shorter prefix; a blocked
 * one gives way to nothing. Of one prefix, a rate of the band in force goes before one of all
 * times; a rate of another band is not in effect. A deck without bands pays nothing for all that.
 */
export class PrefixTable {
  readonly info: DeckInfo;
  private readonly records: RateRecords;
  private readonly nodes: PrefixNodes;
  /** null: no rate is one of a band. */
  private readonly clock: BandClock | null;
  /** How many keys a bucket spans. */
  private readonly bucketSize: number;
  private readonly buckets: Uint32Array;

  private constructor(parts: TableParts) {
    this.info = parts.info;
    this.records = parts.records;
    this.clock = parts.clock;
    this.nodes = parts.nodes;
    this.bucketSize = parts.bucketSize;
    this.buckets = parts.buckets;
  }

  /**
   * Use a `DeckBuilder` or a `RateColumnsBuilder`: the columns have to be in order. Without a clock,
   * rates of a band are never in effect.
   */
  static *of(
    info: DeckInfo,
    columns: RateColumns,
    clock: BandClock | null = null,
  ): Steps<PrefixTable> {
    const { records } = columns;
    const nodes = yield* PrefixNodes.of(columns);
    const digits = nodes.size < LARGE ? BUCKET_DIGITS : BUCKET_DIGITS + 1;
    const bucketSize = 10 ** (PREFIX_DIGITS - digits);
    const buckets = yield* indexBuckets(nodes, bucketSize);
    const own = records.hasBands ? clock : null;
    return new PrefixTable({ info, records, nodes, clock: own, bucketSize, buckets });
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
    const place = this.find(digits, atMs);
    if (place === null) return undefined;
    const { records } = this;
    const { index, length, beaten } = place;
    const prefix = digits.slice(0, length);
    const rate = records.rateAt(index, this.info, { prefix, beatenLengths: beaten });
    return {
      rate: this.clock === null ? rate : this.withTimetable(rate, index, atMs),
      blocked: records.isBlocked(index),
      markup: records.markupAt(index),
    };
  }

  private find(digits: string, atMs: number): Place | null {
    let key = 0;
    let length = 0;
    const end = Math.min(digits.length, PREFIX_DIGITS);
    for (; length < end; length += 1) {
      const digit = digits.charCodeAt(length) - ZERO_CODE;
      if (digit < 0 || digit > 9) return null;
      key = key * 10 + digit;
    }
    key *= RANGE_OF_LENGTH[length] ?? 0;
    const last = this.lastUpTo(key);
    if (last === -1) return null;
    const number = { key, length };
    return this.records.allApply(atMs)
      ? this.longest(last, number)
      : this.longestInEffect(last, number, atMs);
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

  /** Of a rate and those above it the first whose prefix the number begins with. */
  private longest(last: number, number: Wanted): Place | null {
    const { nodes } = this;
    const key = nodes.keyOf(last);
    const own = nodes.lengthOf(last);
    const above = nodes.aboveOf(last);
    if (shares(number, key, own)) return { index: last, length: own, beaten: above };
    for (let rest = above; rest !== 0; ) {
      const length = longestOf(rest);
      rest ^= 1 << length;
      if (!shares(number, key, length)) continue;
      return { index: nodes.ancestorOf(last, length), length, beaten: rest };
    }
    return null;
  }

  /** The same where rates may not be in effect: a climb, with a look at each. */
  private longestInEffect(last: number, number: Wanted, atMs: number): Place | null {
    const { nodes } = this;
    const band = this.bandAt(atMs);
    let index = -1;
    let longest = -1;
    let beaten = 0;
    for (let at = last; at !== -1; at = nodes.parentOf(at)) {
      const length = nodes.lengthOf(at);
      if (length === longest || !shares(number, nodes.keyOf(at), length)) continue;
      if (!this.applies(at, atMs, band)) continue;
      if (index === -1) {
        index = at;
        longest = length;
      } else {
        beaten |= 1 << length;
      }
    }
    return index === -1 ? null : { index, length: longest, beaten };
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
