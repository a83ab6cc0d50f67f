import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '@/lib/infra/env';
import { hostPort, localAddress } from './installation';

const PATIENCE_MS = 60_000;
/** Often at first, as it takes a second or two; then less, so that a broken page does not fill the log. */
const EVERY_MS = 100;
const LATER_EVERY_MS = 1_000;
const SOON_MS = 5_000;

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
 * last answer, which names the part that is down, after a minute. False when it was given up before.
 */
export async function waitForHealth(env: Env, givenUp: () => boolean): Promise<boolean> {
  const url = `http://${hostPort(localAddress(env.bindAddress), env.port)}/api/health`;
  const since = Date.now();
  let last = 'no answer';
  while (Date.now() - since < PATIENCE_MS && !givenUp()) {
    const answer = await ask(url);
    if (answer?.ok === true) return true;
    last = answer?.text ?? last;
    await sleep(Date.now() - since < SOON_MS ? EVERY_MS : LATER_EVERY_MS);
  }
  if (givenUp()) return false;
  throw new Error(`not healthy after ${PATIENCE_MS / 1000} s: ${last}`);
}
