import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually';
import { freePorts } from './ports';
import { probe } from './sip-probe';

const MODULES = [
  '/usr/lib/x86_64-linux-gnu/kamailio/modules',
  '/usr/lib/aarch64-linux-gnu/kamailio/modules',
  '/usr/lib64/kamailio/modules',
  '/usr/local/lib64/kamailio/modules',
].join(':');

export interface KamailioOptions {
  /** The loopback address that it is. */
  readonly address: string;
  readonly modules: readonly string[];
  /** `modparam` lines, and what follows them: its routes. OPTIONS is answered before them. */
  readonly parameters?: string;
  readonly routes: string;
}

/** Somebody else's SIP server on an address of its own, by UDP and TCP. */
export interface Kamailio {
  readonly address: string;
  readonly port: number;
  /** What its routes logged (xlog) and what it complained of. */
  log(): string;
  stop(): Promise<void>;
}

const BASE = ['tm', 'tmx', 'sl', 'rr', 'pv', 'maxfwd', 'textops', 'siputils', 'xlog'];

/** Starts Kamailio with a configuration of ours and waits until it answers. */
export async function startKamailio(options: KamailioOptions): Promise<Kamailio> {
  const { address, modules, parameters = '', routes } = options;
  const directory = mkdtempSync(path.join(tmpdir(), 'tollbridge-kamailio-'));
  const [port = 0] = await freePorts(1);
  const file = path.join(directory, 'kamailio.cfg');
  writeFileSync(
    file,
    [
      'debug=0',
      'log_stderror=yes',
      'children=1',
      'tcp_children=1',
      `listen=udp:${address}:${port}`,
      `listen=tcp:${address}:${port}`,
      'auto_aliases=no',
      'dns=no',
      'rev_dns=no',
      `mpath="${MODULES}"`,
      ...[...BASE, ...modules].map((module) => `loadmodule "${module}.so"`),
      parameters,
      'request_route {',
      '  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }',
      routes,
      '}',
    ].join('\n'),
  );
  const args = ['-f', file, '-DD', '-E', '-Y', directory, '-P', `${directory}/pid`];
  const child = spawn('kamailio', [...args, '-m', '32', '-M', '8'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += String(chunk);
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error('Kamailio ended');
      return (await probe(`${address}:${port}`, 'OPTIONS', 300)).status === 200;
    });
  } catch (cause) {
    await stop();
    throw new Error(`Kamailio did not start:\n${log}`, { cause });
  }
  return { address, port, log: () => log, stop };
}
