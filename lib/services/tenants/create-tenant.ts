import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getTenant } from './get-tenant';
import { type CreateTenantInput, createTenantSchema, type WireTenant } from './schemas';

/** Creates a SIP domain for an account. Throws CONFLICT where the domain is in use anywhere. */
export async function createTenant(
  context: ServiceContext,
  input: CreateTenantInput,
): Promise<WireTenant> {
  authorize(context, 'tenants.write');
  const data = parseInput(createTenantSchema, input);
  const id = newId(context.clock.nowMs());
  await refuseConflicts({ taken: `The domain ${data.domain} is in use.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const account = await findAccount(tx, context, data.accountId);
      await tx.tenant.create({
        data: {
          id,
          accountId: account.id,
          domain: data.domain,
          country: data.country ?? account.country,
          allowedDestinations: data.allowedDestinations,
        },
      });
      await recordAudit(tx, context, {
        verb: 'tenants.create',
        objectKind: 'tenant',
        objectId: id,
        accountId: account.id,
        detail: { domain: data.domain, allowedDestinations: data.allowedDestinations },
      });
    }),
  );
  return await getTenant(context, id);
}
