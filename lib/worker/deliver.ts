import { type DeliveryContext, deliverDue } from '@/lib/services/outbox/deliver-due';
import { keepLookOut } from './look-out';

/** Between two looks at the outbox; there is no NOTIFY in a call's transaction. */
const LOOK_MS = 2_000;
/** How long a stop waits for a slow receiver; what is cut off is delivered again, by the same id. */
const PATIENCE_MS = 2_000;

/** Delivers durable events as they become due, one batch after the other, until `stop`. */
export function startDelivering(context: DeliveryContext): { stop(): Promise<void> } {
  return keepLookOut({
    look: async () => (await deliverDue(context)) > 0,
    everyMs: LOOK_MS,
    patienceMs: PATIENCE_MS,
    onFailed: (error) => context.log.warn('outbox.look_failed', { error }),
  });
}
