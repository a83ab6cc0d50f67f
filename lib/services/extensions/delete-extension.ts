import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findExtension } from './internal/find';

/** Deletes an extension with its registrations; numbers that led to it lead nowhere. */
export async function deleteExtension(context: ServiceContext, extensionId: string): Promise<void> {
  authorize(context, 'extensions.write');
  await context.database.prisma.$transaction(async (tx) => {
    const extension = await findExtension(tx, context, extensionId);
    await tx.extension.delete({ where: { id: extension.id } });
    await recordAudit(tx, context, {
      verb: 'extensions.delete',
      objectKind: 'extension',
      objectId: extension.id,
      accountId: extension.tenant.accountId,
      detail: { tenantId: extension.tenantId, number: extension.number },
    });
  });
}
