import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { MediaJob, MediaResult } from './media-load';
import { cpuMsOf, pin } from './processes';
import type { HandshakeJob, HandshakeResult } from './secure-load';

/** Far beyond what any window or start takes. */
const PATIENCE_MS = 60_000;

/** A window, and what it cost whom. */
export interface MediaWindow extends MediaResult {
  /** Shares of a processor, 1 = one whole, within the measured time; all threads. */
  readonly relayCpu: number;
  readonly generatorCpu: number;
}

/** Starts a process of the bench from its source. */
export function forkBench(
  file: string,
  { argv = [], node = [] }: { argv?: readonly string[]; node?: readonly string[] } = {},
): ChildProcess {
  const child = fork(path.resolve('tests/bench', file), argv, {
    execArgv: ['--import', 'tsx', ...node],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

/** The next message of a process of the bench; rejects where it ends instead. */
export async function nextMessage(child: ChildProcess): Promise<Record<string, unknown>> {
  const answered = new AbortController();
  const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), answered.signal]);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process of the bench ended with ${code}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    // Nobody waits for its end any more.
    ended.catch(() => undefined);
    answered.abort();
  }
}

/** The generator of voice, in its own process. */
export class MediaGenerator {
  /** Where legs are, one after the other and round again. */
  readonly ports: readonly number[];
  /** Of those who are keyed by DTLS: what their descriptions say of their certificate. */
  readonly fingerprint: string | undefined;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, told: Record<string, unknown>) {
    this.child = child;
    this.ports = told['ports'] as readonly number[];
    this.fingerprint = told['fingerprint'] as string | undefined;
  }

  static async start(file = 'media-generator.ts'): Promise<MediaGenerator> {
    const child = forkBench(file, { node: ['--max-semi-space-size=32'] });
    pin(child.pid ?? 0, 'others');
    return new MediaGenerator(child, await nextMessage(child));
  }

  /** Has all legs shake hands with the relay's ports. */
  async shakeHands(job: HandshakeJob): Promise<HandshakeResult> {
    this.child.send(job);
    return (await nextMessage(this.child))['result'] as HandshakeResult;
  }

  portOf(leg: number): number {
    return this.ports[leg % this.ports.length] ?? 0;
  }

  /** Lets all legs talk through a relay whose processor time `relayCpuMs` tells. */
  run(job: MediaJob, relayCpuMs: () => number): Promise<MediaWindow> {
    const { child } = this;
    const read = () => {
      return { at: performance.now(), relay: relayCpuMs(), generator: cpuMsOf(child.pid ?? 0) };
    };
    let begin = read();
    let end = begin;
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the generator ended with ${code}`));
      const told = (message: 'begins' | 'ends' | { result: MediaResult }) => {
        if (message === 'begins') begin = read();
        else if (message === 'ends') end = read();
        else {
          child.off('message', told);
          child.off('exit', ended);
          const tookMs = end.at - begin.at;
          const relayCpu = (end.relay - begin.relay) / tookMs;
          const generatorCpu = (end.generator - begin.generator) / tookMs;
          resolve({ ...message.result, relayCpu, generatorCpu });
        }
      };
      child.on('message', told);
      child.once('exit', ended);
      child.send(job);
    });
  }

  stop(): void {
    this.child.kill();
  }
}
