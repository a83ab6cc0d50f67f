import type { ControlClient } from '@/lib/control/client';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { LiveCall } from '@/lib/services/live/schemas';
import { viewCall } from '@/lib/services/live/view';
import { parseInput } from '@/lib/services/parse';
import { type LiveCallQuery, liveCallQuerySchema } from './schemas';

/** Calls in progress. Throws UNAVAILABLE while the switch does not answer. */
export async function listLiveCalls(
  context: ServiceContext,
  control: ControlClient,
  input: LiveCallQuery = {},
): Promise<{ items: LiveCall[]; total: number }> {
  authorize(context, 'calls.read');
  const { limit } = parseInput(liveCallQuerySchema, input);
  const { actor } = context;
  const { calls, total } = await control.send('liveCalls', { scopePath: actor.accountPath, limit });
  return { items: calls.flatMap((call) => viewCall(call, actor) ?? []), total };
}
