import type { Clock } from '@/lib/core/clock';
import type { Logger } from '@/lib/infra/log';
import { heartbeat, startNode, stopNode } from '@/lib/services/charging/node-lease';
import type { ServicesDatabase } from '@/lib/services/database';

export interface BeatOptions {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodeId: string;
}

/** Between two signs of life; three missed ones and the health check calls the worker down. */
const BEAT_MS = 5_000;

/** Says every five seconds that the worker is alive, until `stop` says that it stopped in order. */
export async function startBeating(options: BeatOptions): Promise<{ stop(): Promise<void> }> {
  const { database, clock, log, nodeId } = options;
  const lease = await startNode(database, { nodeId, kind: 'worker', nowMs: clock.nowMs() });
  const timer = setInterval(() => {
    heartbeat(database, lease, clock.nowMs()).then(
      (alive) => {
        // Jobs are safe to share: two workers take different ones. Told all the same.
        if (!alive) log.warn('worker.fenced', { nodeId });
      },
      (error: unknown) => log.warn('worker.heartbeat_failed', { nodeId, error }),
    );
  }, BEAT_MS);
  return {
    async stop() {
      clearInterval(timer);
      await stopNode(database, lease, clock.nowMs());
    },
  };
}
