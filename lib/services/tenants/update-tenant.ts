import { emergencyNumbers } from '@/lib/core/emergency';
import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getTenant } from './get-tenant';
import { findTenant } from './internal/view';
import { type UpdateTenantInput, updateTenantSchema, type WireTenant } from './schemas';

/** Changes country, state, what may be called or what is heard of us; what is left out stays. */
export async function updateTenant(
  context: ServiceContext,
  tenantId: string,
  input: UpdateTenantInput,
): Promise<WireTenant> {
  authorize(context, 'tenants.write');
  const data = parseInput(updateTenantSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const tenant = await findTenant(tx, context, tenantId);
    if (data.country) await refuseEmergencyExtensions(tx, tenant.id, data.country);
    await tx.tenant.update({
      where: { id: tenant.id },
      data: {
        ...(data.country ? { country: data.country } : {}),
        ...(data.state ? { status: data.state } : {}),
        ...(data.allowedDestinations ? { allowedDestinations: data.allowedDestinations } : {}),
        ...(data.callerIdPolicy ? { callerIdPolicy: data.callerIdPolicy } : {}),
        ...soundsOf(data),
      },
    });
    await recordAudit(tx, context, {
      verb: 'tenants.update',
      objectKind: 'tenant',
      objectId: tenant.id,
      accountId: tenant.accountId,
      detail: {
        ...(data.country ? { country: data.country } : {}),
        ...(data.state ? { state: data.state } : {}),
        ...(data.allowedDestinations ? { allowedDestinations: data.allowedDestinations } : {}),
        ...(data.callerIdPolicy ? { callerIdPolicy: data.callerIdPolicy } : {}),
        ...soundsOf(data),
      },
    });
  });
  return await getTenant(context, tenantId);
}

function soundsOf({ announceRefusals, holdMusic }: UpdateTenantInput) {
  return {
    ...(announceRefusals === undefined ? {} : { announceRefusals }),
    ...(holdMusic === undefined ? {} : { holdMusic }),
  };
}

/** An extension must not come to stand in the way of an emergency number by a move abroad. */
async function refuseEmergencyExtensions(tx: Tx, tenantId: string, country: string): Promise<void> {
  // The tenant's lock keeps extensions from being added meanwhile (insertExtension takes it too).
  await tx.$queryRaw`SELECT 1 FROM tenant WHERE id = ${tenantId}::uuid FOR UPDATE`;
  const digits = emergencyNumbers(country).map((one) => one.digits);
  const clash = await tx.extension.findFirst({ where: { tenantId, number: { in: digits } } });
  if (clash === null) return;
  throw new AppError(
    'CONFLICT',
    `Extension ${clash.number} is an emergency number in ${country}: renumber it first.`,
  );
}
