import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import { fraudRuleSchema, type WireFraudBlock } from '@/lib/services/fraud/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const blockInclude = { account: true } satisfies Prisma.FraudBlockInclude;

export type BlockRow = Prisma.FraudBlockGetPayload<{ include: typeof blockInclude }>;

/** A block in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findBlock(
  tx: Tx,
  { actor }: ServiceContext,
  blockId: string,
): Promise<BlockRow> {
  const row = isUuid(blockId)
    ? await tx.fraudBlock.findFirst({
        where: { id: blockId, account: inSubtree(actor) },
        include: blockInclude,
      })
    : null;
  if (row === null) throw notFound('block');
  return row;
}

/** Blocks as the API shows them. */
export async function toWireBlocks(
  context: ServiceContext,
  rows: readonly BlockRow[],
): Promise<readonly WireFraudBlock[]> {
  const extensionIds = rows.flatMap(({ subject, subjectId }) =>
    subject === 'extension' ? [subjectId] : [],
  );
  const extensions = await context.database.prisma.extension.findMany({
    where: { id: { in: extensionIds } },
    select: { id: true, number: true, tenant: { select: { domain: true } } },
  });
  const names = new Map(
    extensions.map(({ id, number, tenant }) => [id, `${number} · ${tenant.domain}`]),
  );
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'fraud_block', ids);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    accountName: row.account.name,
    subject: row.subject === 'extension' ? 'extension' : 'account',
    subjectId: row.subjectId,
    // An extension that is gone is no longer called anything.
    name: row.subject === 'extension' ? (names.get(row.subjectId) ?? '–') : row.account.name,
    rule: fraudRuleSchema.safeParse(row.rule).data ?? null,
    reason: row.reason,
    callId: row.callId,
    prefix: row.prefix,
    createdAt: row.createdAt.toISOString(),
    releasedAt: row.releasedAt?.toISOString() ?? null,
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
