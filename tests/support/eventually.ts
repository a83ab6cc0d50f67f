import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds that other processes do in their own time; throws when it does not. */
export async function eventually(
  check: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${check}`);
    await sleep(50);
  }
}
