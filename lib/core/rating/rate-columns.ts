import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import { AppError } from '@/lib/core/errors';
import type { RateRow } from './rate';

/** E.164 has 15 digits at most; so has a prefix of it. As an integer it is exact in a double. */
export const PREFIX_DIGITS = 15;

/** How many numbers of 15 digits a prefix of each length covers. */
export const RANGE_OF_LENGTH: readonly number[] = Array.from(
  { length: PREFIX_DIGITS + 1 },
  (_, length) => 10 ** (PREFIX_DIGITS - length),
);

const PREFIX_PATTERN = /^\d{0,15}$/;
const FIRST_CAPACITY = 1024;

/** Rates as columns, sorted by key, then length, then validFrom; as `PrefixTable` needs them. */
export interface RateColumns {
  readonly size: number;
  readonly bytes: number;
  /** The prefix filled up with zeros to 15 digits. */
  readonly key: Float64Array;
  readonly length: Uint8Array;
  /** ±Infinity = unbounded. */
  readonly validFromMs: Float64Array;
  readonly validToMs: Float64Array;
  readonly firstPerMinuteNano: BigInt64Array;
  readonly nextPerMinuteNano: BigInt64Array;
  readonly connectFeeMicro: BigInt64Array;
  readonly minimumMicro: BigInt64Array;
  readonly firstSeconds: Int32Array;
  readonly nextSeconds: Int32Array;
  readonly noChargeSeconds: Int32Array;
  readonly blocked: Uint8Array;
  /** Index into `destinations`. */
  readonly destination: Int32Array;
  /** Each name once. */
  readonly destinations: readonly string[];
}

type Column = Float64Array | BigInt64Array | Int32Array | Uint8Array;

function allocate(capacity: number) {
  return {
    key: new Float64Array(capacity),
    length: new Uint8Array(capacity),
    validFromMs: new Float64Array(capacity),
    validToMs: new Float64Array(capacity),
    firstPerMinuteNano: new BigInt64Array(capacity),
    nextPerMinuteNano: new BigInt64Array(capacity),
    connectFeeMicro: new BigInt64Array(capacity),
    minimumMicro: new BigInt64Array(capacity),
    firstSeconds: new Int32Array(capacity),
    nextSeconds: new Int32Array(capacity),
    noChargeSeconds: new Int32Array(capacity),
    blocked: new Uint8Array(capacity),
    destination: new Int32Array(capacity),
  };
}

type ColumnSet = ReturnType<typeof allocate>;

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
  private columns: ColumnSet;
  private capacity: number;
  private size = 0;
  private sorted = true;
  private readonly names = new Map<string, number>();

  constructor(expectedRates = FIRST_CAPACITY) {
    this.capacity = Math.max(1, expectedRates);
    this.columns = allocate(this.capacity);
  }

  /** Throws INVALID_INPUT for a row that could not be rated by. */
  add(row: RateRow): void {
    checkRow(row);
    if (this.size === this.capacity) this.resize(this.capacity * 2, null);
    const at = this.size;
    const { columns } = this;
    columns.key[at] = Number(row.prefix) * (RANGE_OF_LENGTH[row.prefix.length] ?? 0);
    columns.length[at] = row.prefix.length;
    columns.validFromMs[at] = row.validFromMs ?? Number.NEGATIVE_INFINITY;
    columns.validToMs[at] = row.validToMs ?? Number.POSITIVE_INFINITY;
    columns.firstPerMinuteNano[at] = row.firstPerMinuteNano;
    columns.nextPerMinuteNano[at] = row.nextPerMinuteNano;
    columns.connectFeeMicro[at] = row.connectFeeMicro;
    columns.minimumMicro[at] = row.minimumMicro;
    columns.firstSeconds[at] = row.firstSeconds;
    columns.nextSeconds[at] = row.nextSeconds;
    columns.noChargeSeconds[at] = row.noChargeSeconds;
    columns.blocked[at] = row.blocked ? 1 : 0;
    columns.destination[at] = this.nameIndex(row.destination);
    this.size += 1;
    if (at > 0 && this.compare(at - 1, at) > 0) this.sorted = false;
  }

  /** The columns in order; the builder is used up. */
  build(): RateColumns {
    let order: Uint32Array | null = null;
    if (!this.sorted) {
      order = new Uint32Array(this.size).map((_, index) => index);
      order.sort((left, right) => this.compare(left, right) || left - right);
    }
    if (order !== null || this.size !== this.capacity) this.resize(this.size, order);
    let bytes = 0;
    for (const column of Object.values(this.columns)) bytes += column.byteLength;
    return { ...this.columns, size: this.size, bytes, destinations: [...this.names.keys()] };
  }

  private compare(left: number, right: number): number {
    const { key, length, validFromMs } = this.columns;
    const byKey = (key[left] ?? 0) - (key[right] ?? 0);
    if (byKey !== 0) return byKey;
    const byLength = (length[left] ?? 0) - (length[right] ?? 0);
    if (byLength !== 0) return byLength;
    const from = validFromMs[left] ?? 0;
    const otherFrom = validFromMs[right] ?? 0;
    return from === otherFrom ? 0 : from < otherFrom ? -1 : 1;
  }

  private nameIndex(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    this.names.set(name, this.names.size);
    return this.names.size - 1;
  }

  /** Moves all columns into new ones, in another order if one is given. */
  private resize(capacity: number, order: Uint32Array | null): void {
    const from = this.columns;
    const to = allocate(capacity);
    for (const name of Object.keys(to) as (keyof ColumnSet)[]) {
      copyColumn(from[name], to[name], { order, size: this.size });
    }
    this.columns = to;
    this.capacity = capacity;
  }
}

function copyColumn(
  from: Column,
  to: Column,
  how: { order: Uint32Array | null; size: number },
): void {
  if (from instanceof BigInt64Array && to instanceof BigInt64Array) {
    if (how.order === null) to.set(from.subarray(0, how.size));
    else for (let at = 0; at < how.size; at += 1) to[at] = from[how.order[at] ?? 0] ?? 0n;
    return;
  }
  if (from instanceof BigInt64Array || to instanceof BigInt64Array) return;
  if (how.order === null) to.set(from.subarray(0, how.size));
  else for (let at = 0; at < how.size; at += 1) to[at] = from[how.order[at] ?? 0] ?? 0;
}
