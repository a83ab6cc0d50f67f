import { expect } from 'vitest';
import type { Citizens } from './citizens';
import type { RunningSwitch } from './running-switch';

/** Far beyond what a registration and a call take, and what nobody would call an outage. */
const UNNOTICED_MS = 3_000;

/** Attacks beside two phones that must not notice; afterwards the switch has logged no error. */
export async function unnoticed<T>(
  { running, citizens }: { running: RunningSwitch; citizens: Citizens },
  attack: () => Promise<T>,
): Promise<T> {
  const before = running.errors().length;
  const { result, report } = await citizens.beside(attack);
  expect(report.complaints).toEqual([]);
  expect(report.rounds).toBeGreaterThanOrEqual(1);
  expect(report.slowestMs).toBeLessThan(UNNOTICED_MS);
  expect(running.errors().slice(before)).toEqual([]);
  return result;
}
