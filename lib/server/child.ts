import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Logger } from '@/lib/infra/log';

/** A process of the product, as the supervisor starts it. */
export interface ChildSpec {
  readonly name: 'web' | 'switch' | 'worker';
  /** What node gets. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface ChildHooks {
  readonly log: Logger;
  /** Takes the lines that the process itself wrote as log lines. */
  readonly passOn: (line: string) => void;
  /** The process refuses to start, and why: trying again makes no sense. */
  readonly onRefused: (reason: string) => void;
  /** A process with another id runs now. */
  readonly onChange: () => void;
}

const messageSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready') }),
  z.object({ event: z.literal('refused'), reason: z.string() }),
]);

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A process that lived this long has earned a quick restart. */
const SETTLED_MS = 60_000;
/** Deaths before it was ever ready after which start-up gives up. */
const EARLY_DEATHS = 3;

/** How long to wait before the next start, after so many deaths in a row. */
export function restartDelayMs(deaths: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, deaths - 1));
}

/** Whether a line was written by our own logger, in either format (or belongs to a stack below one). */
export function isLogLine(line: string): boolean {
  return /^(\{"|\d\d:\d\d:\d\d\.\d{3} (DEBUG|INFO|WARN|ERROR)|\s{4}\S)/.test(line);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left in it
  }
}

/** One process that is kept running until it is told to stop. */
export class SupervisedChild {
  private readonly spec: ChildSpec;
  private readonly hooks: ChildHooks;
  private process: ChildProcess | null = null;
  private startedMs = 0;
  private deaths = 0;
  private everReady = false;
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly lastWords: string[] = [];
  private settle: ((error: Error | null) => void) | undefined;
  /** Resolves at the first "ready"; rejects when it is refused or keeps dying before. */
  readonly ready: Promise<void>;

  constructor(spec: ChildSpec, hooks: ChildHooks) {
    this.spec = spec;
    this.hooks = hooks;
    this.ready = new Promise((resolve, reject) => {
      this.settle = (error) => (error === null ? resolve() : reject(error));
    });
    this.ready.catch(() => undefined);
  }

  get pid(): number | null {
    return this.process?.pid ?? null;
  }

  start(): void {
    const child = spawn(process.execPath, [...this.spec.args], {
      cwd: this.spec.cwd,
      env: { NODE_ENV: 'production', ...this.spec.variables },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C reaches the supervisor alone; it decides who stops when.
      detached: true,
    });
    this.process = child;
    this.startedMs = performance.now();
    this.listen(child);
    this.hooks.onChange();
  }

  private listen(child: ChildProcess): void {
    const { log, passOn } = this.hooks;
    for (const stream of ['stdout', 'stderr'] as const) {
      const source = child[stream];
      if (source === null) continue;
      createInterface({ input: source }).on('line', (line) => {
        if (stream === 'stderr') this.remember(line);
        if (isLogLine(line)) passOn(line);
        else if (line.trim() !== '') {
          log[stream === 'stderr' ? 'warn' : 'debug']('child.says', { name: this.spec.name, line });
        }
      });
    }
    child.on('message', (message) => this.hear(message));
    child.on('error', (error) => log.error('child.error', { name: this.spec.name, error }));
    child.once('exit', (code, signal) => this.onExit(code, signal));
  }

  private remember(line: string): void {
    this.lastWords.push(line);
    if (this.lastWords.length > 12) this.lastWords.shift();
  }

  private hear(message: unknown): void {
    const parsed = messageSchema.safeParse(message);
    if (!parsed.success) return;
    if (parsed.data.event === 'ready') this.markReady();
    else this.refuse(parsed.data.reason);
  }

  private refuse(reason: string): void {
    this.stopping = true;
    this.settle?.(new Error(`${this.spec.name}: ${reason}`));
    this.hooks.onRefused(`${this.spec.name}: ${reason}`);
  }

  /** The process serves: called by its own message, or by whoever asked it over HTTP. */
  markReady(): void {
    const tookMs = Math.round(performance.now() - this.startedMs);
    this.hooks.log.info('child.ready', { name: this.spec.name, pid: this.pid, tookMs });
    this.everReady = true;
    this.settle?.(null);
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    const uptimeMs = Math.round(performance.now() - this.startedMs);
    const pid = this.pid;
    this.process = null;
    if (pid !== null) killGroup(pid); // what it had started must not hold its ports
    this.hooks.onChange();
    const why = { name: this.spec.name, pid, code, signal, uptimeMs };
    if (this.stopping) {
      this.hooks.log.info('child.stopped', why);
      return;
    }
    this.deaths = uptimeMs > SETTLED_MS ? 1 : this.deaths + 1;
    if (!this.everReady && this.deaths >= EARLY_DEATHS) {
      const words = this.lastWords.join('\n');
      this.refuse(`it does not start (${signal ?? `exit code ${code}`})\n${words}`);
      return;
    }
    const restartInMs = restartDelayMs(this.deaths);
    this.hooks.log.error('child.died', { ...why, restartInMs });
    this.timer = setTimeout(() => this.start(), restartInMs);
  }

  /**
   * Asks it to end, and after `patienceMs` ends its whole group. Resolves when it is gone. A
   * switch takes SIGTERM for draining first, and SIGINT for not.
   */
  async stop(patienceMs: number, signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const child = this.process;
    if (child === null || child.pid === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const hurry = setTimeout(() => {
      this.hooks.log.warn('child.stop_forced', { name: this.spec.name, pid: child.pid });
      this.forceStop();
    }, patienceMs);
    await gone;
    clearTimeout(hurry);
  }

  /** Ends it and all it started, at once. */
  forceStop(): void {
    this.stopping = true;
    clearTimeout(this.timer);
    if (this.pid !== null) killGroup(this.pid);
  }
}
