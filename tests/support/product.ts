import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { EMBEDDED_ROLES } from '@/lib/infra/db/roles';
import { eventually } from './eventually';
import { freePortVariables } from './ports';

const readySchema = z.object({
  event: z.literal('ready'),
  web: z.string(),
  https: z.string().optional(),
  sip: z.object({
    udp: z.string(),
    tcp: z.string(),
    tls: z.string(),
    ws: z.string(),
    wss: z.string(),
  }),
  dataDir: z.string(),
  setupUrl: z.string().optional(),
});

/** Where a started product listens: the ready line of `npm start -- --json`. */
export type Ready = z.infer<typeof readySchema>;

type ProcessName = 'supervisor' | 'postgres' | 'switch' | 'worker' | 'web';

export interface ProductOptions {
  readonly scenario?: 'lab' | 'demo';
  /** On top of free ports for everything. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Kept after stop(); without one a scenario's directory goes away with it. */
  readonly dataDir?: string;
  readonly args?: readonly string[];
}

const START_TIMEOUT_MS = 170_000;
/** Apart from the system's own ephemeral ports; a block for each product of a run. */
const RTP_FIRST = 20_000;
const RTP_BLOCK = 400;
const RTP_BLOCKS = 20;

/** The whole product, as `npm start` runs it, for the suites that call and click. */
export class Product {
  readonly ready: Ready;
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;
  private readonly read: () => string;

  constructor(parts: {
    ready: Ready;
    child: ChildProcess;
    ended: Promise<number | null>;
    read: () => string;
  }) {
    this.ready = parts.ready;
    this.child = parts.child;
    this.ended = parts.ended;
    this.read = parts.read;
  }

  /** Everything its processes have written so far; print it when a test fails. */
  get log(): string {
    return this.read();
  }

  /** The database as its owner, for assertions no API offers; the embedded server only. */
  get ownerUrl(): string {
    return this.databaseUrl(EMBEDDED_ROLES.owner, 'owner');
  }

  /** The database as the application reaches it. */
  get appUrl(): string {
    return this.databaseUrl(EMBEDDED_ROLES.app, 'app');
  }

  private databaseUrl(role: string, key: 'owner' | 'app'): string {
    const text = readFileSync(path.join(this.ready.dataDir, 'postgres.json'), 'utf8');
    const secrets = z
      .object({ port: z.number(), owner: z.string(), app: z.string() })
      .parse(JSON.parse(text));
    return `postgresql://${role}:${encodeURIComponent(secrets[key])}@127.0.0.1:${secrets.port}/tollbridge`;
  }

  /** The id under which a process runs now; null while it is down. */
  pid(name: ProcessName): number | null {
    const file = path.join(this.ready.dataDir, 'processes.json');
    if (!existsSync(file)) return null;
    const all: Record<string, number | null> = JSON.parse(readFileSync(file, 'utf8'));
    return all[name] ?? null;
  }

  /** Kills a process without warning (kill -9). The supervisor brings it back; see `cameBack`. */
  kill(name: ProcessName, signal: NodeJS.Signals = 'SIGKILL'): number {
    const pid = this.pid(name);
    if (pid === null) throw new Error(`${name} does not run`);
    process.kill(pid, signal);
    return pid;
  }

  /** Waits until a killed process runs under another id and /api/health is well again. */
  async cameBack(name: ProcessName, killedPid: number, withinMs = 30_000): Promise<void> {
    await eventually(() => ![null, killedPid].includes(this.pid(name)), withinMs);
    await eventually(async () => (await this.health()) === 200, withinMs);
  }

  /** The status of GET /api/health; 0 where nobody answers. */
  async health(): Promise<number> {
    try {
      return (await fetch(`${this.ready.web}/api/health`)).status;
    } catch {
      return 0;
    }
  }

  /** Stops it as Ctrl-C does. Returns the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGINT');
    return this.ended;
  }

  /** Kills the supervisor without warning and waits until nothing of it is left. */
  async crash(): Promise<void> {
    const pids = (['postgres', 'switch', 'worker', 'web'] as const).map((name) => this.pid(name));
    this.child.kill('SIGKILL');
    await this.ended;
    await eventually(() => pids.every((pid) => pid === null || !existsSync(`/proc/${pid}`)));
  }
}

/** RTP ports that no other product of this run uses. */
function rtpPorts(): Record<string, string> {
  const first = RTP_FIRST + RTP_BLOCK * randomInt(RTP_BLOCKS);
  return { RTP_PORT_MIN: String(first), RTP_PORT_MAX: String(first + RTP_BLOCK - 1) };
}

/**
 * Starts the product (building it first where the build is stale) on free ports and waits until it
 * is ready; throws with everything it wrote when it does not get there. Call it in beforeAll and
 * `stop()` in afterAll.
 */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const variables = { ...(await freePortVariables()), ...rtpPorts(), ...options.variables };
  const scenario = options.scenario === undefined ? [] : ['--scenario', options.scenario];
  const args = ['lib/server/start.mjs', '--json', ...scenario, ...(options.args ?? [])];
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATA_DIR: options.dataDir ?? '',
      DATABASE_URL: '',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log += String(chunk);
    });
  }
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  let code: number | null | undefined;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (status) => {
      process.off('exit', killed);
      code = status;
      resolve(status);
    });
  });
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const line = log.split('\n').find((text) => text.startsWith('{"event":"ready"'));
    if (line !== undefined) {
      const ready = readySchema.parse(JSON.parse(line));
      return new Product({ ready, child, ended, read: () => log });
    }
    if (code !== undefined) throw new Error(`the product ended with ${code}\n${log}`);
    if (Date.now() > until) {
      child.kill('SIGINT');
      throw new Error(`the product was not ready in time\n${log}`);
    }
    await sleep(20);
  }
}
