import { addressProblems } from '@/lib/core/emergency-address';
import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { WireEmergencyAddress } from '@/lib/services/emergency/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const locationInclude = {
  tenant: { select: { id: true, domain: true, emergencyLocationId: true } },
  number: { select: { id: true, e164: true } },
  _count: { select: { numbers: true } },
} satisfies Prisma.EmergencyLocationInclude;

export type LocationRow = Prisma.EmergencyLocationGetPayload<{ include: typeof locationInclude }>;

/** A place of the caller's subtree. Throws NOT_FOUND for any other. */
export async function findLocation(
  tx: Tx,
  { actor }: ServiceContext,
  locationId: string,
): Promise<LocationRow> {
  const row = isUuid(locationId)
    ? await tx.emergencyLocation.findFirst({
        where: { id: locationId, account: inSubtree(actor) },
        include: locationInclude,
      })
    : null;
  if (row === null) throw notFound('emergency address');
  return row;
}

/** Throws INVALID_INPUT with what an address lacks in its country. */
export function requireComplete(address: Parameters<typeof addressProblems>[0]): void {
  const issues = addressProblems(address);
  const [first] = issues;
  if (!first) return;
  throw new AppError('INVALID_INPUT', `${first.path}: ${first.message}`, { meta: { issues } });
}

/** Throws NOT_FOUND unless the number is in service at the tenant: else nobody could call it back. */
export async function requireCallback(tx: Tx, tenantId: string, numberId: string): Promise<void> {
  const row = await tx.phoneNumber.findFirst({
    where: { id: numberId, tenantId, state: { in: ['in_service', 'port_out'] } },
    select: { id: true },
  });
  if (row === null) throw notFound('number in service at this tenant');
}

/** Puts what the switch reads of a tenant's place where it reads it: the number that is shown. */
export async function showNumberOf(tx: Tx, tenantId: string): Promise<void> {
  const tenant = await tx.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { emergencyNumberId: true, emergencyLocation: { select: { numberId: true } } },
  });
  const emergencyNumberId = tenant.emergencyLocation?.numberId ?? null;
  if (emergencyNumberId === tenant.emergencyNumberId) return;
  await tx.tenant.update({ where: { id: tenantId }, data: { emergencyNumberId } });
}

/** Places as the API shows them, with the names of those who confirmed them. */
export async function toWireLocations(
  tx: Tx,
  rows: readonly LocationRow[],
): Promise<WireEmergencyAddress[]> {
  const ids = rows.flatMap(({ confirmedById }) => confirmedById ?? []);
  const people = await tx.user.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
  });
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    tenant: { id: row.tenant.id, domain: row.tenant.domain },
    name: row.name,
    country: row.country,
    street: row.street,
    houseNumber: row.houseNumber,
    unit: row.unit,
    city: row.city,
    region: row.region,
    postalCode: row.postalCode,
    contact: row.contact,
    number: row.number,
    isDefault: row.tenant.emergencyLocationId === row.id,
    numbers: row._count.numbers,
    confirmedAt: row.confirmedAt.toISOString(),
    confirmedBy: names.get(row.confirmedById ?? '') ?? null,
  }));
}
