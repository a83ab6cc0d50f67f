import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireVerifiedNumber } from '@/lib/services/verified-numbers/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const verifiedInclude = {
  tenant: { select: { domain: true } },
} satisfies Prisma.VerifiedNumberInclude;

export type VerifiedRow = Prisma.VerifiedNumberGetPayload<{ include: typeof verifiedInclude }>;

/** A proven number in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findVerified(
  tx: Tx,
  { actor }: ServiceContext,
  id: string,
): Promise<VerifiedRow> {
  const row = isUuid(id)
    ? await tx.verifiedNumber.findFirst({
        where: { id, account: inSubtree(actor) },
        include: verifiedInclude,
      })
    : null;
  if (row === null) throw notFound('verified number');
  return row;
}

/** Proven numbers as the API shows them. */
export async function toWireVerified(
  context: ServiceContext,
  rows: readonly VerifiedRow[],
): Promise<readonly WireVerifiedNumber[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'verified_number', ids);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    tenantId: row.tenantId,
    domain: row.tenant.domain,
    e164: row.e164,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
