import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { type ExtensionRow, extensionInclude } from './view';

/** An extension in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findExtension(
  tx: Tx,
  { actor }: ServiceContext,
  extensionId: string,
): Promise<ExtensionRow> {
  const row = isUuid(extensionId)
    ? await tx.extension.findFirst({
        where: { id: extensionId, tenant: { account: inSubtree(actor) } },
        include: extensionInclude,
      })
    : null;
  if (row === null) throw notFound('extension');
  return row;
}

/** Throws NOT_FOUND unless the number is the tenant's own. */
export async function requireOwnNumber(tx: Tx, tenantId: string, numberId: string): Promise<void> {
  const own = await tx.phoneNumber.findFirst({
    where: { id: numberId, tenantId },
    select: { id: true },
  });
  if (own === null) throw notFound('number in this tenant');
}
