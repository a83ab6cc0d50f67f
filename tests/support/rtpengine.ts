import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { bencode } from '@/lib/protocol/ng/bencode';
import { findProgram } from './peers.mjs';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 10_000;
const LOG_CHARACTERS = 20_000;

export interface RtpengineOptions {
  readonly portMin: number;
  readonly portMax: number;
  /** Where it takes commands; a free port unless given. */
  readonly ngPort?: number;
  readonly flags?: readonly string[];
}

/** A foreign rtpengine on loopback, in userspace. */
export class Rtpengine {
  readonly pid: number;
  readonly place: { readonly host: string; readonly port: number };
  private readonly child: ChildProcess;
  private log = '';

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.pid = child.pid ?? 0;
    this.place = { host: HOST, port };
    child.stderr?.on('data', (chunk) => {
      this.log = `${this.log}${chunk}`.slice(-LOG_CHARACTERS);
    });
    process.once('exit', this.kill);
  }

  /** Starts it and waits until it answers; throws with its log where it does not. */
  static async start(options: RtpengineOptions): Promise<Rtpengine> {
    const program = findProgram('rtpengine');
    if (program === null) throw new Error('rtpengine is not installed');
    const port = options.ngPort ?? (await freeUdpPort());
    const flags = [
      ...['--table=-1', '--foreground', '--log-stderr', '--config-file=none', '--log-level=5'],
      ...[`--interface=${HOST}`, `--listen-ng=${HOST}:${port}`],
      ...[`--port-min=${options.portMin}`, `--port-max=${options.portMax}`],
      ...(options.flags ?? ['--num-threads=2']),
    ];
    const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    const started = new Rtpengine(child, port);
    if (await isUp(port)) return started;
    await started.stop();
    throw new Error(`rtpengine did not start\n${started.log}`);
  }

  /** What it logged of late. */
  get logged(): string {
    return this.log;
  }

  /** As a crash would. */
  async stop(): Promise<void> {
    process.off('exit', this.kill);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.kill();
    await once(this.child, 'exit');
  }

  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };
}

/** "10.5.3.5"; undefined where there is none. */
export function rtpengineVersion(): string | undefined {
  const program = findProgram('rtpengine');
  if (program === null) return undefined;
  const { stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return /Version: (\d+[.\d]*)/.exec(`${stdout}${stderr}`)?.[1];
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, HOST);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

async function isUp(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind(0, HOST);
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  try {
    for (const untilMs = Date.now() + START_TIMEOUT_MS; Date.now() < untilMs; ) {
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(100) });
      socket.send(`up ${bencode({ command: 'ping' })}`, port, HOST);
      if (await answer.catch(() => undefined)) return true;
    }
    return false;
  } finally {
    socket.close();
  }
}
