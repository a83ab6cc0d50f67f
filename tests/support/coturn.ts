import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually';
import { findProgram } from './peers.mjs';
import { freePorts } from './ports';

/** Debian's coturn on loopback with a shared secret, as an operator would run it. */
export interface Coturn {
  readonly port: number;
  /** Sends a few packets from one client to another through it; whether all came through. */
  relays(user: { readonly username: string; readonly credential: string }): Promise<boolean>;
  stop(): Promise<void>;
}

const MESSAGES = 3;
const PATIENCE_MS = 20_000;

async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(findProgram(program) ?? program, [...args], { stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  // One that is refused asks again and again.
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await once(child, 'exit');
  clearTimeout(timer);
  return said;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Starts it and waits until it takes connections. */
export async function startCoturn(secret: string): Promise<Coturn> {
  const [port = 0] = await freePorts(1);
  const directory = mkdtempSync(path.join(tmpdir(), 'tollbridge-coturn-'));
  const args = [
    ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--allow-loopback-peers'],
    ...['--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=turn.test'],
    ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
    ...['--min-port=29000', '--max-port=29100', '--log-file=stdout', '--simple-log'],
    ...[`--userdb=${directory}/turndb`, `--pidfile=${directory}/pid`],
  ];
  const child = spawn(findProgram('turnserver') ?? 'turnserver', args, { stdio: 'pipe' });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await eventually(async () =>
    /Total General servers|SQLite DB connection success/.test(said),
  ).catch(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
    throw new Error(`coturn does not start:\n${said}`);
  });
  return {
    port,
    async relays({ username, credential }) {
      const output = await run('turnutils_uclient', [
        ...['-y', '-m', '1', '-n', String(MESSAGES), '-u', username, '-w', credential],
        ...['-p', String(port), '127.0.0.1'],
      ]);
      return /tot_send_bytes ~ [1-9]/.test(output) && /Total lost packets 0 /.test(output);
    },
    async stop() {
      await stop(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
