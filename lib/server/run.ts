import type { ChildProcess } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Env,
  EnvError,
  inheritedVariables,
  type Settings,
  settledVariables,
} from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import { ensureSelfSigned } from '@/lib/infra/tls/self-signed';
import { readyLine, readyText } from './announcement';
import { type ChildSpec, restartDelayMs, SupervisedChild } from './child';
import { openProductDatabase, type ReadyDatabase } from './database';
import type { EmbeddedServer } from './embedded-postgres';
import { waitForHealth } from './health';
import { certificateNames, settleEnv } from './installation';
import type { LockResult } from './instance-lock';
import { prepareInstallation } from './prepare-task';
import type { Steps } from './steps.mjs';
import { SWITCH_NODE_ARGUMENTS } from './switch-arguments';

export interface RunOptions {
  readonly settings: Settings;
  readonly throwAway: boolean;
  readonly log: Logger;
  readonly write: (text: string) => void;
  readonly steps: Steps;
  readonly lock: Extract<LockResult, { ok: true }>;
}

/** The bundles lie in dist/, the project around it. */
const DIST = import.meta.dirname;
const ROOT = path.dirname(DIST);

/** Together, without draining, below the ten seconds that Ctrl-C may take. */
const CHILD_PATIENCE_MS = 4_500;
const START_PATIENCE_MS = 1_500;
const POSTGRES_PATIENCE_MS = 3_000;

/** One run of the product: everything it has started, so that everything can be stopped. */
export class Run {
  private readonly options: RunOptions;
  private readonly children: SupervisedChild[] = [];
  private readonly tasks = new Set<ChildProcess>();
  private server: EmbeddedServer | null = null;
  private draining = false;
  private stopping = false;
  private starting: Promise<void> = Promise.resolve();
  private postgresDeaths = 0;

  constructor(options: RunOptions) {
    this.options = options;
  }

  /** Brings everything up and says so; throws where something does not come up. */
  start(): Promise<void> {
    const work = this.bringUp();
    this.starting = work.catch(() => undefined);
    return work;
  }

  private goOn(): void {
    if (this.stopping) throw new Error('stopped while starting');
  }

  private async bringUp(): Promise<void> {
    const { settings, steps, log, write } = this.options;
    const since = performance.now();
    const database = await openProductDatabase({ settings, root: ROOT, log, steps }, (server) =>
      this.keepServer(server),
    );
    this.goOn();
    this.restartServer = database.restart;
    const env = await settleEnv(settings, database.roles.appUrl);
    if (env.tlsCert === null) ensureSelfSigned(env.dataDir, certificateNames(env), Date.now());
    const variables = { ...inheritedVariables(), ...settledVariables(env) };
    const prepared = await prepareInstallation({
      file: path.join(DIST, 'prepare.mjs'),
      cwd: ROOT,
      variables,
      env,
      steps,
      passOn: (line) => write(`${line}\n`),
      onStart: (child) => this.keepTask(child),
    });
    this.goOn();
    await this.startChildren(env, variables);
    this.goOn();
    const tookMs = performance.now() - since;
    write(readyText({ env, ...prepared, tookMs }));
    log.info('ready', { tookMs: Math.round(tookMs) });
    if (env.json) process.stdout.write(readyLine(env, prepared.setupUrl));
  }

  private restartServer: ReadyDatabase['restart'] = () =>
    Promise.reject(new Error('PostgreSQL is not ours to restart'));

  private keepTask(child: ChildProcess): void {
    this.tasks.add(child);
    child.once('exit', () => this.tasks.delete(child));
  }

  /** A server that dies comes back; what works with it connects again by itself. */
  private keepServer(server: EmbeddedServer): void {
    this.server = server;
    const since = performance.now();
    void server.ended.then(async (reason) => {
      if (this.stopping || this.server !== server || server.stopped) return;
      this.postgresDeaths = performance.now() - since > 60_000 ? 1 : this.postgresDeaths + 1;
      const restartInMs = restartDelayMs(this.postgresDeaths);
      this.options.log.error('postgres.died', { pid: server.pid, reason, restartInMs });
      await sleep(restartInMs);
      if (this.stopping) return;
      try {
        this.keepServer(await this.restartServer());
        this.writeProcesses();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private specs(env: Env, variables: Record<string, string>): ChildSpec[] {
    const standalone = path.join(ROOT, '.next', 'standalone');
    const node = (...args: string[]): string[] => ['--enable-source-maps', ...args];
    const bundle = (name: string): string => path.join(DIST, `${name}.mjs`);
    return [
      {
        name: 'switch',
        args: [...SWITCH_NODE_ARGUMENTS, ...node(bundle('switch'))],
        cwd: ROOT,
        variables,
      },
      { name: 'worker', args: node(bundle('worker')), cwd: ROOT, variables },
      {
        name: 'web',
        args: node('--import', bundle('web-preload'), path.join(standalone, 'server.js')),
        cwd: ROOT,
        variables: { ...variables, HOSTNAME: env.bindAddress, NEXT_TELEMETRY_DISABLED: '1' },
      },
    ];
  }

  private async startChildren(env: Env, variables: Record<string, string>): Promise<void> {
    const { log, write, steps } = this.options;
    for (const spec of this.specs(env, variables)) {
      this.children.push(
        new SupervisedChild(spec, {
          log,
          passOn: (line) => write(`${line}\n`),
          onRefused: (reason) => this.fail(new EnvError(reason)),
          onChange: () => this.writeProcesses(),
        }),
      );
    }
    const [switchChild, workerChild, web] = this.children;
    await steps.run('starting switch, worker and web', async () => {
      for (const child of this.children) child.start();
      await Promise.all([
        switchChild?.ready,
        workerChild?.ready,
        Promise.race([
          web?.ready,
          waitForHealth(env, () => this.stopping).then((well) => well && web?.markReady()),
        ]),
      ]);
    });
  }

  /** Who runs under which id, for people and tests that look. */
  private writeProcesses(): void {
    const { settings } = this.options;
    const [switchChild, workerChild, web] = this.children.map((child) => child.pid);
    const all = {
      supervisor: process.pid,
      postgres: this.server?.pid ?? null,
      switch: switchChild ?? null,
      worker: workerChild ?? null,
      web: web ?? null,
    };
    const file = path.join(settings.dataDir, 'processes.json');
    if (this.stopping || !existsSync(settings.dataDir)) return;
    writeFileSync(`${file}.new`, JSON.stringify(all), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** Something that can't be mended from here: says so in one line where it can, and stops with 1. */
  fail(error: unknown): void {
    if (this.stopping) return;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`tollbridge: ${message}\n`);
    this.options.log.debug('start.failed', { error });
    void this.stop('failed', 1);
  }

  /**
   * Lets the calls that go on end by themselves, as long as the setting says; the portal works
   * meanwhile and says so. Then stops. `stop` cuts it short.
   */
  async drain(reason: string): Promise<void> {
    if (this.draining || this.stopping) return;
    this.draining = true;
    const { drainSeconds } = this.options.settings;
    this.options.log.info('draining', { reason, drainSeconds });
    const [switchChild] = this.children;
    await switchChild?.stop(drainSeconds * 1_000 + CHILD_PATIENCE_MS, 'SIGTERM');
    await this.stop(reason, 0);
  }

  /** Web, switch and worker first, PostgreSQL last; then the process ends with this code. */
  async stop(reason: string, code: number): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const { log, write } = this.options;
    const since = performance.now();
    log.info('stopping', { reason });
    for (const task of this.tasks) task.kill('SIGTERM');
    const [switchChild, ...others] = this.children;
    await Promise.all([
      switchChild?.stop(CHILD_PATIENCE_MS, 'SIGINT'),
      ...others.map((child) => child.stop(CHILD_PATIENCE_MS)),
    ]);
    await Promise.race([this.starting, sleep(START_PATIENCE_MS)]);
    await this.server?.stop(POSTGRES_PATIENCE_MS);
    this.leave();
    write(`  ✓ stopped ${((performance.now() - since) / 1000).toFixed(1)} s\n`);
    process.exit(code);
  }

  /** The second Ctrl-C: nothing is waited for. PostgreSQL recovers from its log at the next start. */
  forceStop(): never {
    for (const child of this.children) child.forceStop();
    for (const task of this.tasks) task.kill('SIGKILL');
    this.server?.forceStop();
    this.leave();
    process.exit(130);
  }

  private leave(): void {
    const { settings, throwAway, lock } = this.options;
    rmSync(path.join(settings.dataDir, 'processes.json'), { force: true });
    lock.release();
    if (throwAway) rmSync(settings.dataDir, { recursive: true, force: true });
  }
}
