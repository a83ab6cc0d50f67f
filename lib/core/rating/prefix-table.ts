import type { DeckInfo, RateDeck, RateMatch, RateRow } from './rate';
import {
  PREFIX_DIGITS,
  RANGE_OF_LENGTH,
  type RateColumns,
  RateColumnsBuilder,
} from './rate-columns';

/** The first digits of a key by which the table is entered: 10⁴ buckets, 40 kB. */
const BUCKET_SIZE = 10 ** (PREFIX_DIGITS - 4);
const BUCKETS = 10_000;

const ZERO_CODE = 48;

/** The rate above each one: the next shorter prefix of it, or the same one from earlier on. */
function linkParents(columns: RateColumns): Int32Array {
  const parents = new Int32Array(columns.size);
  const open: number[] = [];
  for (let index = 0; index < columns.size; index += 1) {
    const key = columns.key[index] ?? 0;
    let top = open.at(-1);
    while (top !== undefined && key >= (columns.key[top] ?? 0) + rangeOf(columns, top)) {
      open.pop();
      top = open.at(-1);
    }
    parents[index] = top ?? -1;
    open.push(index);
  }
  return parents;
}

/** How many keys a rate's prefix spans. */
function rangeOf(columns: RateColumns, index: number): number {
  return RANGE_OF_LENGTH[columns.length[index] ?? 0] ?? 0;
}

/** Where each bucket of keys begins; one more for the end. */
function indexBuckets(columns: RateColumns): Uint32Array {
  const starts = new Uint32Array(BUCKETS + 1);
  let bucket = 0;
  for (let index = 0; index < columns.size; index += 1) {
    const own = Math.floor((columns.key[index] ?? 0) / BUCKET_SIZE);
    while (bucket < own) {
      bucket += 1;
      starts[bucket] = index;
    }
  }
  starts.fill(columns.size, bucket + 1);
  return starts;
}

/**
 * Longest-prefix match over up to millions of rates, 77 bytes each; immutable, so a deck is
 * activated by swapping tables while calls run.
 *
 * Rates are sorted by prefix, shorter first, and of one prefix older first. The rate just before a
 * number in that order is either its longest prefix or lies below it, so the answer is found by
 * one binary search and a climb along the parents. Times are checked during the climb: a rate that
 * is not in effect gives way to the older one of its prefix, then to the shorter prefix; a blocked
 * one gives way to nothing.
 */
export class PrefixTable implements RateDeck {
  readonly info: DeckInfo;
  private readonly columns: RateColumns;
  private readonly parents: Int32Array;
  private readonly buckets: Uint32Array;

  /** Use `buildPrefixTable` or a `RateColumnsBuilder`: the columns have to be in order. */
  constructor(info: DeckInfo, columns: RateColumns) {
    this.info = info;
    this.columns = columns;
    this.parents = linkParents(columns);
    this.buckets = indexBuckets(columns);
  }

  /** How many rates it holds. */
  get size(): number {
    return this.columns.size;
  }

  /** What it occupies in memory, destination names not counted. */
  get bytes(): number {
    return this.columns.bytes + this.parents.byteLength + this.buckets.byteLength;
  }

  lookup(digits: string, atMs: number): RateMatch | undefined {
    const index = this.find(digits, atMs);
    if (index === -1) return undefined;
    const beatenPrefixes = this.beatenBy(index, digits, atMs);
    return {
      rate: this.columns.rateAt(index, this.info, { digits, beatenPrefixes }),
      blocked: this.columns.isBlocked(index),
    };
  }

  /** The place of the matching rate, or -1; allocates nothing. */
  find(digits: string, atMs: number): number {
    let key = 0;
    let length = 0;
    const end = Math.min(digits.length, PREFIX_DIGITS);
    for (; length < end; length += 1) {
      const digit = digits.charCodeAt(length) - ZERO_CODE;
      if (digit < 0 || digit > 9) return -1;
      key = key * 10 + digit;
    }
    key *= RANGE_OF_LENGTH[length] ?? 0;
    return this.climb(this.lastUpTo(key), { key, length, atMs });
  }

  /** The last rate whose key is at most `key`, or -1. */
  private lastUpTo(key: number): number {
    const keys = this.columns.key;
    const bucket = Math.floor(key / BUCKET_SIZE);
    let low = this.buckets[bucket] ?? 0;
    let high = this.buckets[bucket + 1] ?? 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** From `index` upwards: the first rate in effect whose prefix the number begins with, or -1. */
  private climb(index: number, number: { key: number; length: number; atMs: number }): number {
    const { columns, parents } = this;
    for (let at = index; at !== -1; at = parents[at] ?? -1) {
      const length = columns.length[at] ?? 0;
      if (length > number.length) continue;
      if (number.key >= (columns.key[at] ?? 0) + (RANGE_OF_LENGTH[length] ?? 0)) continue;
      if (columns.inEffect(at, number.atMs)) return at;
    }
    return -1;
  }

  /** Shorter prefixes above a rate that are in effect too, longest first. */
  private beatenBy(index: number, digits: string, atMs: number): string[] {
    const { columns, parents } = this;
    const beaten: string[] = [];
    let shortest = columns.length[index] ?? 0;
    for (let at = parents[index] ?? -1; at !== -1; at = parents[at] ?? -1) {
      const length = columns.length[at] ?? 0;
      if (length === shortest || !columns.inEffect(at, atMs)) continue;
      shortest = length;
      beaten.push(digits.slice(0, length));
    }
    return beaten;
  }
}

/** A table of all rows of one deck version. Throws INVALID_INPUT for a row that can't be rated by. */
export function buildPrefixTable(info: DeckInfo, rows: Iterable<RateRow>): PrefixTable {
  const builder = new RateColumnsBuilder();
  for (const row of rows) builder.add(row);
  return new PrefixTable(info, builder.build());
}
