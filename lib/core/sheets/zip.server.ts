import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { AppError, isAppError } from '@/lib/core/errors';

/** A file of which any part can be read. */
export interface PartlyReadable {
  readonly bytes: number;
  /** `[start, end)`. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A file within an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

const END_SIGNATURE = 0x06_05_4b_50;
const ENTRY_SIGNATURE = 0x02_01_4b_50;
const LOCAL_SIGNATURE = 0x04_03_4b_50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** An archive's comment has 65,535 bytes at most. */
const MAX_COMMENT_BYTES = 65_535;
/** A workbook has a few dozen parts; its directory some kilobytes. */
const MAX_DIRECTORY_BYTES = 1_048_576;
const MAX_ENTRIES = 5_000;
/**
 * What a part may unpack to. A million rows of a price list make some 500 MB of XML; a bomb makes
 * a thousand times what it weighs, which XML of cells never does (10 to 30 times).
 */
const MAX_UNPACKED_BYTES = 1_073_741_824;
const MAX_RATIO = 200;
/** A small part may be nearly empty of news. */
const RATIO_FREE_BYTES = 1_048_576;

/** Unpacked at a time. */
const UNPACK_BYTES = 65_536;

const STORED = 0;
const DEFLATED = 8;

/** The directory of a ZIP archive (APPNOTE 4.3), by names. Throws INVALID_INPUT. */
export async function readZip(file: PartlyReadable): Promise<ReadonlyMap<string, ZipEntry>> {
  const tailStart = Math.max(0, file.bytes - END_BYTES - MAX_COMMENT_BYTES);
  const tail = await wholeOf(file, tailStart, file.bytes);
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || end + END_BYTES > tail.length || tail.readUInt32LE(end) !== END_SIGNATURE) {
    throw broken('it is cut off: its directory is missing');
  }
  const count = tail.readUInt16LE(end + 10);
  const bytes = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (count > MAX_ENTRIES || bytes > MAX_DIRECTORY_BYTES) throw broken('it has too many parts');
  if (offset + bytes > file.bytes) throw broken('its directory lies outside it');
  const directory = await wholeOf(file, offset, offset + bytes);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE) {
      throw broken('its directory is damaged');
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const entry: ZipEntry = {
      name: directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
      crc: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    entries.set(entry.name, entry);
    const extraBytes = directory.readUInt16LE(at + 30);
    const commentBytes = directory.readUInt16LE(at + 32);
    at += ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

/**
 * A part's content, unpacked as it is read. Throws INVALID_INPUT for what is encrypted, packed in
 * another way, damaged, or unpacks to more than a table can be.
 */
export async function* unpack(file: PartlyReadable, entry: ZipEntry): AsyncGenerator<Buffer> {
  if (entry.isEncrypted) throw broken('it is protected by a password');
  if (entry.method !== STORED && entry.method !== DEFLATED) throw broken('it is packed unusually');
  const limit = Math.min(
    MAX_UNPACKED_BYTES,
    Math.max(RATIO_FREE_BYTES, entry.packedBytes * MAX_RATIO),
  );
  if (entry.bytes > limit) throw tooLarge();
  const local = await wholeOf(file, entry.offset, entry.offset + LOCAL_BYTES);
  if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== LOCAL_SIGNATURE) {
    throw broken('a part is missing');
  }
  const start = entry.offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  const end = start + entry.packedBytes;
  if (end > file.bytes) throw broken('a part lies outside it');
  const packed = Readable.from(file.read(start, end));
  const content = entry.method === STORED ? packed : inflated(packed);
  let bytes = 0;
  let crc = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge();
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    throw isAppError(error) ? error : broken('a part is damaged', error);
  } finally {
    content.destroy();
    packed.destroy();
  }
  if (bytes !== entry.bytes || crc !== entry.crc) throw broken('a part is damaged');
}

function inflated(packed: Readable): Readable {
  const inflate = createInflateRaw({ chunkSize: UNPACK_BYTES });
  // What breaks above is told below.
  packed.once('error', (error) => inflate.destroy(error));
  return packed.pipe(inflate);
}

async function wholeOf(file: PartlyReadable, start: number, end: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const last = Math.min(end, file.bytes);
  if (start >= last) return Buffer.alloc(0);
  for await (const chunk of file.read(start, last)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function tooLarge(): AppError {
  return new AppError(
    'INVALID_INPUT',
    "The workbook can't be read: it unpacks to more than a price list can be. Save it as CSV.",
  );
}

function broken(why: string, cause?: unknown): AppError {
  const message = `The workbook can't be read: ${why}.`;
  return new AppError('INVALID_INPUT', message, cause === undefined ? {} : { cause });
}
