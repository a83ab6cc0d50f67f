import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findRule } from './internal/view';

/** Takes an exemption back: limits and bans count for it again. */
export async function disallowAddress(context: ServiceContext, ruleId: string): Promise<void> {
  authorize(context, 'bans.write');
  await context.database.prisma.$transaction(async (tx) => {
    const rule = await findRule(tx, context, { id: ruleId, action: 'allow' });
    await tx.addressRule.delete({ where: { id: rule.id } });
    await recordAudit(tx, context, {
      verb: 'bans.disallow',
      objectKind: 'address_rule',
      objectId: rule.id,
      accountId: rule.accountId,
      detail: { cidr: rule.cidr },
    });
  });
}
