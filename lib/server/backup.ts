import { spawnSync } from 'node:child_process';
import {
  constants,
  cpSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { inheritedVariables } from '@/lib/infra/env';

/** Backups that are kept; older ones go. */
const KEPT = 5;

function place(dataDir: string, before: string, nowMs: number): string {
  const folder = path.join(dataDir, 'backups');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return path.join(folder, `${at}-before-${before}`);
}

function dropOld(folder: string): void {
  const all = readdirSync(folder).filter((name) => /^\d{8}T\d{6}Z-before-/.test(name));
  for (const name of all.sort().slice(0, -KEPT)) {
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function copyOwners(from: string, to: string): void {
  const { uid, gid } = statSync(from);
  lchownSync(to, uid, gid);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyOwners(source, target);
    else lchownSync(target, uid, gid);
  }
}

export interface BackupOptions {
  readonly dataDir: string;
  /** The first migration that is about to be applied. */
  readonly before: string;
  readonly nowMs: number;
}

/**
 * Copies the files of a stopped embedded cluster (blocks are shared where the file system can).
 * To restore: stop Tollbridge and put the folder back in the place of DATA_DIR/postgres.
 * Returns where the copy lies.
 */
export function copyCluster(cluster: string, options: BackupOptions): string {
  const target = place(options.dataDir, options.before, options.nowMs);
  const partial = `${target}.partial`;
  cpSync(cluster, partial, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  if (process.getuid?.() === 0) copyOwners(cluster, partial);
  renameSync(partial, target);
  dropOld(path.dirname(target));
  return target;
}

/**
 * Dumps a database on somebody else's server with the pg_dump of this machine (custom format, for
 * pg_restore). Returns where the dump lies; throws with what to do where it can't be made.
 */
export function dumpDatabase(url: string, options: BackupOptions): string {
  const target = `${place(options.dataDir, options.before, options.nowMs)}.dump`;
  const partial = `${target}.partial`;
  const parts = new URL(url);
  const password = decodeURIComponent(parts.password);
  parts.password = '';
  const made = spawnSync('pg_dump', ['--format=custom', '--file', partial, parts.href], {
    env: { ...inheritedVariables(), NODE_ENV: 'production', PGPASSWORD: password },
    encoding: 'utf8',
  });
  if (made.status !== 0) {
    rmSync(partial, { force: true });
    const missing =
      made.error !== undefined && 'code' in made.error && made.error.code === 'ENOENT';
    const reason = missing
      ? 'pg_dump is not installed'
      : (made.error?.message ?? made.stderr.trim());
    throw new Error(
      `no backup before migration ${options.before}: ${reason}. Install a pg_dump of the server's version, or back up yourself and start with --skip-backup`,
    );
  }
  renameSync(partial, target);
  dropOld(path.dirname(target));
  return target;
}
