import { AppError } from '@/lib/core/errors';
import { countryOf, isE164 } from '@/lib/core/phone-number';
import { CsvReader, guessDelimiter, type SheetRow } from '@/lib/core/sheets/csv';
import {
  MAX_IMPORT_ISSUES,
  type NumberKind,
  numberKindSchema,
} from '@/lib/services/numbers/schemas';

/** Rows of one file at most: a carrier's largest block, and what a transaction carries. */
const MAX_ROWS = 200_000;
const MAX_LABEL = 60;
/** What is looked at to tell what parts the cells. */
const HEAD_CHARACTERS = 4_096;

/** A number of a file, ready to be stored. */
export interface SheetNumber {
  readonly e164: string;
  readonly state: 'available' | 'discovered';
  readonly country: string | null;
  readonly area: string;
  readonly kind: NumberKind;
  readonly group: string;
  readonly carrierId: string | null;
}

/** A cell that is wrong. */
export interface SheetIssue {
  readonly line: number;
  /** The heading, or its ordinal where it has none. */
  readonly column: string;
  readonly message: string;
}

/** What a file may say of its numbers. */
export type SheetColumn = 'number' | 'country' | 'area' | 'kind' | 'group' | 'carrier' | 'state';

/** What headings are called, in lower case without blanks. */
const HEADINGS: Readonly<Record<string, SheetColumn>> = {
  number: 'number',
  e164: 'number',
  did: 'number',
  phonenumber: 'number',
  country: 'country',
  area: 'area',
  city: 'area',
  place: 'area',
  kind: 'kind',
  type: 'kind',
  group: 'group',
  carrier: 'carrier',
  provider: 'carrier',
  state: 'state',
};

/** Reads a CSV file of numbers in pieces; keeps what is right and notes what is wrong. */
export class NumberSheet {
  private readonly carriers: ReadonlyMap<string, string>;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private reader: CsvReader | undefined;
  private head = '';
  private columns: readonly (SheetColumn | null)[] | undefined;
  private readonly numbers: SheetNumber[] = [];
  private readonly lines = new Map<string, number>();
  private readonly issues: SheetIssue[] = [];
  private issueCount = 0;

  constructor(carriers: readonly { readonly id: string; readonly name: string }[]) {
    this.carriers = new Map(carriers.map(({ id, name }) => [name.toLowerCase(), id]));
  }

  /** Takes the next piece. Throws INVALID_INPUT for what is no such file at all. */
  push(piece: Uint8Array): void {
    this.text(this.decode(piece));
  }

  /** What the file holds, once all of it was pushed. */
  end(): {
    readonly numbers: readonly SheetNumber[];
    readonly issues: readonly SheetIssue[];
    readonly issueCount: number;
    /** The columns that the file has. */
    readonly columns: readonly SheetColumn[];
  } {
    this.text(this.decode());
    this.open();
    for (const row of this.reader?.end() ?? []) this.row(row);
    if (this.numbers.length === 0 && this.issueCount === 0) {
      throw new AppError(
        'INVALID_INPUT',
        'The file holds no numbers: a line of headings, then them.',
      );
    }
    const { numbers, issues, issueCount } = this;
    const columns = (this.columns ?? []).filter((column) => column !== null);
    return { numbers, issues, issueCount, columns };
  }

  private decode(piece?: Uint8Array): string {
    try {
      return this.decoder.decode(piece, { stream: piece !== undefined });
    } catch (cause) {
      throw noText(cause);
    }
  }

  private text(text: string): void {
    if (this.reader) {
      for (const row of this.reader.push(text)) this.row(row);
      return;
    }
    this.head += text;
    if (this.head.length > HEAD_CHARACTERS) this.open();
  }

  /** The first lines tell what parts the cells. */
  private open(): void {
    if (this.reader) return;
    this.reader = new CsvReader(guessDelimiter(this.head));
    for (const row of this.reader.push(this.head)) this.row(row);
    this.head = '';
  }

  private row({ line, cells }: SheetRow): void {
    if (!this.columns) {
      this.columns = cells.map(
        (cell) =>
          HEADINGS[
            cell
              .trim()
              .toLowerCase()
              .replace(/[\s_-]/g, '')
          ] ?? null,
      );
      if (this.columns.includes('number')) return;
      throw new AppError('INVALID_INPUT', 'Line 1 must name the columns, one of them "number".');
    }
    if (this.numbers.length >= MAX_ROWS) {
      throw new AppError('INVALID_INPUT', `Line ${line}: a file has ${MAX_ROWS} numbers at most.`);
    }
    if (cells.every((cell) => cell.trim() === '')) return;
    const before = this.issueCount;
    const number = this.read(line, cells);
    if (this.issueCount === before) this.numbers.push(number);
  }

  private read(line: number, cells: readonly string[]): SheetNumber {
    const cell = (column: SheetColumn): string => {
      const at = this.columns?.indexOf(column) ?? -1;
      return at === -1 ? '' : (cells[at] ?? '').trim();
    };
    const wrong = (column: SheetColumn, message: string) => this.note({ line, column, message });
    const label = (column: 'area' | 'group'): string => {
      const text = cell(column);
      if (text.length > MAX_LABEL) wrong(column, `is longer than ${MAX_LABEL} characters`);
      if (text.includes('\0')) wrong(column, 'holds the character U+0000');
      return text;
    };
    const e164 = this.number(line, cell('number'));
    const country = cell('country').toUpperCase();
    if (country !== '' && !/^[A-Z]{2}$/.test(country)) {
      wrong('country', `"${shown(country)}" is no code such as US`);
    }
    const kind = numberKindSchema.safeParse(
      cell('kind').toLowerCase().replace(/[\s-]/g, '_') || 'geographic',
    );
    if (!kind.success) {
      wrong('kind', `"${shown(cell('kind'))}" is none of ${numberKindSchema.options.join(', ')}`);
    }
    const state = cell('state').toLowerCase() || 'available';
    if (state !== 'available' && state !== 'discovered') {
      wrong('state', `"${shown(state)}" is none of available, discovered`);
    }
    const carrier = cell('carrier');
    const carrierId = carrier === '' ? null : (this.carriers.get(carrier.toLowerCase()) ?? null);
    if (carrier !== '' && carrierId === null) {
      wrong('carrier', `there is no carrier "${shown(carrier)}"`);
    }
    return {
      e164,
      state: state === 'discovered' ? 'discovered' : 'available',
      country: country === '' ? (isE164(e164) ? countryOf(e164) : null) : country,
      area: label('area'),
      kind: kind.data ?? 'geographic',
      group: label('group'),
      carrierId,
    };
  }

  /** E.164, with or without "+": a spreadsheet takes the "+" of a number for arithmetic. */
  private number(line: number, text: string): string {
    const digits = text.replace(/[\s().\-/]/g, '');
    const e164 = digits.startsWith('+') ? digits : `+${digits}`;
    if (!isE164(e164)) {
      const why = /e\+?\d+$/i.test(text)
        ? 'a spreadsheet wrote it as a power of ten'
        : 'is no E.164';
      this.note({ line, column: 'number', message: `"${shown(text)}": ${why}` });
      return e164;
    }
    const earlier = this.lines.get(e164);
    if (earlier !== undefined) {
      this.note({ line, column: 'number', message: `${e164} stands in line ${earlier} already` });
    }
    this.lines.set(e164, line);
    return e164;
  }

  private note(issue: SheetIssue): void {
    this.issueCount += 1;
    if (this.issues.length < MAX_IMPORT_ISSUES) this.issues.push(issue);
  }
}

const noText = (cause: unknown): AppError =>
  new AppError('INVALID_INPUT', 'The file is no text in UTF-8: save it as CSV (UTF-8).', { cause });

/** A cell as it is told: not whole where it is long. */
const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
