import { fork } from 'node:child_process';
import path from 'node:path';
import { SWITCH_NODE_ARGUMENTS } from '@/lib/server/switch-arguments';
import type { LoadJob, LoadResult } from './load';
import { cpuMsOf, pin } from './processes';

/** What a load came to, and what it cost whom. */
export interface Measured extends LoadResult {
  /** Shares of a processor, 1 = one whole, within the measured time. */
  readonly serverCpu: number;
  readonly generatorCpu: number;
  /** The server's processor time for each that was done: what others do meanwhile hardly matters. */
  readonly serverMicrosEach: number;
}

export type JobInit = Pick<LoadJob, 'kind' | 'target' | 'phones'> & Partial<LoadJob>;

const DEFAULTS = {
  port: 0,
  inFlight: 100,
  perSecond: null,
  warmUpMs: 8_000,
  measuredMs: 6_000,
  total: null,
  authenticate: true,
  talkMs: 0,
} satisfies Partial<LoadJob>;

/** Far beyond what any job takes. */
const PATIENCE_MS = 180_000;

/** Runs a generator against a server whose processor time `serverCpuMs` tells. */
export async function runLoad(init: JobInit, serverCpuMs: () => number): Promise<Measured> {
  const job: LoadJob = { ...DEFAULTS, ...init };
  const child = fork(path.resolve('tests/bench/generator.ts'), [], {
    // Collections of its own would be in what it measures.
    execArgv: ['--import', 'tsx', ...SWITCH_NODE_ARGUMENTS],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pid = child.pid ?? 0;
  pin(pid, 'others');
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const read = () => ({ at: performance.now(), server: serverCpuMs(), generator: cpuMsOf(pid) });
  let begin = read();
  let end = begin;
  const answer = new Promise<LoadResult>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    child.once('exit', (code) => reject(new Error(`the generator ended with ${code}`)));
    // It tells when its measured time begins and ends: processor time and count are of the same.
    child.on('message', (message: 'begins' | 'ends' | { result: LoadResult }) => {
      if (message === 'begins') begin = read();
      else if (message === 'ends') end = read();
      else resolve(message.result);
    });
  });
  child.send(job);
  try {
    const result = await answer;
    const tookMs = end.at - begin.at;
    const usedMs = end.server - begin.server;
    return {
      ...result,
      serverCpu: usedMs / tookMs,
      generatorCpu: (end.generator - begin.generator) / tookMs,
      serverMicrosEach: (usedMs * 1_000) / Math.max(result.measured, 1),
    };
  } finally {
    if (child.exitCode === null) child.kill();
  }
}
