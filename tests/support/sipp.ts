import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SCENARIOS = fileURLToPath(new URL('./sipp/', import.meta.url));

export type SippScenario =
  | 'register'
  | 'watch'
  | 'messages'
  | 'call'
  | 'call-in'
  | 'call-until-bye'
  | 'call-and-transfer'
  | 'call-refused'
  | 'call-cancelled'
  | 'answer'
  | 'answer-and-hang-up'
  | 'answer-and-be-transferred'
  | 'silent'
  | 'decline'
  | 'ring';

export interface SippOptions {
  readonly scenario: SippScenario;
  /** Where it sends to, "127.0.0.1:5060"; absent for a side that only answers. */
  readonly target?: string;
  readonly localAddress?: string;
  readonly localPort: number;
  readonly mediaPort?: number;
  readonly transport?: 'u1' | 't1';
  /** Milliseconds that `<pause/>` takes. */
  readonly pauseMs?: number;
  /** Values of [field0] … of each call, one line a call. */
  readonly fields?: readonly (readonly string[])[];
  readonly calls?: number;
  /** The status that a refused call must get, or that a callee refuses with. */
  readonly refusal?: number;
  readonly timeoutSeconds?: number;
  /** 10 unless given; for a side that calls. */
  readonly callsPerSecond?: number;
  /** Goes on until `finish`, with `fields` from the first again; counts, and keeps no messages. */
  readonly isEndless?: boolean;
}

/** How the calls of a SIPp came out, by its own counters. */
export interface SippCounters {
  readonly created: number;
  readonly successful: number;
  readonly failed: number;
}

export interface SippResult {
  /** 0: every call went as the scenario says. */
  readonly code: number | null;
  /** What `<log>` actions wrote. */
  readonly log: string;
  readonly errors: string;
  /** Every message sent and received. */
  readonly messages: string;
  /** null where it was to end by itself. */
  readonly counted: SippCounters | null;
}

export interface RunningSipp {
  /** Resolves when it has ended by itself or was stopped. */
  readonly done: Promise<SippResult>;
  /** Every message sent and received so far. */
  messages(): Promise<string>;
  /** Makes or takes no more calls, and resolves when those that are up have ended by themselves. */
  finish(): Promise<SippResult>;
  stop(): Promise<SippResult>;
}

const running = new Set<RunningSipp>();

/** Ends whatever a failed test left running; for afterEach. */
export async function stopAllSipp(): Promise<void> {
  await Promise.all([...running].map((each) => each.stop()));
}

/** More than any test can make, in one call or at once. */
const ENDLESS_CALLS = 1_000_000;

/** The counters in the last line of SIPp's statistics. */
function countersOf(statistics: string): SippCounters {
  const lines = statistics.trim().split('\n');
  const names = lines[0]?.split(';') ?? [];
  const values = lines.at(-1)?.split(';') ?? [];
  const figure = (name: string): number => Number(values[names.indexOf(name)]);
  return {
    created: figure('TotalCallCreated'),
    successful: figure('SuccessfulCall(C)'),
    failed: figure('FailedCall(C)'),
  };
}

/** What SIPp is to do, with its files in a directory of its own. */
async function argumentsOf(options: SippOptions, dir: string): Promise<string[]> {
  const { fields, isEndless = false } = options;
  const source = await readFile(path.join(SCENARIOS, `${options.scenario}.xml`), 'utf8');
  const scenario = path.join(dir, 'scenario.xml');
  await writeFile(scenario, source.replaceAll('REFUSAL', String(options.refusal ?? 403)));
  const calls = isEndless ? ENDLESS_CALLS : (options.calls ?? fields?.length ?? 1);
  const args = [
    ...(options.target === undefined ? [] : [options.target]),
    ...['-sf', scenario, '-i', options.localAddress ?? '127.0.0.1'],
    ...['-p', String(options.localPort), '-t', options.transport ?? 'u1'],
    ...['-m', String(calls)],
    ...['-timeout', `${options.timeoutSeconds ?? 90}s`, '-timeout_error', '-nostdin'],
    ...(isEndless
      ? ['-trace_stat', '-stf', path.join(dir, 'statistics.csv')]
      : ['-trace_msg', '-message_file', path.join(dir, 'messages.log')]),
    ...['-trace_err', '-error_file', path.join(dir, 'errors.log')],
    ...['-trace_logs', '-log_file', path.join(dir, 'actions.log')],
    ...(options.pauseMs === undefined ? [] : ['-d', String(options.pauseMs)]),
    ...(options.mediaPort === undefined ? [] : ['-mp', String(options.mediaPort)]),
  ];
  if (fields !== undefined) {
    const csv = path.join(dir, 'fields.csv');
    await writeFile(csv, `SEQUENTIAL\n${fields.map((row) => row.join(';')).join('\n')}\n`);
    // As many at once as there are: it would hold back all beyond thirty.
    args.push('-inf', csv, '-r', String(options.callsPerSecond ?? 10), '-l', String(calls));
  }
  return args;
}

/** Starts SIPp with one of our scenarios; it ends by itself after its calls or the timeout. */
export async function startSipp(options: SippOptions): Promise<RunningSipp> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tollbridge-sipp-'));
  const child = spawn('sipp', await argumentsOf(options, dir), { cwd: dir, stdio: 'ignore' });
  const read = (name: string) => readFile(path.join(dir, name), 'utf8').catch(() => '');
  const done = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  }).then(async (code) => {
    const result = {
      code,
      log: await read('actions.log'),
      errors: await read('errors.log'),
      messages: await read('messages.log'),
      counted: options.isEndless === true ? countersOf(await read('statistics.csv')) : null,
    };
    await rm(dir, { recursive: true, force: true });
    return result;
  });
  const started: RunningSipp = {
    done: done.finally(() => running.delete(started)),
    messages: () => read('messages.log'),
    async finish() {
      // SIPp's word for a quit once all calls are over.
      child.kill('SIGUSR1');
      return await done;
    },
    async stop() {
      child.kill('SIGKILL');
      return await done;
    },
  };
  running.add(started);
  return started;
}

/** Runs SIPp to its end. */
export async function runSipp(options: SippOptions): Promise<SippResult> {
  return await (await startSipp(options)).done;
}

/** [field0..2] of an extension of the lab, and what it calls. */
export function labFields(
  tenant: 'acme' | 'birch' | 'cedar',
  extension: string,
  dialled = '',
): readonly string[] {
  const domain = `${tenant}.lab.test`;
  const secret = `lab-${tenant}-${extension}`;
  return [extension, domain, `[authentication username=${extension} password=${secret}]`, dialled];
}
