import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import { AppError } from '@/lib/core/errors';
import { STEP_ITEMS, type Steps } from '@/lib/core/steps';
import { MAX_BANDS } from './bands';
import type { DeckInfo, Markup, Rate, RateRow } from './rate';
import { sortedOrder } from './sorted-order';

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
 * What a rate says, in one record of 64 bytes, the size of a cache line: at a million rates the
 * look-up is as fast as memory is, so what is read together lies together. Times, which few look-ups
 * read, come last: a large buffer begins 16 bytes into a line, and the rest then still shares one.
 * Offsets in units of each view.
 */
const RECORD_WORDS = 8;
const RECORD_INTS = 16;
const WORD = { firstNano: 0, nextNano: 1, feeMicro: 2, minimum: 3, validFromMs: 6, validToMs: 7 };
const INT = { firstAndFlags: 8, nextAndFree: 9, noChargeSeconds: 10, destination: 11 };
/** Any number of seconds of a day has 17 bits; above it stands what else the first one says. */
const SECONDS_MASK = (1 << 17) - 1;
const BAND_SHIFT = 17;
const BLOCKED_BIT = 1 << 22;
const MARKUP_BIT = 1 << 23;
const FREE_SHIFT = 17;
/** An hour; and it has to fit above the seconds of the next increment. */
export const MAX_FREE_SECONDS = 3_600;
/** A hundred times the price. */
export const MAX_MARKUP_PPM = 100_000_000;

function bandIn(ints: Int32Array, at: number): number {
  return ((ints[at * RECORD_INTS + INT.firstAndFlags] ?? 0) >> BAND_SHIFT) & MAX_BANDS;
}

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
    // A mark-up has no prices of its own: its two figures stand in their place.
    const { markup } = row;
    amounts[word + WORD.firstNano] = markup ? BigInt(markup.ppm) : row.firstPerMinuteNano;
    amounts[word + WORD.nextNano] = markup ? markup.minimumPerMinuteNano : row.nextPerMinuteNano;
    amounts[word + WORD.feeMicro] = row.connectFeeMicro;
    amounts[word + WORD.minimum] = row.minimumMicro;
    const flags = (row.blocked ? BLOCKED_BIT : 0) | (markup ? MARKUP_BIT : 0);
    ints[int + INT.firstAndFlags] = row.firstSeconds | (row.band << BAND_SHIFT) | flags;
    ints[int + INT.nextAndFree] = row.nextSeconds | (row.freeSeconds << FREE_SHIFT);
    ints[int + INT.noChargeSeconds] = row.noChargeSeconds;
    ints[int + INT.destination] = destination;
  }

  bandOf(at: number): number {
    return bandIn(this.ints, at);
  }

  /** The records alone: what finds them is kept elsewhere. */
  withoutOrder(): Pick<RateStore, 'times' | 'amounts' | 'ints'> {
    const { times, amounts, ints } = this;
    return { times, amounts, ints };
  }

  /** Takes a rate over from another store. */
  copy(at: number, from: RateStore, fromAt: number): void {
    this.key[at] = from.key[fromAt] ?? 0;
    this.length[at] = from.length[fromAt] ?? 0;
    for (let int = 0; int < RECORD_INTS; int += 1) {
      this.ints[at * RECORD_INTS + int] = from.ints[fromAt * RECORD_INTS + int] ?? 0;
    }
  }

  /** Takes rates over to the same places, `[begin, end)`. */
  copyRange(from: RateStore, begin: number, end: number): void {
    this.key.set(from.key.subarray(begin, end), begin);
    this.length.set(from.length.subarray(begin, end), begin);
    this.ints.set(from.ints.subarray(begin * RECORD_INTS, end * RECORD_INTS), begin * RECORD_INTS);
  }

  /** By key, then length, then band, then validFrom. */
  compare(left: number, right: number): number {
    const byKey = (this.key[left] ?? 0) - (this.key[right] ?? 0);
    if (byKey !== 0) return byKey;
    const byLength = (this.length[left] ?? 0) - (this.length[right] ?? 0);
    if (byLength !== 0) return byLength;
    const byBand = this.bandOf(left) - this.bandOf(right);
    if (byBand !== 0) return byBand;
    const from = this.times[left * RECORD_WORDS + WORD.validFromMs] ?? 0;
    const otherFrom = this.times[right * RECORD_WORDS + WORD.validFromMs] ?? 0;
    return from === otherFrom ? 0 : from < otherFrom ? -1 : 1;
  }
}

/** What is known of all rates without asking one. */
interface RatesInCommon {
  readonly hasBands: boolean;
  /** When the last of them begins, and the first of them ends. */
  readonly lastFromMs: number;
  readonly firstToMs: number;
}

/**
 * Rates sorted by prefix, shorter first; of one prefix those of all times before those of a band,
 * and older first. Never changed.
 */
export interface RateColumns {
  /** The prefix filled up with zeros to 15 digits. */
  readonly key: Float64Array;
  readonly length: Uint8Array;
  readonly records: RateRecords;
}

/** What the rates say, in the order of their columns. */
export class RateRecords {
  /** Whether any rate is one of a band only. */
  readonly hasBands: boolean;
  private readonly common: RatesInCommon;
  private readonly store: Pick<RateStore, 'times' | 'amounts' | 'ints'>;
  /** Each name once. */
  private readonly destinations: readonly string[];

  constructor(store: RateStore, of: RatesInCommon & { destinations: readonly string[] }) {
    const { destinations, hasBands } = of;
    this.hasBands = hasBands;
    this.common = of;
    this.store = store.withoutOrder();
    this.destinations = destinations;
  }

  /** What it occupies, names not counted. */
  get bytes(): number {
    return this.store.times.byteLength;
  }

  /** Whether every rate counts at a time: then none of them need be asked. */
  allApply(atMs: number): boolean {
    const { lastFromMs, firstToMs } = this.common;
    return !this.hasBands && lastFromMs <= atMs && atMs < firstToMs;
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
    return this.has(index, BLOCKED_BIT);
  }

  /** 0 = at all times. */
  bandOf(index: number): number {
    return bandIn(this.store.ints, index);
  }

  /** What it puts on top of the owner's own price; null = it has a price of its own. */
  markupAt(index: number): Markup | null {
    if (!this.has(index, MARKUP_BIT)) return null;
    const { amounts } = this.store;
    const word = index * RECORD_WORDS;
    return {
      ppm: Number(amounts[word + WORD.firstNano] ?? 0n),
      minimumPerMinuteNano: amounts[word + WORD.nextNano] ?? 0n,
    };
  }

  /** A price a minute, within the first increment and after it. */
  pricesAt(index: number): Pick<Rate, 'firstPerMinuteNano' | 'nextPerMinuteNano'> {
    const { amounts } = this.store;
    const word = index * RECORD_WORDS;
    return {
      firstPerMinuteNano: amounts[word + WORD.firstNano] ?? 0n,
      nextPerMinuteNano: amounts[word + WORD.nextNano] ?? 0n,
    };
  }

  private has(index: number, flag: number): boolean {
    return ((this.store.ints[index * RECORD_INTS + INT.firstAndFlags] ?? 0) & flag) !== 0;
  }

  /** The rate itself, as one that matched `digits`. */
  rateAt(index: number, deck: DeckInfo, matched: Pick<Rate, 'prefix' | 'beatenLengths'>): Rate {
    const { amounts, ints } = this.store;
    const word = index * RECORD_WORDS;
    const int = index * RECORD_INTS;
    const nextAndFree = ints[int + INT.nextAndFree] ?? 0;
    const rate: Rate = {
      deckId: deck.deckId,
      deckName: deck.deckName,
      deckVersion: deck.deckVersion,
      currency: deck.currency,
      rounding: deck.rounding,
      prefix: matched.prefix,
      destination: this.destinations[ints[int + INT.destination] ?? 0] ?? '',
      firstSeconds: (ints[int + INT.firstAndFlags] ?? 0) & SECONDS_MASK,
      nextSeconds: nextAndFree & SECONDS_MASK,
      firstPerMinuteNano: amounts[word + WORD.firstNano] ?? 0n,
      nextPerMinuteNano: amounts[word + WORD.nextNano] ?? 0n,
      connectFeeMicro: amounts[word + WORD.feeMicro] ?? 0n,
      minimumMicro: amounts[word + WORD.minimum] ?? 0n,
      noChargeSeconds: ints[int + INT.noChargeSeconds] ?? 0,
      freeSeconds: nextAndFree >>> FREE_SHIFT,
      beatenLengths: matched.beatenLengths,
    };
    return deck.decimals === undefined ? rate : { ...rate, decimals: deck.decimals };
  }
}

function isWhole(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least && value <= MAX_CALL_SECONDS;
}

/** What keeps a row from being rated by; null = nothing. */
function problemOf(row: RateRow): string | null {
  if (!PREFIX_PATTERN.test(row.prefix)) return 'the prefix must be at most 15 digits';
  if (!isWhole(row.firstSeconds, 0) || !isWhole(row.nextSeconds, 1)) {
    return 'increments must be whole seconds, the next one at least 1';
  }
  if (!isWhole(row.noChargeSeconds, 0)) return 'the no-charge threshold must be whole seconds';
  if (!isWhole(row.freeSeconds, 0) || row.freeSeconds > MAX_FREE_SECONDS) {
    return `the free seconds must be whole ones, ${MAX_FREE_SECONDS} at most`;
  }
  if (row.firstPerMinuteNano < 0n || row.nextPerMinuteNano < 0n) {
    return 'a rate must not be negative';
  }
  if (row.connectFeeMicro < 0n || row.minimumMicro < 0n) {
    return 'connect fee and minimum must not be negative';
  }
  if (!Number.isInteger(row.band) || row.band < 0 || row.band > MAX_BANDS) {
    return `the band must be 0 (at all times) to ${MAX_BANDS}`;
  }
  return row.markup === null ? null : problemOfMarkup(row.markup);
}

function problemOfMarkup({ ppm, minimumPerMinuteNano }: Markup): string | null {
  const isUsable = Number.isInteger(ppm) && ppm >= 0 && ppm <= MAX_MARKUP_PPM;
  if (!isUsable) return `the mark-up must be 0 to ${MAX_MARKUP_PPM} millionths`;
  return minimumPerMinuteNano < 0n ? 'the least mark-up must not be negative' : null;
}

/** Throws INVALID_INPUT for a row that could not be rated by. */
function checkRow(row: RateRow): void {
  const problem = problemOf(row);
  if (problem) throw new AppError('INVALID_INPUT', `rate "${row.prefix}": ${problem}`);
}

/**
 * Takes a deck's rows one by one, so that a million of them need not stand in memory as objects.
 * Rows that come by prefix (COLLATE "C"), band and validFrom need no sorting. Of two rows with the
 * same prefix, band and validFrom the later one counts.
 */
export class RateColumnsBuilder {
  private store: RateStore;
  private capacity: number;
  private size = 0;
  private sorted = true;
  private hasBands = false;
  private lastFromMs = Number.NEGATIVE_INFINITY;
  private firstToMs = Number.POSITIVE_INFINITY;
  private readonly names = new Map<string, number>();

  constructor(expectedRates = FIRST_CAPACITY) {
    this.capacity = Math.max(1, expectedRates);
    this.store = new RateStore(this.capacity);
  }

  /** Throws INVALID_INPUT for a row that could not be rated by. */
  add(row: RateRow): void {
    checkRow(row);
    if (this.size === this.capacity) this.grow();
    this.store.write(this.size, row, this.nameIndex(row.destination));
    this.size += 1;
    if (row.band !== 0) this.hasBands = true;
    if (row.validFromMs !== null && row.validFromMs > this.lastFromMs) {
      this.lastFromMs = row.validFromMs;
    }
    if (row.validToMs !== null && row.validToMs < this.firstToMs) this.firstToMs = row.validToMs;
    const last = this.size - 1;
    if (last > 0 && this.store.compare(last - 1, last) > 0) this.sorted = false;
  }

  /** All rates in order; the builder is used up. */
  *build(): Steps<RateColumns> {
    const order = this.sorted ? null : yield* this.order();
    const store = yield* this.arranged(order);
    const destinations = [...this.names.keys()];
    const { hasBands, lastFromMs, firstToMs } = this;
    const records = new RateRecords(store, { destinations, hasBands, lastFromMs, firstToMs });
    return { key: store.key, length: store.length, records };
  }

  private nameIndex(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    this.names.set(name, this.names.size);
    return this.names.size - 1;
  }

  private grow(): void {
    const store = new RateStore(this.capacity * 2);
    store.copyRange(this.store, 0, this.size);
    this.store = store;
    this.capacity *= 2;
  }

  private order(): Steps<Uint32Array> {
    const { store } = this;
    return sortedOrder(this.size, (left, right) => store.compare(left, right));
  }

  /** The rates in a store of just their size, in another order if one is given. */
  private *arranged(order: Uint32Array | null): Steps<RateStore> {
    const { store, size } = this;
    if (order === null && size === this.capacity) return store;
    const arranged = new RateStore(size);
    for (let begin = 0; begin < size; begin += STEP_ITEMS) {
      const end = Math.min(begin + STEP_ITEMS, size);
      if (order === null) arranged.copyRange(store, begin, end);
      else for (let at = begin; at < end; at += 1) arranged.copy(at, store, order[at] ?? 0);
      yield;
    }
    return arranged;
  }
}
