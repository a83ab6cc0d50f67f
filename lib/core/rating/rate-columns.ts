import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import { AppError } from '@/lib/core/errors';
import type { DeckInfo, Rate, RateRow } from './rate';

/** E.164 has 15 digits at most; so has a prefix of it. As an integer it is exact in a double. */
export const PREFIX_DIGITS = 15;

/** How many numbers of 15 digits a prefix of each length covers. */
export const RANGE_OF_LENGTH: readonly number[] = Array.from(
  { length: PREFIX_DIGITS + 1 },
  (_, length) => 10 ** (PREFIX_DIGITS - length),
);

const PREFIX_PATTERN = /^\d{0,15}$/;
const FIRST_CAPACITY = 1024;

/**
 * What a rate says, in one record of 64 bytes, a cache line: at a million rates the look-up is
 * as fast as memory is, so what is read together lies together. Offsets in units of each view.
 */
const RECORD_WORDS = 8;
const RECORD_INTS = 16;
const WORD = { validFromMs: 0, validToMs: 1, firstNano: 2, nextNano: 3, feeMicro: 4, minimum: 5 };
const INT = { firstSeconds: 12, nextSeconds: 13, noChargeAndBlocked: 14, destination: 15 };
/** Above any number of seconds of a day. */
const BLOCKED_BIT = 1 << 24;

/** One growing or final set of rates. */
class RateStore {
  /** The prefix filled up with zeros to 15 digits. */
  readonly key: Float64Array;
  readonly length: Uint8Array;
  /** Three views of the same records. Times as doubles, ±Infinity = unbounded. */
  readonly times: Float64Array;
  readonly amounts: BigInt64Array;
  readonly ints: Int32Array;

  constructor(capacity: number) {
    const records = new ArrayBuffer(capacity * RECORD_WORDS * 8);
    this.key = new Float64Array(capacity);
    this.length = new Uint8Array(capacity);
    this.times = new Float64Array(records);
    this.amounts = new BigInt64Array(records);
    this.ints = new Int32Array(records);
  }

  write(at: number, row: RateRow, destination: number): void {
    const { key, length, times, amounts, ints } = this;
    const word = at * RECORD_WORDS;
    const int = at * RECORD_INTS;
    key[at] = Number(row.prefix) * (RANGE_OF_LENGTH[row.prefix.length] ?? 0);
    length[at] = row.prefix.length;
    times[word + WORD.validFromMs] = row.validFromMs ?? Number.NEGATIVE_INFINITY;
    times[word + WORD.validToMs] = row.validToMs ?? Number.POSITIVE_INFINITY;
    amounts[word + WORD.firstNano] = row.firstPerMinuteNano;
    amounts[word + WORD.nextNano] = row.nextPerMinuteNano;
    amounts[word + WORD.feeMicro] = row.connectFeeMicro;
    amounts[word + WORD.minimum] = row.minimumMicro;
    ints[int + INT.firstSeconds] = row.firstSeconds;
    ints[int + INT.nextSeconds] = row.nextSeconds;
    ints[int + INT.noChargeAndBlocked] = row.noChargeSeconds | (row.blocked ? BLOCKED_BIT : 0);
    ints[int + INT.destination] = destination;
  }

  /** Takes a rate over from another store. */
  copy(at: number, from: RateStore, fromAt: number): void {
    this.key[at] = from.key[fromAt] ?? 0;
    this.length[at] = from.length[fromAt] ?? 0;
    for (let word = 0; word < RECORD_WORDS; word += 1) {
      this.amounts[at * RECORD_WORDS + word] = from.amounts[fromAt * RECORD_WORDS + word] ?? 0n;
    }
  }

  /** By key, then length, then validFrom. */
  compare(left: number, right: number): number {
    const byKey = (this.key[left] ?? 0) - (this.key[right] ?? 0);
    if (byKey !== 0) return byKey;
    const byLength = (this.length[left] ?? 0) - (this.length[right] ?? 0);
    if (byLength !== 0) return byLength;
    const from = this.times[left * RECORD_WORDS + WORD.validFromMs] ?? 0;
    const otherFrom = this.times[right * RECORD_WORDS + WORD.validFromMs] ?? 0;
    return from === otherFrom ? 0 : from < otherFrom ? -1 : 1;
  }
}

/** Rates sorted by prefix, shorter first, and of one prefix older first; never changed. */
export class RateColumns {
  readonly size: number;
  readonly key: Float64Array;
  readonly length: Uint8Array;
  private readonly store: RateStore;
  /** Each name once. */
  private readonly destinations: readonly string[];

  constructor(store: RateStore, destinations: readonly string[]) {
    this.size = store.key.length;
    this.key = store.key;
    this.length = store.length;
    this.store = store;
    this.destinations = destinations;
  }

  /** What it occupies, names not counted. */
  get bytes(): number {
    return this.key.byteLength + this.length.byteLength + this.store.times.byteLength;
  }

  /** Whether a rate is valid at a time, half-open. */
  inEffect(index: number, atMs: number): boolean {
    const { times } = this.store;
    const word = index * RECORD_WORDS;
    return (
      (times[word + WORD.validFromMs] ?? 0) <= atMs && atMs < (times[word + WORD.validToMs] ?? 0)
    );
  }

  isBlocked(index: number): boolean {
    const { ints } = this.store;
    return ((ints[index * RECORD_INTS + INT.noChargeAndBlocked] ?? 0) & BLOCKED_BIT) !== 0;
  }

  /** The rate itself, as one that matched `digits`. */
  rateAt(
    index: number,
    deck: DeckInfo,
    matched: { readonly digits: string; readonly beatenPrefixes: readonly string[] },
  ): Rate {
    const { amounts, ints } = this.store;
    const word = index * RECORD_WORDS;
    const int = index * RECORD_INTS;
    return {
      deckId: deck.deckId,
      deckName: deck.deckName,
      deckVersion: deck.deckVersion,
      currency: deck.currency,
      rounding: deck.rounding,
      prefix: matched.digits.slice(0, this.length[index] ?? 0),
      destination: this.destinations[ints[int + INT.destination] ?? 0] ?? '',
      firstSeconds: ints[int + INT.firstSeconds] ?? 0,
      nextSeconds: ints[int + INT.nextSeconds] ?? 0,
      firstPerMinuteNano: amounts[word + WORD.firstNano] ?? 0n,
      nextPerMinuteNano: amounts[word + WORD.nextNano] ?? 0n,
      connectFeeMicro: amounts[word + WORD.feeMicro] ?? 0n,
      minimumMicro: amounts[word + WORD.minimum] ?? 0n,
      noChargeSeconds: (ints[int + INT.noChargeAndBlocked] ?? 0) & ~BLOCKED_BIT,
      beatenPrefixes: matched.beatenPrefixes,
    };
  }
}

function isWhole(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least && value <= MAX_CALL_SECONDS;
}

/** Throws INVALID_INPUT for a row that could not be rated by. */
function checkRow(row: RateRow): void {
  const problem = !PREFIX_PATTERN.test(row.prefix)
    ? 'the prefix must be at most 15 digits'
    : !isWhole(row.firstSeconds, 0) || !isWhole(row.nextSeconds, 1)
      ? 'increments must be whole seconds, the next one at least 1'
      : !isWhole(row.noChargeSeconds, 0)
        ? 'the no-charge threshold must be whole seconds'
        : row.firstPerMinuteNano < 0n || row.nextPerMinuteNano < 0n
          ? 'a rate must not be negative'
          : row.connectFeeMicro < 0n || row.minimumMicro < 0n
            ? 'connect fee and minimum must not be negative'
            : null;
  if (problem) throw new AppError('INVALID_INPUT', `rate "${row.prefix}": ${problem}`);
}

/**
 * Takes a deck's rows one by one, so that a million of them need not stand in memory as objects.
 * Rows that come by prefix (COLLATE "C") and validFrom need no sorting. Of two rows with the same
 * prefix and validFrom the later one counts.
 */
export class RateColumnsBuilder {
  private store: RateStore;
  private capacity: number;
  private size = 0;
  private sorted = true;
  private readonly names = new Map<string, number>();

  constructor(expectedRates = FIRST_CAPACITY) {
    this.capacity = Math.max(1, expectedRates);
    this.store = new RateStore(this.capacity);
  }

  /** Throws INVALID_INPUT for a row that could not be rated by. */
  add(row: RateRow): void {
    checkRow(row);
    if (this.size === this.capacity) this.move(this.capacity * 2, null);
    this.store.write(this.size, row, this.nameIndex(row.destination));
    this.size += 1;
    const last = this.size - 1;
    if (last > 0 && this.store.compare(last - 1, last) > 0) this.sorted = false;
  }

  /** All rates in order; the builder is used up. */
  build(): RateColumns {
    let order: Uint32Array | null = null;
    if (!this.sorted) {
      order = new Uint32Array(this.size).map((_, index) => index);
      order.sort((left, right) => this.store.compare(left, right) || left - right);
    }
    if (order !== null || this.size !== this.capacity) this.move(this.size, order);
    return new RateColumns(this.store, [...this.names.keys()]);
  }

  private nameIndex(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    this.names.set(name, this.names.size);
    return this.names.size - 1;
  }

  /** Moves all rates into a store of another size, in another order if one is given. */
  private move(capacity: number, order: Uint32Array | null): void {
    const store = new RateStore(capacity);
    for (let at = 0; at < this.size; at += 1) {
      store.copy(at, this.store, order === null ? at : (order[at] ?? 0));
    }
    this.store = store;
    this.capacity = capacity;
  }
}
