import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getFraudBlock } from './get-fraud-block';
import { isAbove } from './rules';
import { type CreateFraudBlockInput, createFraudBlockSchema, type WireFraudBlock } from './schemas';

/**
 * Blocks an extension or a whole account from calling out, until it is released; emergency calls still
 * work. Throws CONFLICT where it is blocked already, FORBIDDEN for the caller's own account.
 */
export async function createFraudBlock(
  context: ServiceContext,
  input: CreateFraudBlockInput,
): Promise<WireFraudBlock> {
  authorize(context, 'fraud.release');
  const { subject, subjectId, reason } = parseInput(createFraudBlockSchema, input);
  const nowMs = context.clock.nowMs();
  const id = newId(nowMs);
  await refuseConflicts({ taken: `This ${subject} is blocked already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const accountId = await ownerOf(tx, context, { subject, subjectId });
      const account = await findAccount(tx, context, accountId);
      if (subject === 'account' && !isAbove(context.actor, account)) {
        throw new AppError('FORBIDDEN', 'Only whoever sells to this account may block it.');
      }
      await tx.fraudBlock.create({
        data: {
          ...{ id, accountId, subject, subjectId, reason },
          rule: 'manual',
          createdAt: new Date(nowMs),
        },
      });
      await recordAudit(tx, context, {
        verb: 'fraud.block',
        objectKind: 'fraud_block',
        objectId: id,
        accountId,
        detail: { subject, subjectId },
      });
    }),
  );
  return await getFraudBlock(context, id);
}

async function ownerOf(
  tx: Tx,
  { actor }: ServiceContext,
  of: Pick<CreateFraudBlockInput, 'subject' | 'subjectId'>,
): Promise<string> {
  if (of.subject === 'account') return of.subjectId;
  const extension = await tx.extension.findFirst({
    where: { id: of.subjectId, tenant: { account: inSubtree(actor) } },
    select: { tenant: { select: { accountId: true } } },
  });
  if (!extension) throw notFound('extension');
  return extension.tenant.accountId;
}
