import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findRule } from './internal/view';

/** Ends a ban, whoever made it; what the switch made itself it may make again. */
export async function liftBan(context: ServiceContext, banId: string): Promise<void> {
  authorize(context, 'bans.write');
  await context.database.prisma.$transaction(async (tx) => {
    const rule = await findRule(tx, context, { id: banId, action: 'ban' });
    await tx.addressRule.delete({ where: { id: rule.id } });
    await recordAudit(tx, context, {
      verb: 'bans.lift',
      objectKind: 'address_rule',
      objectId: rule.id,
      accountId: rule.accountId,
      detail: { cidr: rule.cidr, origin: rule.origin, reason: rule.reason, level: rule.level },
    });
  });
}
