import { expect } from 'vitest';
import type { Citizens } from './citizens';
import type { RunningSwitch } from './running-switch';

/** What nobody would call an outage, however quick the machine is … */
const UNNOTICED_MS = 2_000;
/** … and how much longer than on a quiet switch a registration and a call may take. */
const UNNOTICED_TIMES = 20;

/** Attacks beside two phones that must not notice; afterwards the switch has logged no error. */
export async function unnoticed<T>(
  { running, citizens }: { running: RunningSwitch; citizens: Citizens },
  attack: () => Promise<T>,
): Promise<T> {
  const before = running.errors().length;
  const { result, report } = await citizens.beside(attack);
  expect(report.complaints).toEqual([]);
  expect(report.rounds).toBeGreaterThanOrEqual(1);
  expect(report.slowestMs).toBeLessThan(UNNOTICED_MS + UNNOTICED_TIMES * citizens.quietMs);
  expect(running.errors().slice(before)).toEqual([]);
  return result;
}
