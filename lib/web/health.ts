import { createControlClient } from '@/lib/control/client';
import { readBeats } from '@/lib/services/health/read-beats';
import type { ComponentState, Health } from '@/lib/services/health/schemas';
import type { WebRuntime } from './runtime';

/** A part that takes longer than this to answer is down. */
const TIMEOUT_MS = 1_500;
/** Checks are shared for this long, so that asking is cheap for us, too. */
const SHARED_MS = 1_000;

interface Shared {
  readonly untilMs: number;
  readonly health: Promise<Health>;
}
const shared = new WeakMap<WebRuntime, Shared>();

/** Asks every part whether it works. Never throws: a part that does not answer is down. */
export function checkHealth(runtime: WebRuntime): Promise<Health> {
  const nowMs = runtime.clock.nowMs();
  const last = shared.get(runtime);
  if (last && last.untilMs > nowMs) return last.health;
  const health = check(runtime);
  shared.set(runtime, { untilMs: nowMs + SHARED_MS, health });
  return health;
}

async function check(runtime: WebRuntime): Promise<Health> {
  const [beats, phone] = await Promise.all([checkDatabase(runtime), checkSwitch(runtime)]);
  const components = { ...beats, web: 'ok' as const, switch: phone };
  const down = Object.entries(components)
    .filter(([, state]) => state === 'down')
    .map(([name]) => name);
  return {
    status: down.length === 0 ? 'ok' : 'down',
    components,
    down,
    checkedAt: new Date(runtime.clock.nowMs()).toISOString(),
  };
}

async function checkDatabase(
  runtime: WebRuntime,
): Promise<{ database: ComponentState; worker: ComponentState }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the database is too slow')), TIMEOUT_MS);
  });
  try {
    const beats = await Promise.race([readBeats(runtime.database, runtime.clock.nowMs()), late]);
    return { database: 'ok', worker: beats.worker ? 'ok' : 'down' };
  } catch (error) {
    runtime.log.warn('health.database_down', { error });
    return { database: 'down', worker: 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}

async function checkSwitch(runtime: WebRuntime): Promise<ComponentState> {
  const { controlPort: port, controlSecret: secret } = runtime.settings;
  try {
    const status = await createControlClient({ port, secret, timeoutMs: TIMEOUT_MS }).send(
      'status',
      {},
    );
    return status.state === 'starting' ? 'down' : 'ok';
  } catch {
    return 'down';
  }
}
