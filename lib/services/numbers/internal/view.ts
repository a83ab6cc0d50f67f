import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { notFound, reaches } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireNumber } from '@/lib/services/numbers/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const numberInclude = {
  tenant: { select: { id: true, domain: true } },
  extension: { select: { id: true, number: true, name: true } },
  trunk: { select: { id: true, name: true } },
  carrier: { select: { id: true, name: true } },
  reservedFor: { select: { id: true, name: true, path: true } },
  emergencyLocation: { select: { id: true, name: true } },
  account: { select: { id: true, name: true, path: true, kind: true, parentId: true } },
} satisfies Prisma.PhoneNumberInclude;

export type NumberRow = Prisma.PhoneNumberGetPayload<{ include: typeof numberInclude }>;

/** A number in the caller's subtree, locked until the transaction ends. Throws NOT_FOUND. */
export async function findNumber(
  tx: Tx,
  { actor }: ServiceContext,
  numberId: string,
): Promise<NumberRow> {
  const row = isUuid(numberId) ? await lockNumber(tx, numberId) : null;
  if (row === null || !reaches(actor, row.account.path)) throw notFound('number');
  return row;
}

/** Anybody's number, locked until the transaction ends; null where there is none. */
export async function lockNumber(tx: Tx, numberId: string): Promise<NumberRow | null> {
  await tx.$queryRaw`SELECT 1 FROM phone_number WHERE id = ${numberId}::uuid FOR UPDATE`;
  return await tx.phoneNumber.findUnique({ where: { id: numberId }, include: numberInclude });
}

/** Views of numbers with what the switch has applied of them. */
export async function toWireNumbers(
  context: ServiceContext,
  rows: readonly NumberRow[],
): Promise<readonly WireNumber[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'phone_number', ids);
  const { actor } = context;
  const seesCarriers = actor.kind === 'system' || actor.accountKind === 'operator';
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    accountName: row.account.name,
    e164: row.e164,
    state: row.state,
    country: row.country,
    area: row.area,
    kind: row.kind,
    group: row.group,
    carrier: seesCarriers ? row.carrier : null,
    reservedFor: row.reservedFor && { id: row.reservedFor.id, name: row.reservedFor.name },
    heldUntil: row.heldUntil?.toISOString() ?? null,
    suspendedAt: row.suspendedAt?.toISOString() ?? null,
    emergencyAddress: row.emergencyLocation,
    tenant: row.tenant,
    extension: row.extension,
    trunk: row.trunk,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
