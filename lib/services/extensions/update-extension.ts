import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getExtension } from './get-extension';
import { findExtension, requireOwnNumber } from './internal/find';
import { type UpdateExtensionInput, updateExtensionSchema, type WireExtension } from './schemas';

/** Changes name, state or caller number; what is left out stays. */
export async function updateExtension(
  context: ServiceContext,
  extensionId: string,
  input: UpdateExtensionInput,
): Promise<WireExtension> {
  authorize(context, 'extensions.write');
  const data = parseInput(updateExtensionSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const extension = await findExtension(tx, context, extensionId);
    if (data.callerNumberId) await requireOwnNumber(tx, extension.tenantId, data.callerNumberId);
    await tx.extension.update({
      where: { id: extension.id },
      data: {
        ...(data.name === undefined ? {} : { name: data.name }),
        ...(data.state === undefined ? {} : { status: data.state }),
        ...(data.callerNumberId === undefined ? {} : { callerNumberId: data.callerNumberId }),
      },
    });
    await recordAudit(tx, context, {
      verb: 'extensions.update',
      objectKind: 'extension',
      objectId: extension.id,
      accountId: extension.tenant.accountId,
      detail: {
        changed: Object.keys(data),
        ...(data.state === undefined ? {} : { from: extension.status, to: data.state }),
      },
    });
  });
  return await getExtension(context, extensionId);
}
