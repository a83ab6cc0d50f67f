import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '@/lib/infra/log';
import { isAlive } from './holder.mjs';
import { findPostgres, type PostgresBinaries, postgresEnvironment } from './postgres-binaries';

/** The role that initdb makes; used to prepare roles, never by the product. */
export const SUPERUSER = 'postgres';

export interface EmbeddedOptions {
  /** The cluster's own directory; made where it is missing, its parent must exist. */
  readonly directory: string;
  readonly port: number;
  /** The superuser's; a new cluster takes it, an old one must have it. */
  readonly password: string;
  readonly log: Logger;
  /** False only for throw-away test clusters: nothing then waits for the disk. */
  readonly durable: boolean;
}

/** A running server, bound to loopback, with SCRAM for everybody. */
export interface EmbeddedServer {
  readonly pid: number;
  readonly port: number;
  url(role: string, password: string, database: string): string;
  /** Resolves when the server has ended, with why. */
  readonly ended: Promise<string>;
  /** Ends sessions and the server (SIGINT); after `patienceMs` without a checkpoint (SIGQUIT). */
  stop(patienceMs?: number): Promise<void>;
  /** Ends it without a checkpoint and without waiting. */
  forceStop(): void;
  /** Whether it was told to end. */
  readonly stopped: boolean;
}

/** How long a server may take to come up while it is alive: a crash recovery replays its log. */
const START_TIMEOUT_MS = 300_000;
const STOP_PATIENCE_MS = 4_000;

/**
 * As root on Linux the server gets its directory as working directory instead of as a path: it then
 * also runs where "nobody" may not walk the way there (a project under a closed home directory).
 */
function asArgument(directory: string, binaries: PostgresBinaries): string {
  return binaries.identity !== undefined && process.platform === 'linux'
    ? '/proc/self/cwd'
    : directory;
}

/** initdb reads the password from a file; standard input can't be reopened by another user. */
function passwordFile(password: string, { identity }: PostgresBinaries): string {
  const file = path.join(os.tmpdir(), `tollbridge-${randomUUID()}`);
  writeFileSync(file, password, { mode: 0o600, flag: 'wx' });
  if (identity !== undefined) chownSync(file, identity.uid, identity.gid);
  return file;
}

/** Makes the cluster beside its place and moves it there whole: a killed start leaves no half one. */
function createCluster(options: EmbeddedOptions, binaries: PostgresBinaries): void {
  const { identity } = binaries;
  const fresh = `${options.directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  if (identity !== undefined) chownSync(fresh, identity.uid, identity.gid);
  const secret = passwordFile(options.password, binaries);
  const flags = [
    `--pgdata=${asArgument(fresh, binaries)}`,
    `--username=${SUPERUSER}`,
    '--auth=scram-sha-256',
    `--pwfile=${secret}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  const program = path.join(binaries.home, 'bin', 'initdb');
  const how = { ...identity, cwd: fresh, env: postgresEnvironment(), encoding: 'utf8' } as const;
  const made = spawnSync(program, flags, how);
  rmSync(secret, { force: true });
  if (made.status !== 0) {
    const reason = made.error?.message ?? made.stderr.trim();
    throw new Error(`PostgreSQL could not make its files in ${fresh}: ${reason}`);
  }
  renameSync(fresh, options.directory);
}

/** The process in postmaster.pid, where it is a PostgreSQL that works in this very directory. */
function runningPostmaster(directory: string): number | null {
  const file = path.join(directory, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isAlive(pid)) return null;
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === directory ? pid : null;
    } catch {
      return null;
    }
  }
  const shown = spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  return shown.stdout.includes(directory) ? pid : null;
}

/** Ends what an earlier supervisor left behind when it was killed, and its stale lock file. */
async function clearLeftovers({ directory, log }: EmbeddedOptions): Promise<void> {
  const pid = runningPostmaster(directory);
  if (pid !== null) {
    log.warn('postgres.leftover', { pid });
    process.kill(pid, 'SIGINT');
    for (let waitedMs = 0; isAlive(pid) && waitedMs < 10_000; waitedMs += 50) {
      if (waitedMs === 5_000) process.kill(pid, 'SIGQUIT');
      await sleep(50);
    }
    if (isAlive(pid)) throw new Error(`an earlier PostgreSQL (process ${pid}) does not stop`);
  }
  rmSync(path.join(directory, 'postmaster.pid'), { force: true });
}

function launch(options: EmbeddedOptions, binaries: PostgresBinaries): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Errors of statements reach whoever sent them; in the log they would show people's data.
    log_min_messages: 'log',
    log_line_prefix: '',
    jit: 'off',
    ...(options.durable
      ? {}
      : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const directory = asArgument(options.directory, binaries);
  return spawn(
    path.join(binaries.home, 'bin', 'postgres'),
    ['-D', directory, '-p', String(options.port), ...flags],
    {
      ...binaries.identity,
      cwd: options.directory,
      env: postgresEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
}

async function answers(url: string): Promise<{ ok: true } | { ok: false; code: string }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return { ok: true };
  } catch (error) {
    return { ok: false, code: error instanceof Error && 'code' in error ? String(error.code) : '' };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function untilReady(url: string, ended: Promise<string>): Promise<void> {
  let why: string | undefined;
  void ended.then((reason) => {
    why = reason;
  });
  const patient = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < patient) {
    if (why !== undefined) throw new Error(`PostgreSQL did not start: ${why}`);
    const answer = await answers(url);
    if (answer.ok) return;
    if (answer.code === '28P01') {
      throw new Error(
        'the embedded PostgreSQL does not take the password kept in the data directory',
      );
    }
    await sleep(25);
  }
  throw new Error('PostgreSQL did not answer in time');
}

/** Who connects while the server comes or goes is refused, which is nobody's trouble. */
function isTrouble(line: string): boolean {
  return (
    /^(FATAL|PANIC|ERROR):/.test(line) &&
    !/database system is (starting|shutting|not yet)|administrator command|SASL response/.test(line)
  );
}

/** Passes the server's lines on and keeps the last few, to say why it ended. */
function watch(child: ChildProcess, log: Logger): Promise<string> {
  const last: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      last.push(line);
      if (last.length > 5) last.shift();
      log[isTrouble(line) ? 'warn' : 'debug']('postgres.says', { line });
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      resolve(
        `${signal ?? `exit code ${code}`}${last.length === 0 ? '' : ` (${last.join(' / ')})`}`,
      );
    });
  });
}

function checkMajor(directory: string, binaries: PostgresBinaries): void {
  const cluster = readFileSync(path.join(directory, 'PG_VERSION'), 'utf8').trim();
  const major = binaries.version.split('.')[0];
  if (cluster === major) return;
  throw new Error(
    `${directory} was made by PostgreSQL ${cluster}, this version brings ${major}: dump it with the old one first`,
  );
}

/**
 * Stops the server when this process is gone, however it went: the pipe then closes. An orphaned
 * server would keep its port and its memory for ever.
 */
function guard(pid: number): () => void {
  const watcher = spawn('/bin/sh', ['-c', `read -r line || kill -INT ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: postgresEnvironment(),
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  return () => watcher.stdin.end('done\n');
}

/** Starts the server of a directory, making the cluster first where there is none. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const binaries = findPostgres();
  if (existsSync(options.directory)) await clearLeftovers(options);
  else createCluster(options, binaries);
  checkMajor(options.directory, binaries);
  chmodSync(options.directory, 0o700);

  const child = launch(options, binaries);
  const ended = watch(child, options.log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`PostgreSQL did not start: ${await ended}`);
  void ended.then(guard(pid));
  const { port } = options;
  const url = (role: string, password: string, database: string): string =>
    `postgresql://${encodeURIComponent(role)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  await untilReady(url(SUPERUSER, options.password, 'postgres'), ended);
  let stopped = false;
  return {
    pid,
    port,
    url,
    ended,
    get stopped() {
      return stopped;
    },
    forceStop() {
      stopped = true;
      child.kill('SIGQUIT');
    },
    async stop(patienceMs = STOP_PATIENCE_MS) {
      stopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT');
      const hurry = setTimeout(() => child.kill('SIGQUIT'), patienceMs);
      await ended;
      clearTimeout(hurry);
    },
  };
}
