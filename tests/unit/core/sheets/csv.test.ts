import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvReader, type Delimiter, guessDelimiter } from '@/lib/core/sheets/csv';
import { EncodingGuess, tableKindOf } from '@/lib/core/sheets/text-encoding';

/** The rows of a text that comes in pieces of so many characters. */
function read(text: string, delimiter: Delimiter = ',', pieceCharacters = text.length || 1) {
  const reader = new CsvReader(delimiter);
  const rows = [];
  for (let at = 0; at < text.length; at += pieceCharacters) {
    rows.push(...reader.push(text.slice(at, at + pieceCharacters)));
  }
  return [...rows, ...reader.end()];
}

const cells = (text: string, delimiter?: Delimiter) =>
  read(text, delimiter).map((row) => row.cells);

describe('CSV', () => {
  test('is read with any line ending, a byte order mark, and none at the end', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      expect(cells(`\ufeffa,b${end}1,2${end}${end}3,4`)).toEqual([
        ['a', 'b'],
        ['1', '2'],
        ['3', '4'],
      ]);
    }
  });

  test('counts lines as an editor does, those within quotes too', () => {
    const rows = read('a\n\n"two\r\nlines",x\n\n\nlast');
    expect(rows.map((row) => [row.line, row.cells[0]])).toEqual([
      [1, 'a'],
      [3, 'two\r\nlines'],
      [7, 'last'],
    ]);
  });

  test('has quotes in quotes, and takes one in the middle of a cell as it is', () => {
    expect(cells('"a ""b"" c",5" pipe,"",x\n')).toEqual([['a "b" c', '5" pipe', '', 'x']]);
    expect(cells('"a;b";c', ';')).toEqual([['a;b', 'c']]);
  });

  test('with a quote that is never closed is refused with its line', () => {
    expect(() => read('a,b\n1,"x\n2,y\n')).toThrow(/Line 2: a quote is opened/);
    expect(() => read(`a\n"${'x'.repeat(6_000)}`)).toThrow(/begins in line 2.*is a quote missing/);
  });

  test('with a huge cell, or too many of them, is refused', () => {
    expect(() => read(`1,${'9'.repeat(5_001)}`)).toThrow(/Line 1: a cell has more than 5000/);
    expect(() => read(','.repeat(300))).toThrow(/Line 1: more than 256 columns/);
  });

  test('says the same in whatever pieces it comes', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'ü', ' '),
      maxLength: 6,
    });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, pieceCharacters) => {
        const text = rows
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        const whole = read(text);
        expect(read(text, ',', pieceCharacters)).toEqual(whole);
        const kept = rows.filter((row) => row.some((one) => one.trim() !== ''));
        expect(whole.map((row) => row.cells)).toEqual(kept);
      }),
    );
  });

  test('is parted by what parts its rows most evenly', () => {
    expect(guessDelimiter('a;b;c\n1,5;2;3\n1,6;2;3\n')).toBe(';');
    expect(guessDelimiter('a\tb\n1,5\t2\n')).toBe('\t');
    expect(guessDelimiter('a,b\n1,"2;3;4"\n')).toBe(',');
    expect(guessDelimiter('a|b|c\n1|2|3')).toBe('|');
    expect(guessDelimiter('one column\n')).toBe(',');
  });
});

describe('an encoding', () => {
  const guess = (...chunks: readonly Buffer[]): string => {
    const encoding = new EncodingGuess();
    for (const chunk of chunks) encoding.push(chunk);
    return encoding.end();
  };

  test('is UTF-8 where all of it can be, else what Western spreadsheets write', () => {
    const text = Buffer.from('Österreich');
    expect(guess(text.subarray(0, 1), text.subarray(1))).toBe('utf-8');
    expect(guess(Buffer.from('Côte', 'latin1'))).toBe('windows-1252');
    expect(guess(text.subarray(0, 1))).toBe('windows-1252');
  });

  test('is what the byte order mark says', () => {
    expect(guess(Buffer.from([0xff, 0xfe, 0x31, 0x00]))).toBe('utf-16le');
    expect(guess(Buffer.from([0xfe, 0xff, 0x00, 0x31]))).toBe('utf-16be');
    expect(guess(Buffer.from('\ufeffa'))).toBe('utf-8');
  });

  test('of a binary file is none', () => {
    expect(() => guess(Buffer.from([1, 0, 2]))).toThrow(/no text file/);
    expect(() => tableKindOf(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))).toThrow(/old Excel file/);
    expect(() => tableKindOf(Buffer.from('Rar!…'))).toThrow(/RAR/);
    expect(() => tableKindOf(Buffer.alloc(0))).toThrow(/empty/);
    expect(tableKindOf(Buffer.from('PK\u0003\u0004'))).toBe('xlsx');
    expect(tableKindOf(Buffer.from('prefix,rate'))).toBe('csv');
  });
});
