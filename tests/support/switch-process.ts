import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ControlClient, createControlClient } from '@/lib/control/client';
import { inheritedVariables, parseSettled, settledVariables } from '@/lib/infra/env';
import { ensureSelfSigned } from '@/lib/infra/tls/self-signed';
import { SWITCH_NODE_ARGUMENTS } from '@/lib/server/switch-arguments';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { eventually } from './eventually';
import { Lab } from './lab';
import { LAB_SECRET_KEY, labDatabase } from './lab-database';
import { freePorts } from './ports';
import { isQuiet, RTP_PORTS } from './running-switch';

const HOST = '127.0.0.1';
const CONTROL_SECRET = 'a secret between two processes of a test';
const START_TIMEOUT_MS = 60_000;

/** The switch as the supervisor runs it: a process of its own, with the lab's people. */
export interface SwitchProcess {
  readonly database: ServicesDatabase;
  readonly control: ControlClient;
  /** What the database says happened. */
  readonly lab: Lab;
  /** What it logged as an error, and whatever else it wrote. */
  errors(): string;
  /** Waits until no call is left: no dialog, no reservation, no live call, no cent. */
  noneIsLeft(): Promise<void>;
  close(): Promise<void>;
}

async function variablesOf(dataDir: string, databaseUrl: string): Promise<Record<string, string>> {
  const names = ['SIP_PORT', 'SIP_TLS_PORT', 'SIP_WS_PORT', 'SIP_WSS_PORT', 'PORT', 'CONTROL_PORT'];
  const ports = await freePorts(names.length);
  const variables = {
    ...{ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, NODE_ID: 'test', BIND_ADDRESS: HOST },
    ...{ SECRET_KEY: LAB_SECRET_KEY, CONTROL_SECRET, LOG_LEVEL: 'error', LOG_FORMAT: 'json' },
    ...Object.fromEntries(names.map((name, at) => [name, String(ports[at])])),
    ...RTP_PORTS,
  };
  return settledVariables(parseSettled(variables, process.cwd()));
}

/** Resolves when it takes calls; throws with its reason when it does not. */
async function ready(child: ChildProcess): Promise<void> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the switch ended while starting: ${code}`);
  });
  for (;;) {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    if (message?.event === 'ready') return;
    if (message?.event === 'refused') throw new Error(`the switch refuses: ${message.reason}`);
  }
}

/**
 * Starts dist/switch.mjs (bundled first where that is stale) on the lab: for suites in which the
 * test's own process has work of its own, which must not be the switch's.
 */
export async function startSwitchProcess(): Promise<SwitchProcess> {
  execFileSync(process.execPath, ['lib/server/build.mjs', '--only', 'bundle'], { stdio: 'ignore' });
  const fresh = await labDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tollbridge-switch-'));
  ensureSelfSigned(dataDir, [HOST], Date.now());
  const variables = await variablesOf(dataDir, fresh.appUrl);
  const child = fork(path.resolve('dist/switch.mjs'), [], {
    env: { ...inheritedVariables(), ...variables, NODE_ENV: 'production' },
    execArgv: [...SWITCH_NODE_ARGUMENTS],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      written += String(chunk);
    });
  }
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const database = connectServices({
    ...{ url: fresh.appUrl, max: 8, applicationName: 'test', onIdleError: () => undefined },
  });
  const lab = new Lab({
    ready: { web: '', sip: { udp: `udp:${HOST}:${variables['SIP_PORT']}` } },
    ownerUrl: fresh.ownerUrl,
  });
  const close = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    await lab.close();
    await database.close();
    await fresh.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await close();
    throw new Error(`no switch: ${written}`, { cause: error });
  }
  const port = Number(variables['CONTROL_PORT']);
  const control = createControlClient({ port, secret: CONTROL_SECRET });
  return {
    ...{ database, control, lab, close },
    errors: () => written,
    noneIsLeft: () => eventually(async () => await isQuiet(lab, control)),
  };
}
