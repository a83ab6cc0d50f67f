import { canonicalHeaderName, isListHeader } from './header-names';
import { splitOutsideQuotes } from './parameters';

/** One header line: canonical name, unfolded and trimmed value. */
export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

/** The headers of a message, whether they came off the wire or were built. */
export interface HeaderFields {
  /** The first line's value, or undefined. The name is canonical. */
  first(name: string): string | undefined;
  /** Every line's value, in order. */
  all(name: string): readonly string[];
  /** Every line, in order. */
  lines(): readonly HeaderLine[];
  /** Every line's canonical name, in order. */
  names(): readonly string[];
}

/** Headers that were built by us. */
export class HeaderList implements HeaderFields {
  private readonly list: readonly HeaderLine[];

  constructor(list: readonly HeaderLine[]) {
    this.list = list;
  }

  first(name: string): string | undefined {
    for (const line of this.list) if (line.name === name) return line.value;
    return undefined;
  }

  all(name: string): readonly string[] {
    return this.list.filter((line) => line.name === name).map((line) => line.value);
  }

  lines(): readonly HeaderLine[] {
    return this.list;
  }

  names(): readonly string[] {
    return this.list.map((line) => line.name);
  }
}

/** Where the lines of a header block lie; filled by the parser in one pass. */
export interface HeaderOffsets {
  /** Four numbers a line: name's start, name's end, value's start, value's end. */
  readonly offsets: readonly number[];
}

const OFFSETS_PER_LINE = 4;

/**
 * Headers on the wire: a table of offsets into the latin1 text. Values are cut, unfolded and
 * trimmed when somebody asks; most headers of most messages are never asked for.
 */
export class HeaderTable implements HeaderFields {
  private readonly text: string;
  private readonly offsets: readonly number[];

  constructor(text: string, table: HeaderOffsets) {
    this.text = text;
    this.offsets = table.offsets;
  }

  first(name: string): string | undefined {
    for (let row = 0; row < this.offsets.length; row += OFFSETS_PER_LINE) {
      if (this.isNamed(row, name)) return this.valueAt(row);
    }
    return undefined;
  }

  all(name: string): readonly string[] {
    const values: string[] = [];
    for (let row = 0; row < this.offsets.length; row += OFFSETS_PER_LINE) {
      if (this.isNamed(row, name)) values.push(this.valueAt(row));
    }
    return values;
  }

  lines(): readonly HeaderLine[] {
    const lines: HeaderLine[] = [];
    for (let row = 0; row < this.offsets.length; row += OFFSETS_PER_LINE) {
      lines.push({ name: canonicalHeaderName(this.rawName(row)), value: this.valueAt(row) });
    }
    return lines;
  }

  names(): readonly string[] {
    const names: string[] = [];
    for (let row = 0; row < this.offsets.length; row += OFFSETS_PER_LINE) {
      names.push(canonicalHeaderName(this.rawName(row)));
    }
    return names;
  }

  private at(index: number): number {
    return this.offsets[index] ?? 0;
  }

  private rawName(row: number): string {
    return this.text.slice(this.at(row), this.at(row + 1));
  }

  private isNamed(row: number, name: string): boolean {
    const start = this.at(row);
    const length = this.at(row + 1) - start;
    // A single letter may be a compact form; otherwise equal length and first letter come first.
    if (length === 1) return canonicalHeaderName(this.rawName(row)) === name;
    if (length !== name.length) return false;
    if ((this.text.charCodeAt(start) | 0x20) !== (name.charCodeAt(0) | 0x20)) return false;
    return canonicalHeaderName(this.rawName(row)) === name;
  }

  private valueAt(row: number): string {
    const value = this.text.slice(this.at(row + 2), this.at(row + 3));
    return value.includes('\n') ? value.replace(/[ \t]*\r\n[ \t]+/g, ' ').trim() : value;
  }
}

/** One entry per member of a list header, one per line of any other (Authorization holds commas). */
export function headerValues(fields: HeaderFields, name: string): readonly string[] {
  const lines = fields.all(name);
  if (!isListHeader(name)) return lines;
  if (lines.length === 1 && lines[0]?.includes(',') === false) return lines;
  // A value that can't be split (an open quote) stays whole, so that its parser refuses it.
  return lines.flatMap((line) => splitOutsideQuotes(line, ',') ?? [line]);
}
