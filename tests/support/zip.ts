import { crc32, deflateRawSync } from 'node:zlib';
import type { PartlyReadable } from '@/lib/core/sheets/zip.server';

/** A file in memory, read in pieces of a few bytes so that seams are met. */
export function inMemory(bytes: Uint8Array, pieceBytes = 7): PartlyReadable {
  return {
    bytes: bytes.length,
    async *read(start, end) {
      for (let at = start; at < end; at += pieceBytes) {
        yield bytes.subarray(at, Math.min(end, at + pieceBytes));
      }
    },
  };
}

export interface ZipPart {
  readonly name: string;
  readonly content: string | Buffer;
  /** What the directory says, where it lies. */
  readonly claims?: { readonly bytes?: number; readonly flags?: number; readonly method?: number };
}

/** A ZIP archive as other programs write it: sizes stand in the local headers. */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claims } of parts) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(claims?.flags ?? 0, 6);
    head.writeUInt16LE(claims?.method ?? 8, 8);
    head.writeUInt32LE(crc32(plain), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(claims?.bytes ?? plain.length, 22);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt16LE(0, 30);
    entry.writeUInt32LE(offset, 42);
    const file = Buffer.concat([head, Buffer.from(name), packed]);
    files.push(file);
    entries.push(Buffer.concat([entry, Buffer.from(name)]));
    offset += file.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directory, end]);
}

/** The parts of a workbook around the sheet that is given. */
export function workbookParts(sheet: string, more: readonly ZipPart[] = []): ZipPart[] {
  return [
    {
      name: 'xl/workbook.xml',
      content:
        '<workbook xmlns:r="r"><sheets><sheet name="Notes" sheetId="1" state="hidden" r:id="rId9"/>' +
        '<sheet name="A-Z &amp; more" sheetId="2" r:id="rId1"/></sheets></workbook>',
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content:
        '<Relationships><Relationship Id="rId1" Target="/xl/worksheets/sheet7.xml"/></Relationships>',
    },
    { name: 'xl/worksheets/sheet7.xml', content: sheet },
    ...more,
  ];
}
