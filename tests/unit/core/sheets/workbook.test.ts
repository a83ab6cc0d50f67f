import { describe, expect, test } from 'vitest';
import { firstRows, tableFormatOf, tableRows } from '@/lib/core/sheets/table-file.server';
import { openWorkbook } from '@/lib/core/sheets/workbook.server';
import { plainNumber } from '@/lib/core/sheets/workbook-parts';
import { type WrittenCell, writeWorkbook } from '@/lib/core/sheets/workbook-writer.server';
import { inMemory, workbookParts, type ZipPart, zipOf } from '@/tests/support/zip';

async function rowsOf(sheet: string, more: readonly ZipPart[] = []) {
  const workbook = await openWorkbook(inMemory(zipOf(workbookParts(sheet, more)), 1_000));
  const rows = [];
  for await (const part of workbook.rows()) rows.push(...part);
  return { name: workbook.sheet, rows };
}

const failing = (parts: readonly ZipPart[]) => async () => {
  const workbook = await openWorkbook(inMemory(zipOf(parts), 1_000));
  for await (const part of workbook.rows()) void part;
};

const SHARED: ZipPart = {
  name: 'xl/sharedStrings.xml',
  content:
    '<sst><si><t>Prefix</t></si><si><r><t>United </t></r><r><t xml:space="preserve">Kingdom</t></r>' +
    '<rPh><t>reading</t></rPh></si></sst>',
};
const STYLES: ZipPart = {
  name: 'xl/styles.xml',
  content:
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/>' +
    '<numFmt numFmtId="165" formatCode="[Red]0.00&quot; days&quot;"/></numFmts>' +
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/><xf numFmtId="165"/></cellXfs>' +
    '</styleSheet>',
};

describe('a workbook', () => {
  test('is read by its first sheet that is not hidden, shared texts included', async () => {
    const sheet =
      '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>' +
      '<row r="4"><c r="B4" t="inlineStr"><is><t>a &lt;b&gt; &#233;</t></is></c></row></sheetData></worksheet>';
    const { name, rows } = await rowsOf(sheet, [SHARED]);
    expect(name).toBe('A-Z & more');
    expect(rows).toEqual([
      { line: 1, cells: ['Prefix', '', 'United Kingdom'] },
      { line: 4, cells: ['', 'a <b> é'] },
    ]);
  });

  test('shows numbers, dates and per cents as people see them, formulas by their result', async () => {
    const sheet =
      '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c><x:v>0.30000000000000004</x:v></x:c>' +
      '<x:c s="1"><x:v>46361</x:v></x:c><x:c s="2"><x:v>0.125</x:v></x:c><x:c s="3"><x:v>5</x:v></x:c>' +
      '<x:c><x:f>A1*2</x:f><x:v>1.2500000000000001E-5</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c>' +
      '<x:c t="b"><x:v>1</x:v></x:c><x:c s="1"><x:v>46361.5</x:v></x:c><x:c t="str"><x:v>x</x:v></x:c>' +
      '</x:row></x:sheetData></x:worksheet>';
    const { rows } = await rowsOf(sheet, [STYLES]);
    expect(rows[0]?.cells).toEqual([
      ...[
        '0.3',
        '2026-12-05',
        '12.5%',
        '5',
        '0.0000125',
        '#REF!',
        'yes',
        '2026-12-05 12:00:00',
        'x',
      ],
    ]);
  });

  test('in pieces of any size says the same', async () => {
    async function* table() {
      const cell = (text: string, isNumber = false): WrittenCell => ({ text, isNumber });
      yield [[cell('prefix'), cell('a "name" <&> with ü')]];
      yield Array.from({ length: 500 }, (_, index) => [cell(`${index}`, true), cell(' x ')]);
    }
    const chunks = [];
    for await (const chunk of writeWorkbook(table())) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    for (const pieceBytes of [11, 4_096, bytes.length]) {
      const file = inMemory(bytes, pieceBytes);
      const format = await tableFormatOf(file);
      expect(format).toMatchObject({ kind: 'xlsx', sheet: 'Rates' });
      const rows = [];
      let last = 0;
      for await (const { rows: some, part } of tableRows(file, format)) {
        rows.push(...some);
        expect(part).toBeGreaterThanOrEqual(last);
        last = part;
      }
      expect(rows).toHaveLength(501);
      expect(rows[0]?.cells[1]).toBe('a "name" <&> with ü');
      expect(rows.at(-1)).toEqual({ line: 501, cells: ['499', ' x '] });
      expect(await firstRows(file, format, 3)).toEqual(rows.slice(0, 3));
    }
  });

  test('that unpacks to more than any price list is refused before it is unpacked', async () => {
    const bomb = `<worksheet>${'<row/>'.repeat(1_000_000)}</worksheet>`;
    await expect(failing(workbookParts(bomb))()).rejects.toThrow(/unpacks to more/);
    const liar = workbookParts(bomb).map((part) =>
      part.name.includes('sheet7') ? { ...part, claims: { bytes: 100 } } : part,
    );
    await expect(failing(liar)()).rejects.toThrow(/unpacks to more/);
  });

  test('that declares entities of its own is refused', async () => {
    const sheet = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>';
    await expect(failing(workbookParts(sheet))()).rejects.toThrow(/declares types/);
  });

  test('that is damaged, cut off, encrypted or no workbook is refused with the reason', async () => {
    const whole = zipOf(workbookParts('<worksheet/>'));
    const open = (bytes: Buffer) => openWorkbook(inMemory(bytes, 1_000));
    await expect(open(whole.subarray(0, whole.length - 30))).rejects.toThrow(/cut off/);
    await expect(open(zipOf([{ name: 'a.txt', content: 'x' }]))).rejects.toThrow(/no workbook/);
    await expect(failing(workbookParts('<worksheet><row'))()).rejects.toThrow(/breaks off/);
    const locked = workbookParts('<worksheet/>').map((part) => ({ ...part, claims: { flags: 1 } }));
    await expect(failing(locked)()).rejects.toThrow(/password/);
    const odd = workbookParts('<worksheet/>').map((part) => ({ ...part, claims: { method: 12 } }));
    await expect(failing(odd)()).rejects.toThrow(/packed unusually/);
    const spoilt = Buffer.from(whole);
    spoilt[60] = (spoilt[60] ?? 0) ^ 0xff;
    await expect(open(spoilt)).rejects.toThrow(/can't be read/);
  });

  test('with a sheet elsewhere, or a path that climbs, finds nothing', async () => {
    const parts = workbookParts('<worksheet/>').map((part) =>
      part.name.endsWith('.rels')
        ? {
            ...part,
            content: '<R><Relationship Id="rId1" Target="../../../etc/passwd"/></R>',
          }
        : part,
    );
    await expect(failing(parts)()).rejects.toThrow(/first sheet is missing/);
  });

  test('with a huge cell is refused with its line', async () => {
    const sheet = `<worksheet><row r="3"><c t="str"><v>${'x'.repeat(6_000)}</v></c></row></worksheet>`;
    await expect(failing(workbookParts(sheet))()).rejects.toThrow(/Line 3: a cell has more/);
  });
});

test('a number is written without an exponent, whatever its size', () => {
  expect([1e-7, 1.5e-10, 1e21, 1.25e22, 123.456, -2e-7, 0].map(plainNumber)).toEqual([
    ...['0.0000001', '0.00000000015', '1000000000000000000000', '12500000000000000000000'],
    ...['123.456', '-0.0000002', '0'],
  ]);
});
