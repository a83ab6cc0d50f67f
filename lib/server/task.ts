import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isLogLine } from './child';

export interface TaskOptions {
  /** A bundle that does one thing, reports its result by one message, and ends. */
  readonly file: string;
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly passOn: (line: string) => void;
  /** Learns of the process, so that it can be ended with everything else. */
  readonly onStart: (child: ChildProcess) => void;
}

/** Runs a bundle once. Resolves with what it reported; rejects with its reason where it failed. */
export async function runTask(options: TaskOptions): Promise<unknown> {
  const child = spawn(process.execPath, ['--enable-source-maps', options.file], {
    cwd: options.cwd,
    env: { NODE_ENV: 'production', ...options.variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  options.onStart(child);
  const words: string[] = [];
  let report: unknown;
  child.on('message', (message) => {
    report = message;
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (isLogLine(line)) options.passOn(line);
      else words.push(line);
      if (words.length > 20) words.shift();
    });
  }
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...how) => resolve(how));
    },
  );
  if (code === 0) return report;
  if (typeof report === 'object' && report !== null && 'reason' in report) {
    throw new Error(String(report.reason));
  }
  throw new Error([`${signal ?? `exit code ${code}`}`, ...words].join('\n'));
}
