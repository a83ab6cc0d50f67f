import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** Clock ticks of /proc/<pid>/stat are hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

function fieldsOf(pid: number | string): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    // Ended meanwhile, or no Linux.
    return undefined;
  }
}

/** Processor time of a process with all its threads so far; 0 where the system does not say. */
export function cpuMsOf(pid: number): number {
  const fields = fieldsOf(pid);
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The processes that a process has started and that run now. */
export function childrenOf(pid: number): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && fieldsOf(name)?.[1] === String(pid))
    .map(Number);
}

/** Processor time of a process and its children. */
export function treeCpuMsOf(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuMsOf(each), 0);
}

/** Which processor is whose: what is measured has the first to itself, all else shares the rest. */
export type Place = 'measured' | 'others';

/** Keeps a process, its threads and its children to come on their processors, where that can be. */
export function pin(pid: number, place: Place): boolean {
  const last = os.cpus().length - 1;
  if (last < 1) return false;
  const list = place === 'measured' ? '0' : `1-${last}`;
  try {
    execFileSync('taskset', ['-a', '-p', '-c', list, String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Lets a process and its children go first no more: what measures shall not wait for what is beside
 * it, or it would measure itself.
 */
export function giveWay(pid: number): void {
  for (const each of [pid, ...childrenOf(pid)]) {
    try {
      os.setPriority(each, os.constants.priority.PRIORITY_LOW);
    } catch {
      // Ended meanwhile.
    }
  }
}

/** A UDP port of loopback that nobody has now. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
