import type { ControlClient } from '@/lib/control/client';
import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';

/**
 * Ends a call in progress. The switch decides whether it lies in the caller's subtree (NOT_FOUND);
 * what is audited is what it has done.
 */
export async function hangUpCall(
  context: ServiceContext,
  control: ControlClient,
  callId: string,
): Promise<void> {
  authorize(context, 'calls.hangUp');
  if (!isUuid(callId)) throw notFound('call');
  const { actor, database } = context;
  await control.send('hangUp', { scopePath: actor.accountPath, callId });
  await database.prisma.$transaction((tx) =>
    recordAudit(tx, context, {
      verb: 'calls.hangUp',
      objectKind: 'call',
      objectId: callId,
      accountId: actor.accountId,
    }),
  );
}
