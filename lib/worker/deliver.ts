import { setTimeout as sleep } from 'node:timers/promises';
import { type DeliveryContext, deliverDue } from '@/lib/services/outbox/deliver-due';

/** Between two looks at the outbox; there is no NOTIFY in a call's transaction. */
const LOOK_MS = 2_000;
/** How long a stop waits for a slow receiver; what is cut off is delivered again, by the same id. */
const PATIENCE_MS = 2_000;

/** Delivers durable events as they become due, one batch after the other, until `stop`. */
export function startDelivering(context: DeliveryContext): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const look = (): void => {
    running = deliverDue(context)
      .catch((error: unknown) => {
        context.log.warn('outbox.look_failed', { error });
        return 0;
      })
      .then((taken) => {
        if (stopped) return;
        timer = setTimeout(look, taken > 0 ? 0 : LOOK_MS);
      });
  };

  look();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await Promise.race([running, sleep(PATIENCE_MS)]);
    },
  };
}
