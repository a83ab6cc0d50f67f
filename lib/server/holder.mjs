import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Whether a process with this id exists, whoever it belongs to. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The start time that Linux keeps for a process (field 22 of /proc/<pid>/stat). */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** The file that says who works in a data directory. */
export const lockFile = (dataDir) => path.join(dataDir, 'supervisor.lock');

/** How a second start is told. */
export const alreadyRunning = (dataDir, { pid, web }) =>
  `already running on ${dataDir} (process ${pid}, ${web})`;

/** The data directory asked for; null for a scenario's throw-away one. Mistakes are env.ts's to tell. */
function askedDataDir(argv, variables) {
  const option = (name) => {
    const at = argv.findIndex((word) => word === name || word.startsWith(`${name}=`));
    return at < 0 ? undefined : (argv[at].split('=')[1] ?? argv[at + 1]);
  };
  const asked = option('--data-dir') || variables.DATA_DIR;
  if (asked) return path.resolve(asked);
  return option('--scenario') || variables.SCENARIO ? null : path.resolve('data');
}

/**
 * Why nothing may be installed or built now: a run on this machine uses the very files. Null where
 * none does; the lock proper is taken later, by the supervisor.
 */
export function runningComplaint(argv, variables) {
  const dataDir = askedDataDir(argv, variables);
  if (dataDir === null) return null;
  try {
    const holder = JSON.parse(readFileSync(lockFile(dataDir), 'utf8'));
    const isHeld =
      holder.host === os.hostname() &&
      isAlive(holder.pid) &&
      startOf(holder.pid) === holder.startedAt;
    return isHeld ? alreadyRunning(dataDir, holder) : null;
  } catch {
    // No lock, or none that can be read: the supervisor will say.
    return null;
  }
}
