import { AppError } from '@/lib/core/errors';

/** Far above what any cell of a price list holds; a quote that is never closed ends here. */
export const MAX_CELL_CHARACTERS = 5_000;
/** Columns of a row; what lies further right is no price list. */
export const MAX_CELLS = 256;

/** A row of a table file. */
export interface SheetRow {
  /** Where it begins, as an editor or a spreadsheet counts: from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** What parts the cells of a CSV file. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * Reads CSV (RFC 4180) in pieces of any length: any line ending, cells in quotes with line breaks
 * and doubled quotes in them. Empty lines are no rows. Throws INVALID_INPUT with the line for a
 * quote that is never closed, a cell that is too long, and a row of too many cells.
 */
export class CsvReader {
  private readonly delimiter: Delimiter;
  private line = 1;
  private rowLine = 1;
  private cells: string[] = [];
  /** What of the present cell came in earlier pieces, or before a doubled quote. */
  private cell = '';
  private state: 'start' | 'plain' | 'quoted' | 'quoteInQuoted' = 'start';
  private quoteLine = 1;
  private sawReturn = false;
  private isFirst = true;

  constructor(delimiter: Delimiter) {
    this.delimiter = delimiter;
  }

  /** The rows that this piece completes. */
  push(text: string): SheetRow[] {
    const rows: SheetRow[] = [];
    let at = 0;
    if (this.isFirst && text !== '') {
      this.isFirst = false;
      if (text.startsWith('\ufeff')) at = 1;
    }
    while (at < text.length) at = this.step(text, at, rows);
    return rows;
  }

  /** The last row, where the file does not end with a line ending. */
  end(): SheetRow[] {
    if (this.state === 'quoted') {
      throw new AppError(
        'INVALID_INPUT',
        `Line ${this.quoteLine}: a quote is opened here and never closed.`,
      );
    }
    const rows: SheetRow[] = [];
    if (this.state !== 'start' || this.cells.length > 0) {
      this.endCell();
      this.endRow(rows);
    }
    return rows;
  }

  /** Consumes one or more characters; returns where to go on. */
  private step(text: string, at: number, rows: SheetRow[]): number {
    const character = text[at] ?? '';
    if (this.state === 'quoted') return this.quoted(text, at);
    if (this.state === 'quoteInQuoted' && character === '"') {
      this.add('"');
      this.state = 'quoted';
      return at + 1;
    }
    if (character === '\n' || character === '\r') {
      this.endLine(character, rows);
      return at + 1;
    }
    this.sawReturn = false;
    if (character === this.delimiter) {
      this.endCell();
      this.state = 'start';
      return at + 1;
    }
    if (character === '"' && this.state === 'start') {
      this.state = 'quoted';
      this.quoteLine = this.line;
      return at + 1;
    }
    return this.plain(text, at);
  }

  /** Up to the next delimiter or line ending; a quote in the middle of a cell is a character. */
  private plain(text: string, at: number): number {
    let end = at + 1;
    while (end < text.length) {
      const character = text[end];
      if (character === this.delimiter || character === '\n' || character === '\r') break;
      end += 1;
    }
    this.add(text.slice(at, end));
    this.state = 'plain';
    return end;
  }

  private quoted(text: string, at: number): number {
    const close = text.indexOf('"', at);
    const end = close === -1 ? text.length : close;
    const part = text.slice(at, end);
    for (let index = part.indexOf('\n'); index !== -1; index = part.indexOf('\n', index + 1)) {
      this.line += 1;
    }
    this.add(part);
    if (close === -1) return end;
    this.state = 'quoteInQuoted';
    return end + 1;
  }

  private add(part: string): void {
    this.cell += part;
    if (this.cell.length <= MAX_CELL_CHARACTERS) return;
    const why =
      this.state === 'quoted'
        ? `the cell that begins in line ${this.quoteLine} has more than ${MAX_CELL_CHARACTERS} characters: is a quote missing?`
        : `a cell has more than ${MAX_CELL_CHARACTERS} characters.`;
    throw new AppError('INVALID_INPUT', `Line ${this.line}: ${why}`);
  }

  private endCell(): void {
    if (this.cells.length === MAX_CELLS) {
      throw new AppError('INVALID_INPUT', `Line ${this.line}: more than ${MAX_CELLS} columns.`);
    }
    this.cells.push(this.cell);
    this.cell = '';
  }

  /** "\r\n" is one line ending, also where it comes in two pieces. */
  private endLine(character: string, rows: SheetRow[]): void {
    if (character === '\n' && this.sawReturn) {
      this.sawReturn = false;
      return;
    }
    this.sawReturn = character === '\r';
    if (this.state !== 'start' || this.cells.length > 0) {
      this.endCell();
      this.endRow(rows);
    }
    this.line += 1;
    this.rowLine = this.line;
    this.state = 'start';
  }

  private endRow(rows: SheetRow[]): void {
    if (this.cells.some((cell) => cell.trim() !== '')) {
      rows.push({ line: this.rowLine, cells: this.cells });
    }
    this.cells = [];
  }
}

/** The delimiter that parts the first lines most evenly; the comma where none does. */
export function guessDelimiter(text: string): Delimiter {
  let best: Delimiter = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const score = evenness(text, delimiter);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** How many of the first rows have the most frequent number of cells above one; 0 where none. */
function evenness(text: string, delimiter: Delimiter): number {
  const counts = new Map<number, number>();
  try {
    for (const { cells } of new CsvReader(delimiter).push(text).slice(0, 50)) {
      if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    }
  } catch {
    // Not by this one: its cells are too long.
    return 0;
  }
  return Math.max(0, ...[...counts].map(([cells, rows]) => rows + cells / (MAX_CELLS + 1)));
}
