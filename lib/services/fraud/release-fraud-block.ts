import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { getFraudBlock } from './get-fraud-block';
import { findBlock } from './internal/block-view';
import { isAbove } from './rules';
import type { WireFraudBlock } from './schemas';

/**
 * Lets a blocked extension or account call out again; what led to the block counts no more. Releasing
 * twice changes nothing. Throws FORBIDDEN for a block of the caller's own account: whoever took over
 * an account shall not release it.
 */
export async function releaseFraudBlock(
  context: ServiceContext,
  blockId: string,
): Promise<WireFraudBlock> {
  authorize(context, 'fraud.release');
  await context.database.prisma.$transaction(async (tx) => {
    const block = await findBlock(tx, context, blockId);
    if (!isAbove(context.actor, block.account)) {
      throw new AppError('FORBIDDEN', 'Only whoever sells to this account may release it.');
    }
    const { count } = await tx.fraudBlock.updateMany({
      where: { id: block.id, releasedAt: null },
      data: { releasedAt: new Date(context.clock.nowMs()) },
    });
    if (count === 0) return;
    await recordAudit(tx, context, {
      verb: 'fraud.release',
      objectKind: 'fraud_block',
      objectId: block.id,
      accountId: block.accountId,
      detail: { subject: block.subject, subjectId: block.subjectId, rule: block.rule },
    });
  });
  return await getFraudBlock(context, blockId);
}
