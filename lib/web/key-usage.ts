import { recordKeyUse } from '@/lib/services/api-keys/record-use';
import type { WebRuntime } from './runtime';

/** Uses are written at most this often, all keys in one statement. */
const FLUSH_MS = 10_000;

interface Pending {
  readonly uses: Map<string, number>;
  timer: NodeJS.Timeout | null;
}
const pending = new WeakMap<WebRuntime, Pending>();

/** Notes that a key was used; its `lastUsedAt` follows within ten seconds. */
export function keyUsed(runtime: WebRuntime, keyId: string): void {
  let state = pending.get(runtime);
  if (!state) {
    state = { uses: new Map(), timer: null };
    pending.set(runtime, state);
  }
  const now = state;
  now.uses.set(keyId, runtime.clock.nowMs());
  now.timer ??= setTimeout(() => {
    now.timer = null;
    flushKeyUse(runtime).catch((error: unknown) =>
      runtime.log.warn('api_key.use_not_recorded', { error }),
    );
  }, FLUSH_MS).unref();
}

/** Writes the uses noted so far. */
export async function flushKeyUse(runtime: WebRuntime): Promise<void> {
  const uses = pending.get(runtime)?.uses;
  if (!uses || uses.size === 0) return;
  const batch = [...uses];
  uses.clear();
  await recordKeyUse(runtime.database, batch);
}
