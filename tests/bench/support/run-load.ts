import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadJob, LoadResult } from './load';
import { cpuMsOf, pin } from './processes';

/** What a load came to, and what it cost whom. */
export interface Measured extends LoadResult {
  /** Shares of a processor, 1 = one whole, within the measured time. */
  readonly serverCpu: number;
  readonly generatorCpu: number;
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
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pid = child.pid ?? 0;
  pin(pid, 'others');
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = once(child, 'message', { signal });
  child.send(job);
  try {
    const failed = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the generator ended with ${code}`);
    });
    const window = windowOf(job, { server: serverCpuMs, generator: () => cpuMsOf(pid) });
    const [message] = await Promise.race([answer, failed]);
    const shares = await window;
    failed.catch(() => undefined);
    return { ...message.result, ...shares };
  } finally {
    if (child.exitCode === null) child.kill();
  }
}

/** Processor time within the last two thirds of the measured time, whenever that began. */
async function windowOf(
  job: LoadJob,
  cpuMs: { server: () => number; generator: () => number },
): Promise<{ serverCpu: number; generatorCpu: number }> {
  await sleep(job.warmUpMs + job.measuredMs / 2);
  const begin = { at: performance.now(), server: cpuMs.server(), generator: cpuMs.generator() };
  await sleep(job.measuredMs / 3);
  const tookMs = performance.now() - begin.at;
  return {
    serverCpu: (cpuMs.server() - begin.server) / tookMs,
    generatorCpu: (cpuMs.generator() - begin.generator) / tookMs,
  };
}
