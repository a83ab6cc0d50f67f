import type { FileHandle } from 'node:fs/promises';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '@/lib/core/errors';
import { env } from '@/lib/infra/env';
import { openExisting, openNew, placeOf, readSpan, writeWhole } from './blob-files';
import { type BlobLog, newLog, readLog } from './blob-log';
import { BlobKeys, HEAD_BYTES, TAG_BYTES } from './sealed-format';

/** What is sealed, and read, at a time. */
const PIECE_BYTES = 65_536;

/** A part of a content: `[start, end)`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface BlobContent {
  /** The whole content's length, whatever part is read. */
  readonly bytes: number;
  readonly stream: Readable;
}

/** Whether the disk is to hold it sealed. */
export interface BlobOptions {
  readonly isSealed?: boolean;
}

/**
 * Blobs in the data directory. A blob is written whole or not at all; a log grows piece by piece,
 * and what was appended survives a crash. Both are sealed with AES-256-GCM where asked, and tell by
 * themselves whether they are. Keys are paths such as "recordings/2026-11/<uuid>.wav"; they are made
 * by us, never by a user.
 */
export interface BlobStore {
  /** Replaces what was there. */
  write(
    key: string,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: BlobOptions,
  ): Promise<{ readonly bytes: number }>;
  /** A part of it; all of it unless given. Throws NOT_FOUND; INVALID_INPUT for a range outside it. */
  read(key: string, range?: ByteRange): Promise<BlobContent>;
  /** Does nothing where there is none. Also for logs. */
  delete(key: string): Promise<void>;
  /** A new log. Throws where there is one of that key. */
  log(key: string, options?: BlobOptions): Promise<BlobLog>;
  /** What was appended to a log, in order, up to a last piece that was cut off. Throws NOT_FOUND. */
  readLog(key: string): AsyncIterable<Buffer>;
}

const PLAIN = '';
const SEALED = '.sealed';
const LOG = '.log';
const SEALED_LOG = '.log.sealed';

/** A store in a directory, sealing with the first of the keys and opening with any. */
export function openBlobStore(root: string, secretKeys: readonly string[]): BlobStore {
  const keys = new BlobKeys(secretKeys);
  const fileOf = (key: string, suffix: string): string => placeOf(root, key, suffix);
  return {
    async write(key, source, options) {
      const [own, other] = options?.isSealed ? [SEALED, PLAIN] : [PLAIN, SEALED];
      const file = fileOf(key, own);
      let bytes = 0;
      await writeWhole(file, async (handle) => {
        bytes = options?.isSealed
          ? await writeSealed(handle, source, keys.begin(key))
          : await writePlain(handle, source);
      });
      await rm(fileOf(key, other), { force: true });
      return { bytes };
    },
    async read(key, range) {
      const plain = await openExisting(fileOf(key, PLAIN));
      if (plain !== null) return await content(plain, range, plainParts);
      const sealed = await openExisting(fileOf(key, SEALED));
      if (sealed === null) throw notThere();
      return await content(sealed, range, (handle, size) =>
        sealedParts(handle, size, { key, keys }),
      );
    },
    async delete(key) {
      const suffixes = [PLAIN, SEALED, LOG, SEALED_LOG];
      await Promise.all(suffixes.map((suffix) => rm(fileOf(key, suffix), { force: true })));
    },
    async log(key, options) {
      const handle = await openNew(fileOf(key, options?.isSealed ? SEALED_LOG : LOG));
      return await newLog(handle, options?.isSealed ? keys.begin(key) : null);
    },
    async *readLog(key) {
      const plain = await openExisting(fileOf(key, LOG));
      const handle = plain ?? (await openExisting(fileOf(key, SEALED_LOG)));
      if (handle === null) throw notThere();
      try {
        if (plain !== null) yield* readLog(handle, 0, null);
        else {
          const head = await readSpan(handle, 0, HEAD_BYTES);
          // Cut off before anything was appended.
          if (head.length === HEAD_BYTES) {
            yield* readLog(handle, HEAD_BYTES, keys.resume(key, head));
          }
        }
      } finally {
        await handle.close();
      }
    },
  };
}

let own: BlobStore | undefined;

/**
 * This installation's blobs, in its data directory.
 *
 * @public
 */
export function blobStore(): BlobStore {
  own ??= openBlobStore(path.join(env().dataDir, 'blobs'), [env().secretKey]);
  return own;
}

function notThere(): AppError {
  return new AppError('NOT_FOUND', 'There is no such file.');
}

/** A file's content, a part at a time. */
interface Parts {
  readonly bytes: number;
  part(index: number): Promise<Buffer>;
}

async function content(
  handle: FileHandle,
  range: ByteRange | undefined,
  partsOf: (handle: FileHandle, size: number) => Promise<Parts>,
): Promise<BlobContent> {
  try {
    const parts = await partsOf(handle, (await handle.stat()).size);
    const { start, end } = range ?? { start: 0, end: parts.bytes };
    if (!(start >= 0 && start <= end && end <= parts.bytes)) {
      throw new AppError('INVALID_INPUT', `The file has ${parts.bytes} bytes.`);
    }
    const stream = Readable.from(spanOf(parts, { start, end }), { objectMode: false });
    // Also where nobody reads to the end, or at all.
    stream.once('close', () => void handle.close().catch(() => undefined));
    return { bytes: parts.bytes, stream };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* spanOf(parts: Parts, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const index = Math.floor(at / PIECE_BYTES);
    const first = index * PIECE_BYTES;
    const piece = await parts.part(index);
    if (piece.length <= at - first) throw new AppError('INTERNAL', 'a file ended too early');
    yield piece.subarray(at - first, end - first);
    at = first + piece.length;
  }
}

async function plainParts(handle: FileHandle, size: number): Promise<Parts> {
  return { bytes: size, part: (index) => readSpan(handle, index * PIECE_BYTES, PIECE_BYTES) };
}

async function sealedParts(
  handle: FileHandle,
  size: number,
  { key, keys }: { readonly key: string; readonly keys: BlobKeys },
): Promise<Parts> {
  const sealedBytes = PIECE_BYTES + TAG_BYTES;
  const body = size - HEAD_BYTES;
  const pieces = keys.resume(key, await readSpan(handle, 0, HEAD_BYTES));
  const count = Math.ceil(body / sealedBytes);
  return {
    bytes: body - count * TAG_BYTES,
    async part(index) {
      const sealed = await readSpan(handle, HEAD_BYTES + index * sealedBytes, sealedBytes);
      return pieces.open(sealed, { index, isLast: index === count - 1 });
    },
  };
}

type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function writePlain(handle: FileHandle, source: Source): Promise<number> {
  let bytes = 0;
  for await (const chunk of source) {
    await handle.appendFile(chunk);
    bytes += chunk.length;
  }
  return bytes;
}

/** Also what is empty has a last piece: its end is sealed like any other. */
async function writeSealed(
  handle: FileHandle,
  source: Source,
  { head, pieces }: ReturnType<BlobKeys['begin']>,
): Promise<number> {
  await handle.appendFile(head);
  let bytes = 0;
  let index = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of source) {
    bytes += chunk.length;
    rest = Buffer.concat([rest, chunk]);
    // One piece is kept back: only the end of the source tells which is the last.
    while (rest.length > PIECE_BYTES) {
      await handle.appendFile(pieces.seal(rest.subarray(0, PIECE_BYTES), { index, isLast: false }));
      rest = rest.subarray(PIECE_BYTES);
      index += 1;
    }
  }
  await handle.appendFile(pieces.seal(rest, { index, isLast: true }));
  return bytes;
}
