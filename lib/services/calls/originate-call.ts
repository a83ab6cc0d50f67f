import type { ControlClient } from '@/lib/control/client';
import { AppError } from '@/lib/core/errors';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { type OriginateCallInput, originateCallSchema } from './schemas';

/**
 * Rings an extension's phones and puts whoever takes it through to a number, as if it had been dialled
 * there: same price, same caller number, same limits. Anybody may have their own extension ring; that of
 * others takes the right for it. Returns at once with the id that the call will have in the live calls
 * and in the list. Not idempotent by itself: a repeated request without an Idempotency-Key rings again,
 * or is a CONFLICT while the phone still rings. Throws NOT_FOUND; FORBIDDEN while acting as somebody
 * else and for emergency numbers; what the switch refuses the call with; UNAVAILABLE.
 */
export async function originateCall(
  context: ServiceContext,
  control: ControlClient,
  input: OriginateCallInput,
): Promise<{ readonly callId: string }> {
  authorize(context, 'calls.originate');
  const { actor, database } = context;
  if (actor.behindId !== null) {
    throw new AppError('FORBIDDEN', 'No calls are placed while you act as somebody else.');
  }
  const { extensionId, dialled, callAs = null } = parseInput(originateCallSchema, input);
  const extension = await database.prisma.extension.findFirst({
    where: { id: extensionId, tenant: { account: inSubtree(actor) } },
    select: { userId: true, tenant: { select: { accountId: true } } },
  });
  if (extension === null) throw notFound('extension');
  const isOwn = actor.kind === 'user' && extension.userId !== null && extension.userId === actor.id;
  if (!isOwn) authorize(context, 'calls.originateForOthers');
  const asked = { scopePath: actor.accountPath, extensionId, dialled, callAs };
  const { callId } = await control.send('originate', asked);
  await database.prisma.$transaction((tx) =>
    recordAudit(tx, context, {
      verb: 'calls.originate',
      objectKind: 'call',
      objectId: callId,
      accountId: extension.tenant.accountId,
      detail: { extensionId },
    }),
  );
  return { callId };
}
