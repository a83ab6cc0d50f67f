import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { findLocation, showNumberOf } from './internal/view';
import { type ChooseEmergencyAddressInput, chooseEmergencyAddressSchema } from './schemas';

/** Says which place of a tenant is its own: for all who have no number with a place of its own. */
export async function chooseTenantAddress(
  context: ServiceContext,
  tenantId: string,
  input: ChooseEmergencyAddressInput,
): Promise<void> {
  authorize(context, 'emergency.write');
  const { emergencyAddressId } = parseInput(chooseEmergencyAddressSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const tenant = isUuid(tenantId)
      ? await tx.tenant.findFirst({ where: { id: tenantId, account: inSubtree(context.actor) } })
      : null;
    if (tenant === null) throw notFound('tenant');
    await requireOfTenant(tx, context, { addressId: emergencyAddressId, tenantId: tenant.id });
    await tx.tenant.update({
      where: { id: tenant.id },
      data: { emergencyLocationId: emergencyAddressId },
    });
    await showNumberOf(tx, tenant.id);
    await recordAudit(tx, context, {
      verb: 'emergency.chooseForTenant',
      objectKind: 'tenant',
      objectId: tenant.id,
      accountId: tenant.accountId,
      detail: { emergencyAddressId },
    });
  });
}

/** Says at which place of its tenant a number is; null: at the tenant's own. */
export async function chooseNumberAddress(
  context: ServiceContext,
  numberId: string,
  input: ChooseEmergencyAddressInput,
): Promise<void> {
  authorize(context, 'emergency.write');
  const { emergencyAddressId } = parseInput(chooseEmergencyAddressSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const number = isUuid(numberId)
      ? await tx.phoneNumber.findFirst({
          where: { id: numberId, account: inSubtree(context.actor) },
        })
      : null;
    if (number === null) throw notFound('number');
    if (number.tenantId === null) {
      throw new AppError('CONFLICT', 'The number is not in service: put it to a tenant first.');
    }
    await requireOfTenant(tx, context, {
      addressId: emergencyAddressId,
      tenantId: number.tenantId,
    });
    await tx.phoneNumber.update({
      where: { id: number.id },
      data: { emergencyLocationId: emergencyAddressId },
    });
    await recordAudit(tx, context, {
      verb: 'emergency.chooseForNumber',
      objectKind: 'phone_number',
      objectId: number.id,
      accountId: number.accountId,
      detail: { emergencyAddressId },
    });
  });
}

async function requireOfTenant(
  tx: Tx,
  context: ServiceContext,
  wanted: { readonly addressId: string | null; readonly tenantId: string },
): Promise<void> {
  if (wanted.addressId === null) return;
  const { tenantId } = await findLocation(tx, context, wanted.addressId);
  if (tenantId === wanted.tenantId) return;
  throw new AppError('INVALID_INPUT', 'The emergency address belongs to another tenant.');
}
