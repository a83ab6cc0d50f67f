import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { z } from 'zod';
import { isAlive, lockFile, startOf } from './holder.mjs';

const holderSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  /** Tells a process from a later one with the same id; absent where the system does not say. */
  startedAt: z.string().nullable(),
  web: z.string(),
});

/** Who holds a data directory. */
export type Holder = z.infer<typeof holderSchema>;

const TOUCH_MS = 5_000;
/** From another host only the lock's age can tell; six touches missed. */
const STALE_MS = 30_000;

function readHolder(file: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function isHeld(file: string, holder: Holder): boolean {
  if (holder.host !== os.hostname()) return Date.now() - statSync(file).mtimeMs < STALE_MS;
  return isAlive(holder.pid) && startOf(holder.pid) === holder.startedAt;
}

/** Who works in a data directory now; null where nobody does. */
export function holderOf(dataDir: string): Holder | null {
  const file = lockFile(dataDir);
  const holder = readHolder(file);
  return holder !== null && isHeld(file, holder) ? holder : null;
}

export type LockResult =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly holder: Holder };

/**
 * Takes the data directory for this process, or says who has it. The lock of a process that is gone
 * (kill -9, power cut) is taken over.
 */
export function takeInstanceLock(dataDir: string, web: string): LockResult {
  const file = lockFile(dataDir);
  const mine = `${file}.${process.pid}`;
  const holder: Holder = {
    pid: process.pid,
    host: os.hostname(),
    startedAt: startOf(process.pid),
    web,
  };
  writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (tryLink(mine, file)) {
        const touch = setInterval(() => touchLock(file), TOUCH_MS);
        touch.unref();
        return {
          ok: true,
          release() {
            clearInterval(touch);
            rmSync(file, { force: true });
          },
        };
      }
      const other = readHolder(file);
      if (other !== null && isHeld(file, other)) return { ok: false, holder: other };
      setAside(file, other);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new Error(`${file} keeps changing hands`);
}

function touchLock(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The directory was taken away under us; what works in it will say so.
  }
}

/** A hard link is made whole or not at all, and fails where the name is taken. */
function tryLink(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock away; one that somebody took in the meantime goes back where it was. */
function setAside(file: string, stale: Holder | null): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  const same = moved?.pid === stale?.pid && moved?.startedAt === stale?.startedAt;
  if (!same) tryLink(aside, file);
  rmSync(aside, { force: true });
}
