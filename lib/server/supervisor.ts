import { EnvError, readSettings, type Settings } from '@/lib/infra/env';
import { createLogger } from '@/lib/infra/log';
import { alreadyRunning } from './holder.mjs';
import {
  type DataDirectory,
  hostPort,
  localAddress,
  openDataDirectory,
  refuseExposedScenario,
  wantedPorts,
} from './installation';
import { takeInstanceLock } from './instance-lock';
import { findTakenPorts } from './ports';
import { Run } from './run';
import { createSteps } from './steps.mjs';

/**
 * The supervisor: one data directory, one PostgreSQL, and web, switch and worker kept running over
 * it. Started by start.mjs in the same process.
 */

/** With --json standard output carries nothing but the ready line. */
function outputOf(settings: Settings): NodeJS.WriteStream {
  return settings.json ? process.stderr : process.stdout;
}

function refuse(message: string): never {
  process.stderr.write(`tollbridge: ${message}\n`);
  process.exit(1);
}

/** What was asked for, and the data directory, made if need be; one line and exit 1 where either is no good. */
function openOrExit(): { readonly asked: Settings; readonly opened: DataDirectory } {
  try {
    const asked = readSettings();
    refuseExposedScenario(asked);
    return { asked, opened: openDataDirectory(asked) };
  } catch (error) {
    if (error instanceof EnvError) return refuse(error.message);
    throw error;
  }
}

/** One Ctrl-C can arrive twice: from the terminal, and passed on by whoever started this. */
const SAME_SIGNAL_MS = 500;

/**
 * SIGTERM lets calls end (DRAIN_SECONDS), SIGINT and SIGHUP stop soon. A signal on top goes one step
 * further: from draining to stopping, from stopping to the end.
 */
function listenToSignals(run: Run): void {
  let state: 'running' | 'draining' | 'stopping' = 'running';
  let askedMs = Number.NEGATIVE_INFINITY;
  const hear = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (now - askedMs <= SAME_SIGNAL_MS) return;
    askedMs = now;
    if (state === 'stopping') run.forceStop();
    if (state === 'running' && signal === 'SIGTERM') {
      state = 'draining';
      void run.drain(signal);
      return;
    }
    state = 'stopping';
    void run.stop(signal, 0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
}

async function main(): Promise<void> {
  const { asked, opened } = openOrExit();
  const output = outputOf(asked);
  const write = (text: string): void => void output.write(text);
  const log = createLogger({
    process: 'supervisor',
    level: asked.logLevel,
    format: asked.logFormat,
    write,
  });
  const { dataDir, throwAway } = opened;
  const settings: Settings = { ...asked, dataDir };
  const web = `http://${hostPort(localAddress(settings.bindAddress), settings.port)}`;
  const lock = takeInstanceLock(dataDir, web);
  if (!lock.ok) {
    refuse(alreadyRunning(dataDir, lock.holder));
  }
  const run = new Run({ settings, throwAway, log, write, steps: createSteps(write), lock });
  listenToSignals(run);
  process.on('uncaughtException', (error) => run.fail(error));
  process.on('unhandledRejection', (error) => run.fail(error));
  try {
    const taken = await findTakenPorts(wantedPorts(settings));
    if (taken.length > 0) throw new EnvError(taken.join('\ntollbridge: '));
    await run.start();
  } catch (error) {
    run.fail(error);
  }
}

await main();
