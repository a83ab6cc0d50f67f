import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';

/** Takes the operator's word on a prefix back; the built-in table counts again. */
export async function deleteDestinationPrefix(
  context: ServiceContext,
  prefixId: string,
): Promise<void> {
  authorize(context, 'destinations.write');
  await context.database.prisma.$transaction(async (tx) => {
    const row = isUuid(prefixId)
      ? await tx.destinationPrefix.findUnique({ where: { id: prefixId } })
      : null;
    if (row === null) throw notFound('prefix');
    await tx.destinationPrefix.delete({ where: { id: row.id } });
    await recordAudit(tx, context, {
      verb: 'destinations.delete',
      objectKind: 'destination_prefix',
      objectId: row.id,
      accountId: row.accountId,
      detail: { prefix: row.prefix, class: row.class },
    });
  });
}
