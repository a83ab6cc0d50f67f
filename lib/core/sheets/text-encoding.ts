import { AppError } from '@/lib/core/errors';

/** What text files come in; Latin is what spreadsheets in Europe still write. */
export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const BINARY_SIGNS: readonly (readonly [number[], string])[] = [
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel file (.xls), or one with a password'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7z archive'],
  [[0x52, 0x61, 0x72, 0x21], 'a RAR archive'],
];

/** What a file is by its first bytes. Throws INVALID_INPUT for kinds that hold no table. */
export function tableKindOf(head: Uint8Array): 'csv' | 'xlsx' {
  if (head.length === 0) throw new AppError('INVALID_INPUT', 'The file is empty.');
  const begins = (bytes: readonly number[]): boolean =>
    bytes.every((byte, index) => head[index] === byte);
  if (begins([0x50, 0x4b, 0x03, 0x04])) return 'xlsx';
  for (const [bytes, what] of BINARY_SIGNS) {
    if (begins(bytes)) {
      throw new AppError('INVALID_INPUT', `This is ${what}. Save it as CSV or as .xlsx first.`);
    }
  }
  return 'csv';
}

/** Finds out a text's encoding while all of it passes by. */
export class EncodingGuess {
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true });
  private isUtf8 = true;
  private hasZeros = false;
  private marked: TextEncodingName | null = null;
  private isFirst = true;

  push(bytes: Uint8Array): void {
    if (this.isFirst) {
      this.isFirst = false;
      this.marked = markOf(bytes);
    }
    if (this.marked !== null) return;
    if (bytes.includes(0)) this.hasZeros = true;
    if (!this.isUtf8) return;
    try {
      this.utf8.decode(bytes, { stream: true });
    } catch {
      this.isUtf8 = false;
    }
  }

  /** Throws INVALID_INPUT where it is no text. */
  end(): TextEncodingName {
    if (this.marked !== null) return this.marked;
    if (this.hasZeros) {
      throw new AppError('INVALID_INPUT', 'This is no text file. Save it as CSV or as .xlsx.');
    }
    if (!this.isUtf8) return 'windows-1252';
    try {
      this.utf8.decode();
      return 'utf-8';
    } catch {
      return 'windows-1252';
    }
  }
}

/** The byte order mark, if there is one. */
function markOf(bytes: Uint8Array): TextEncodingName | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}
