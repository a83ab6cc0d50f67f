import { isListHeader } from './header-names';
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
  /** The canonical name of each line. */
  readonly names: readonly string[];
  /** Two numbers a line: value's start, value's end. */
  readonly offsets: readonly number[];
}

const OFFSETS_PER_LINE = 2;

/**
 * Headers on the wire: a table of offsets into the latin1 text. Values are cut, unfolded and
 * trimmed only when somebody asks.
 */
export class HeaderTable implements HeaderFields {
  private readonly text: string;
  private readonly offsets: readonly number[];
  private readonly knownNames: readonly string[];

  constructor(text: string, table: HeaderOffsets) {
    this.text = text;
    this.offsets = table.offsets;
    this.knownNames = table.names;
  }

  first(name: string): string | undefined {
    const line = this.knownNames.indexOf(name);
    return line < 0 ? undefined : this.valueAt(line);
  }

  all(name: string): readonly string[] {
    const names = this.knownNames;
    const values: string[] = [];
    for (let line = names.indexOf(name); line >= 0; line = names.indexOf(name, line + 1)) {
      values.push(this.valueAt(line));
    }
    return values;
  }

  lines(): readonly HeaderLine[] {
    return this.knownNames.map((name, line) => ({ name, value: this.valueAt(line) }));
  }

  names(): readonly string[] {
    return this.knownNames;
  }

  private valueAt(line: number): string {
    const at = line * OFFSETS_PER_LINE;
    const value = this.text.slice(this.offsets[at], this.offsets[at + 1]);
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
