import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getBan } from './get-ban';
import { toRange } from './rules';
import { type CreateBanInput, createBanSchema, type WireBan } from './schemas';

/**
 * Shuts an address or a range out of SIP, until a moment or until it is lifted. Trunks and allowed
 * addresses in the range stay allowed. Throws INVALID_INPUT.
 */
export async function createBan(context: ServiceContext, input: CreateBanInput): Promise<WireBan> {
  authorize(context, 'bans.write');
  const { address, reason, until } = parseInput(createBanSchema, input);
  const cidr = toRange(address);
  const nowMs = context.clock.nowMs();
  const end = until == null ? null : new Date(until);
  if (end !== null && end.getTime() <= nowMs) {
    throw new AppError('INVALID_INPUT', 'The end of a ban lies in the future.');
  }
  const id = newId(nowMs);
  const { accountId } = context.actor;
  const rule = { action: 'ban', origin: 'person', cidr, reason } as const;
  await context.database.prisma.$transaction(async (tx) => {
    await tx.addressRule.create({
      data: { id, accountId, ...rule, since: new Date(nowMs), until: end },
    });
    await recordAudit(tx, context, {
      verb: 'bans.create',
      objectKind: 'address_rule',
      objectId: id,
      accountId,
      detail: { cidr, until: end?.toISOString() ?? null },
    });
  });
  return await getBan(context, id);
}
