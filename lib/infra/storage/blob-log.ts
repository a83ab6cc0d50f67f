import type { FileHandle } from 'node:fs/promises';
import { assert } from '@/lib/core/errors';
import { readSpan } from './blob-files';
import { type BlobKeys, type Pieces, TAG_BYTES } from './sealed-format';

const LENGTH_BYTES = 4;
/** A piece is held in memory whole. */
export const MAX_LOGGED_BYTES = 4 * 1_024 * 1_024;

/** A file that grows: what was appended can be read back even where the process then died. */
export interface BlobLog {
  /** At most 4 MiB at a time; appends follow one another in the order of the calls. */
  append(piece: Uint8Array): Promise<void>;
  /** Waits for what is under way, and closes the file. */
  close(): Promise<void>;
}

/** Writes the head, where there is one. */
export async function newLog(
  handle: FileHandle,
  sealing: ReturnType<BlobKeys['begin']> | null,
): Promise<BlobLog> {
  if (sealing !== null) await handle.appendFile(sealing.head);
  let index = 0;
  let written: Promise<void> = Promise.resolve();
  return {
    append(piece) {
      assert(piece.length <= MAX_LOGGED_BYTES, 'a logged piece is within its bound');
      const body = sealing === null ? piece : sealing.pieces.seal(piece, { index, isLast: false });
      index += 1;
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(body.length);
      const whole = Buffer.concat([length, body]);
      const append = written.then(() => handle.appendFile(whole));
      // A failed append is told to who made it; those after it fail or not by themselves.
      written = append.catch(() => undefined);
      return append;
    },
    async close() {
      await written;
      await handle.close();
    },
  };
}

/** The pieces of a log from `start` on. Throws INTERNAL where a whole piece is damaged. */
export async function* readLog(
  handle: FileHandle,
  start: number,
  pieces: Pieces | null,
): AsyncGenerator<Buffer> {
  let at = start;
  for (let index = 0; ; index += 1) {
    const head = await readSpan(handle, at, LENGTH_BYTES);
    if (head.length < LENGTH_BYTES) return;
    const length = head.readUInt32BE();
    if (length > MAX_LOGGED_BYTES + TAG_BYTES) return;
    const body = await readSpan(handle, at + LENGTH_BYTES, length);
    if (body.length < length) return;
    yield pieces === null ? body : pieces.open(body, { index, isLast: false });
    at += LENGTH_BYTES + length;
  }
}
