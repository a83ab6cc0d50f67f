import type { RateRow } from '@/lib/core/rating/rate';
import type { SheetRow } from '@/lib/core/sheets/csv';
import type { ImportField } from './fields';
import type { ImportMapping } from './schemas';
import {
  type DateContext,
  meansBlocked,
  type Reading,
  readAmount,
  readFlag,
  readIncrements,
  readMoment,
  readPercent,
  readPerMinute,
  readPrefix,
  readSeconds,
} from './values';

/** How much of a wrong cell is shown. */
const SHOWN_CHARACTERS = 80;
const MAX_DESTINATION_CHARACTERS = 100;
/** Decks state so much of the same dates that each is worked out once. */
const MAX_KNOWN_DATES = 1_000;

/** What is wrong with a cell, or with a row as a whole. */
export interface RowProblem {
  readonly line: number;
  /** The column's place, from 0; null for the row. */
  readonly column: number | null;
  readonly value: string;
  /** A sentence without its subject: "is no number". */
  readonly problem: string;
}

export type RowReading =
  | { readonly ok: true; readonly rate: RateRow }
  | { readonly ok: false; readonly problems: readonly RowProblem[] };

/** What rows are read by. */
export interface RowContext {
  readonly mapping: ImportMapping;
  readonly currency: string;
  readonly timeZone: string;
  readonly pricing: 'rates' | 'markup';
  /** The names of the version's bands, in their order. */
  readonly bands: readonly string[];
}

/** Reads the rows of one file: what each says, or everything that is wrong with it. */
export class RowReader {
  private readonly context: RowContext;
  private readonly dates = new Map<string, Reading<number | null>>();
  private problems: RowProblem[] = [];
  private row: SheetRow = { line: 0, cells: [] };

  constructor(context: RowContext) {
    this.context = context;
  }

  /** null for a row that says nothing in the columns that are read. */
  read(row: SheetRow): RowReading | null {
    this.row = row;
    this.problems = [];
    const columns = Object.values(this.context.mapping.columns);
    if (columns.every((column) => (row.cells[column] ?? '').trim() === '')) return null;
    const rate = this.rate();
    return this.problems.length === 0 ? { ok: true, rate } : { ok: false, problems: this.problems };
  }

  private rate(): RateRow {
    const { currency, pricing, mapping } = this.context;
    const isMarkup = pricing === 'markup';
    const cell = this.cell('perMinute');
    const hasWord = meansBlocked(cell);
    const blocked = this.value('blocked', readFlag, false) || hasWord;
    const price = (text: string) => readPerMinute(text, currency);
    const amount = (text: string) => readAmount(text, currency);
    // What is not sold need not have a price.
    const isFree = hasWord || (blocked && cell.trim() === '');
    const perMinute = isMarkup || isFree ? 0n : this.needed('perMinute', price, 0n);
    const { first, next } = this.increments(mapping.defaults);
    const validFromMs = this.moment('validFrom', false);
    const validToMs = this.moment('validTo', true);
    if (validFromMs !== null && validToMs !== null && validToMs <= validFromMs) {
      this.problem('validTo', 'ends before it begins');
    }
    return {
      prefix: this.needed('prefix', readPrefix, ''),
      destination: this.destination(),
      connectFeeMicro: this.value('connectFee', amount, 0n),
      minimumMicro: this.value('minimum', amount, 0n),
      noChargeSeconds: this.value('noChargeSeconds', readSeconds, 0),
      freeSeconds: this.value('freeSeconds', readSeconds, 0),
      firstSeconds: first,
      nextSeconds: next,
      firstPerMinuteNano: isMarkup ? 0n : this.value('firstPerMinute', price, perMinute),
      nextPerMinuteNano: perMinute,
      blocked,
      reverseBilled: this.value('reverseBilled', readFlag, false),
      band: this.band(),
      markup:
        isMarkup && !blocked
          ? {
              ppm: this.needed('markupPercent', readPercent, 0),
              minimumPerMinuteNano: this.value('markupMinimum', price, 0n),
            }
          : null,
      validFromMs,
      validToMs,
    };
  }

  private cell(field: ImportField): string {
    const column = this.context.mapping.columns[field];
    return column === undefined ? '' : (this.row.cells[column] ?? '');
  }

  /** An empty cell stands for what holds otherwise. */
  private value<Value>(
    field: ImportField,
    read: (text: string) => Reading<Value>,
    otherwise: Value,
  ): Value {
    const text = this.cell(field);
    return text.trim() === '' ? otherwise : this.needed(field, read, otherwise);
  }

  private needed<Value>(
    field: ImportField,
    read: (text: string) => Reading<Value>,
    otherwise: Value,
  ): Value {
    const text = this.cell(field);
    const reading = read(text);
    if (reading.ok) return reading.value;
    this.problem(field, text.trim() === '' ? emptyWords(field) : reading.problem);
    return otherwise;
  }

  private problem(field: ImportField, problem: string): void {
    this.problems.push({
      line: this.row.line,
      column: this.context.mapping.columns[field] ?? null,
      value: this.cell(field).trim().slice(0, SHOWN_CHARACTERS),
      problem,
    });
  }

  private increments(defaults: ImportMapping['defaults']): { first: number; next: number } {
    const both = this.value('increments', readIncrements, defaults);
    const first = this.value('first', readSeconds, both.first);
    const next = this.value('next', readSeconds, both.next);
    if (next === 0) this.problem('next', 'must be 1 s at least');
    for (const [field, seconds] of [
      ['first', first],
      ['next', next],
    ] as const) {
      if (seconds > 3_600) this.problem(field, 'is longer than an hour');
    }
    return { first, next };
  }

  private moment(field: 'validFrom' | 'validTo', isEnd: boolean): number | null {
    const text = this.cell(field);
    const key = `${isEnd ? 'to' : 'from'} ${text}`;
    let reading = this.dates.get(key);
    if (reading === undefined) {
      const { mapping, timeZone } = this.context;
      const context: DateContext = { order: mapping.dateOrder, timeZone, isEnd };
      reading = readMoment(text, context);
      if (this.dates.size < MAX_KNOWN_DATES) this.dates.set(key, reading);
    }
    if (reading.ok) return reading.value;
    this.problem(field, reading.problem);
    return null;
  }

  private destination(): string {
    // An apostrophe that keeps a spreadsheet from running a name as a formula is no part of it.
    const name = this.cell('destination')
      .trim()
      .replace(/^'(?=[=+\-@\t\r])/, '');
    if (name.includes('\0')) this.problem('destination', 'has a character that no text may hold');
    return name.slice(0, MAX_DESTINATION_CHARACTERS);
  }

  private band(): number {
    const text = this.cell('band').trim();
    if (text === '') return 0;
    const wanted = text.toLowerCase();
    const place = this.context.bands.findIndex((name) => name.toLowerCase() === wanted);
    if (place === -1) {
      const known = this.context.bands.map((name) => `"${name}"`).join(', ');
      this.problem(
        'band',
        known === ''
          ? 'names a band, and the deck has no bands'
          : `is none of the deck’s bands: ${known}`,
      );
    }
    return place + 1;
  }
}

function emptyWords(field: ImportField): string {
  return field === 'prefix'
    ? 'is empty: the digits that the numbers begin with belong here'
    : 'is empty';
}
