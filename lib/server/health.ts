import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '@/lib/infra/env';
import { hostPort, localAddress } from './installation';

const PATIENCE_MS = 60_000;
const EVERY_MS = 100;

/** Asks the web process how everything is. Null while it does not answer. */
async function ask(url: string): Promise<{ ok: boolean; text: string } | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return { ok: response.status === 200, text: (await response.text()).slice(0, 500) };
  } catch {
    return null;
  }
}

/**
 * Waits until GET /api/health says that database, web, switch and worker are up. Throws with its
 * last answer, which names the part that is down, after a minute; returns early when `given` up.
 */
export async function waitForHealth(env: Env, givenUp: () => boolean): Promise<void> {
  const url = `http://${hostPort(localAddress(env.bindAddress), env.port)}/api/health`;
  const until = Date.now() + PATIENCE_MS;
  let last = 'no answer';
  while (Date.now() < until && !givenUp()) {
    const answer = await ask(url);
    if (answer?.ok === true) return;
    last = answer?.text ?? last;
    await sleep(EVERY_MS);
  }
  if (!givenUp()) throw new Error(`not healthy after ${PATIENCE_MS / 1000} s: ${last}`);
}
