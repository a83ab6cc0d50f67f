import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@/lib/core/errors';

/** Only for this installation's user. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** Segments of letters, digits, "-", "_" and ".", none of which begins with a dot. */
const KEY = /^(?=.{1,200}$)[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** Where a blob lies. Throws INTERNAL for a key that names no place of ours: keys are made by us. */
export function placeOf(root: string, key: string, suffix: string): string {
  if (!KEY.test(key)) throw new AppError('INTERNAL', `"${key}" can't be a blob's key`);
  return path.join(root, `${key}${suffix}`);
}

/** Opens a file to read; null where there is none. */
export async function openExisting(file: string): Promise<FileHandle | null> {
  return await open(file, 'r').catch(nullIfMissing);
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}

/** Opens a new file at its place, with the directories that lead to it; throws where it exists. */
export async function openNew(file: string): Promise<FileHandle> {
  await mkdir(path.dirname(file), { recursive: true, mode: DIRECTORY_MODE });
  return await open(file, 'wx', FILE_MODE);
}

/**
 * Has a file written elsewhere and puts it in its place once it lies on the disk; what was there is
 * replaced. Nothing is left where writing fails.
 */
export async function writeWhole(
  file: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  const handle = await openNew(part);
  try {
    await write(handle);
    await handle.sync();
    await handle.close();
    await rename(part, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

/** All bytes of a span, fewer only where the file ends. */
export async function readSpan(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
