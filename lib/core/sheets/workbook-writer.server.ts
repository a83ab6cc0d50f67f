import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';

/** A cell as it is written: numbers can be added up there, texts stay as they are. */
export interface WrittenCell {
  readonly text: string;
  readonly isNumber: boolean;
}

const LOCAL_SIGNATURE = 0x04_03_4b_50;
const DESCRIPTOR_SIGNATURE = 0x08_07_4b_50;
const ENTRY_SIGNATURE = 0x02_01_4b_50;
const END_SIGNATURE = 0x06_05_4b_50;
/** Deflate, as of version 2.0 of the format. */
const VERSION = 20;
/** Sizes and checksum follow the content; names are UTF-8. */
const FLAGS = 0x08_08;
const DEFLATED = 8;
/** 1 January 1980, the format's first day: the same rows make the same bytes. */
const DOS_DATE = 0x21;

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const PARTS: readonly (readonly [name: string, xml: string])[] = [
  [
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`,
  ],
  [
    '_rels/.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Rates" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  ],
];

/**
 * An .xlsx workbook (ECMA-376) of one sheet, in pieces as its rows come: a million of them never
 * lie in memory. Equal rows give equal bytes.
 */
export async function* writeWorkbook(
  rows: AsyncIterable<readonly (readonly WrittenCell[])[]>,
): AsyncGenerator<Buffer, void, void> {
  const archive = new Archive();
  for (const [name, xml] of PARTS) yield* archive.part(name, one(`${HEAD}${xml}`));
  yield* archive.part('xl/worksheets/sheet1.xml', sheetOf(rows));
  yield archive.end();
}

async function* one(text: string): AsyncGenerator<string, void, void> {
  yield text;
}

async function* sheetOf(
  rows: AsyncIterable<readonly (readonly WrittenCell[])[]>,
): AsyncGenerator<string, void, void> {
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>`;
  for await (const part of rows) {
    yield part.map((cells) => `<row>${cells.map(cellOf).join('')}</row>`).join('');
  }
  yield '</sheetData></worksheet>';
}

function cellOf({ text, isNumber }: WrittenCell): string {
  if (text === '') return '<c/>';
  if (isNumber) return `<c><v>${text}</v></c>`;
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

/** What XML has no place for is left out. */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are meant
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}

/** A ZIP archive (APPNOTE 4.3) that is written from front to back. */
class Archive {
  private readonly entries: Buffer[] = [];
  private offset = 0;

  async *part(
    name: string,
    content: AsyncGenerator<string, void, void>,
  ): AsyncGenerator<Buffer, void, void> {
    const start = this.offset;
    const sums = { crc: 0, bytes: 0, packed: 0 };
    yield this.count(localHeader(name));
    async function* measured(): AsyncGenerator<Buffer> {
      for await (const text of content) {
        const chunk = Buffer.from(text);
        sums.crc = crc32(chunk, sums.crc);
        sums.bytes += chunk.length;
        yield chunk;
      }
    }
    const source = Readable.from(measured());
    const deflate = createDeflateRaw();
    source.once('error', (error) => deflate.destroy(error));
    try {
      for await (const chunk of source.pipe(deflate) as AsyncIterable<Buffer>) {
        sums.packed += chunk.length;
        yield this.count(chunk);
      }
    } finally {
      source.destroy();
      deflate.destroy();
    }
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(DESCRIPTOR_SIGNATURE, 0);
    writeSums(descriptor, 4, sums);
    yield this.count(descriptor);
    this.entries.push(entryOf(name, start, sums));
  }

  /** The directory, which ends the archive. */
  end(): Buffer {
    const directory = Buffer.concat(this.entries);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(END_SIGNATURE, 0);
    end.writeUInt16LE(this.entries.length, 8);
    end.writeUInt16LE(this.entries.length, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(this.offset, 16);
    return Buffer.concat([directory, end]);
  }

  private count(chunk: Buffer): Buffer {
    this.offset += chunk.length;
    return chunk;
  }
}

interface Sums {
  readonly crc: number;
  readonly bytes: number;
  readonly packed: number;
}

function writeSums(into: Buffer, at: number, { crc, packed, bytes }: Sums): void {
  into.writeUInt32LE(crc, at);
  into.writeUInt32LE(packed, at + 4);
  into.writeUInt32LE(bytes, at + 8);
}

function localHeader(name: string): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATED, 8);
  header.writeUInt16LE(DOS_DATE, 12);
  header.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

function entryOf(name: string, offset: number, sums: Sums): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(ENTRY_SIGNATURE, 0);
  entry.writeUInt16LE(VERSION, 4);
  entry.writeUInt16LE(VERSION, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(DEFLATED, 10);
  entry.writeUInt16LE(DOS_DATE, 14);
  writeSums(entry, 16, sums);
  entry.writeUInt16LE(Buffer.byteLength(name), 28);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, Buffer.from(name)]);
}
