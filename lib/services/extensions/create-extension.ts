import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getExtension } from './get-extension';
import { insertExtension } from './insert-extension';
import { requireOwnNumber } from './internal/find';
import { takeGrantedPlace } from './internal/grant';
import { type CreateExtensionInput, createExtensionSchema, type WireExtension } from './schemas';

/**
 * Creates an extension. A customer takes a place that its plans grant (USAGE_EXCEEDS_LIMIT when
 * none is left); whoever sells to the tenant's account may create any. Throws CONFLICT for a
 * number that is taken in the tenant, INVALID_INPUT for an emergency number or a weak secret.
 */
export async function createExtension(
  context: ServiceContext,
  input: CreateExtensionInput,
): Promise<WireExtension> {
  authorize(context, 'extensions.write');
  const data = parseInput(createExtensionSchema, input);
  const { actor, database } = context;
  const taken = `The number ${data.number ?? ''} is taken in this tenant.`;
  const id = await refuseConflicts({ taken }, () =>
    database.prisma.$transaction(async (tx) => {
      const tenant = isUuid(data.tenantId)
        ? await tx.tenant.findFirst({ where: { id: data.tenantId, account: inSubtree(actor) } })
        : null;
      if (tenant === null) throw notFound('tenant');
      if (data.callerNumberId) await requireOwnNumber(tx, tenant.id, data.callerNumberId);
      const extension = await insertExtension(tx, context, {
        tenantId: tenant.id,
        number: data.number ?? null,
        name: data.name,
        secret: data.secret ?? null,
        callerNumberId: data.callerNumberId ?? null,
        subscriptionId:
          actor.accountKind === 'customer' ? await takeGrantedPlace(tx, tenant.accountId) : null,
      });
      await recordAudit(tx, context, {
        verb: 'extensions.create',
        objectKind: 'extension',
        objectId: extension.id,
        accountId: tenant.accountId,
        detail: { tenantId: tenant.id, number: extension.number },
      });
      return extension.id;
    }),
  );
  return await getExtension(context, id);
}
