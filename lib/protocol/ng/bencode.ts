/** What can be written; bytes as they are, text as UTF-8. */
export type Bencodable =
  | string
  | number
  | Uint8Array
  | readonly Bencodable[]
  | { readonly [key: string]: Bencodable | undefined };

/** What can be read; text is taken for UTF-8. */
export type Bdecoded = string | number | readonly Bdecoded[] | BencodedTable;

/** A dictionary; a Map, for its keys are the far side's. */
export type BencodedTable = ReadonlyMap<string, Bdecoded>;

/** What reading comes to. */
export type BencodeReading =
  | { readonly ok: true; readonly value: Bdecoded }
  | { readonly ok: false; readonly reason: string };

/** rtpengine's answers nest six deep (a query: tags, tag, medias, media, streams, stream). */
const MAX_DEPTH = 16;
/** A query of 32 legs has some 3,000. */
const MAX_VALUES = 50_000;
/** 64 bits, signed. */
const MAX_INTEGER_CHARACTERS = 20;
/** No datagram holds more than five digits' worth. */
const MAX_LENGTH_DIGITS = 5;

const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const DICTIONARY = 0x64;
const END = 0x65;
const INTEGER = 0x69;
const LIST = 0x6c;

function isBytes(value: object): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isList(value: object): value is readonly Bencodable[] {
  return Array.isArray(value);
}

function write(value: Bencodable, into: Uint8Array[]): void {
  if (typeof value === 'number') {
    into.push(Buffer.from(`i${Math.trunc(value)}e`));
    return;
  }
  if (typeof value === 'string') {
    into.push(Buffer.from(`${Buffer.byteLength(value)}:${value}`));
    return;
  }
  if (isBytes(value)) {
    into.push(Buffer.from(`${value.length}:`), value);
    return;
  }
  if (isList(value)) {
    into.push(Buffer.from('l'));
    for (const each of value) write(each, into);
  } else {
    into.push(Buffer.from('d'));
    for (const [key, each] of Object.entries(value)) {
      if (each === undefined) continue;
      write(key, into);
      write(each, into);
    }
  }
  into.push(Buffer.from('e'));
}

/**
 * Writes a value in bencode (BEP 3). A dictionary's keys keep their order, which rtpengine does not
 * mind, and those whose value is undefined are left out.
 */
export function bencode(value: Bencodable): Buffer {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

class Malformed extends Error {}

/** One reading, from the front to the end. */
class Reader {
  private readonly bytes: Buffer;
  private at = 0;
  private values = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  whole(): Bdecoded {
    const value = this.value(0);
    if (this.at !== this.bytes.length) throw new Malformed('something follows its end');
    return value;
  }

  private value(depth: number): Bdecoded {
    this.values += 1;
    if (depth > MAX_DEPTH) throw new Malformed('it is nested too deeply');
    if (this.values > MAX_VALUES) throw new Malformed('it has too many values');
    const first = this.bytes[this.at];
    if (first === INTEGER) return this.integer();
    if (first === LIST) return this.list(depth);
    if (first === DICTIONARY) return this.dictionary(depth);
    return this.text();
  }

  private list(depth: number): readonly Bdecoded[] {
    this.at += 1;
    const values: Bdecoded[] = [];
    while (!this.isEnd()) values.push(this.value(depth + 1));
    return values;
  }

  private dictionary(depth: number): BencodedTable {
    this.at += 1;
    const table = new Map<string, Bdecoded>();
    while (!this.isEnd()) {
      const key = this.text();
      if (table.has(key)) throw new Malformed('a key stands twice');
      table.set(key, this.value(depth + 1));
    }
    return table;
  }

  private isEnd(): boolean {
    if (this.bytes[this.at] !== END) return false;
    this.at += 1;
    return true;
  }

  private integer(): number {
    const end = this.bytes.indexOf(END, this.at + 1);
    const length = end - this.at - 1;
    if (end < 0 || length > MAX_INTEGER_CHARACTERS) throw new Malformed('an integer has no end');
    const isNegative = this.bytes[this.at + 1] === MINUS;
    const digits = this.digits(this.at + (isNegative ? 2 : 1), end);
    if (isNegative && digits === 0) throw new Malformed('an integer is minus zero');
    this.at = end + 1;
    return isNegative ? -digits : digits;
  }

  private text(): string {
    const colon = this.bytes.indexOf(COLON, this.at);
    if (colon < 0 || colon - this.at > MAX_LENGTH_DIGITS) {
      throw new Malformed('a text has no length');
    }
    const start = colon + 1;
    const end = start + this.digits(this.at, colon);
    if (end > this.bytes.length) throw new Malformed('a text is cut short');
    this.at = end;
    return this.bytes.toString('utf8', start, end);
  }

  /** Without signs, spaces and zeros in front; what exceeds 2^53 is rounded. */
  private digits(start: number, end: number): number {
    const isPadded = this.bytes[start] === ZERO && end > start + 1;
    if (start >= end || isPadded) throw new Malformed('a number is misshapen');
    let value = 0;
    for (let at = start; at < end; at += 1) {
      const digit = this.bytes[at] ?? 0;
      if (digit < ZERO || digit > NINE) throw new Malformed('a number is misshapen');
      value = value * 10 + (digit - ZERO);
    }
    return value;
  }
}

/**
 * Reads bencode that came over the wire: the whole of it or nothing. Keys may come in any order
 * (rtpengine does not sort them), but none twice. Never throws.
 */
export function bdecode(bytes: Uint8Array): BencodeReading {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  try {
    return { ok: true, value: reader.whole() };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: error.message };
    throw error;
  }
}

/** The text of a key; null where it has none. */
export function textAt(table: BencodedTable, key: string): string | null {
  const value = table.get(key);
  return typeof value === 'string' ? value : null;
}

/** The integer of a key; null where it has none. */
export function integerAt(table: BencodedTable, key: string): number | null {
  const value = table.get(key);
  return typeof value === 'number' ? value : null;
}

/** The list of a key; empty where it has none. */
export function listAt(table: BencodedTable, key: string): readonly Bdecoded[] {
  const value = table.get(key);
  return value !== undefined && isArray(value) ? value : [];
}

/** The dictionary of a key; null where it has none. */
export function tableAt(table: BencodedTable, key: string): BencodedTable | null {
  const value = table.get(key);
  return value !== undefined && isTable(value) ? value : null;
}

function isArray(value: Bdecoded): value is readonly Bdecoded[] {
  return Array.isArray(value);
}

/** Whether a value is a dictionary. */
export function isTable(value: Bdecoded): value is BencodedTable {
  return value instanceof Map;
}
