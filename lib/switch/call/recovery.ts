import { recoverCalls } from '@/lib/services/charging/recover-calls';
import type { NodeLease } from '@/lib/services/charging/types';
import type { ServicesDatabase } from '@/lib/services/database';
import type { SipStack } from '@/lib/switch/stack';
import { sayFarewell } from './farewell';

/** Settles what an earlier life of this node left, and says BYE to both sides. */
export async function recover(
  stack: SipStack,
  { database, lease }: { database: ServicesDatabase; lease: NodeLease },
): Promise<void> {
  const { clock, log } = stack;
  const recovered = await recoverCalls({
    database,
    clock,
    lease,
    onError: (error, callId) => log.error('call.recover', { callId, error }),
  });
  for (const { callId, ratedSeconds, dialogs } of recovered) {
    log.warn('call.recovered', { callId, ratedSeconds });
    sayFarewell(stack, dialogs);
  }
}
