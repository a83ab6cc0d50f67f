import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireNumber } from '@/lib/services/numbers/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const numberInclude = {
  tenant: { select: { id: true, domain: true } },
  extension: { select: { id: true, number: true, name: true } },
  trunk: { select: { id: true, name: true } },
} satisfies Prisma.PhoneNumberInclude;

export type NumberRow = Prisma.PhoneNumberGetPayload<{ include: typeof numberInclude }>;

/** A number in the caller's subtree, locked until the transaction ends. Throws NOT_FOUND. */
export async function findNumber(
  tx: Tx,
  { actor }: ServiceContext,
  numberId: string,
): Promise<NumberRow> {
  if (!isUuid(numberId)) throw notFound('number');
  await tx.$queryRaw`SELECT 1 FROM phone_number WHERE id = ${numberId}::uuid FOR UPDATE`;
  const row = await tx.phoneNumber.findFirst({
    where: { id: numberId, account: inSubtree(actor) },
    include: numberInclude,
  });
  if (row === null) throw notFound('number');
  return row;
}

/** Views of numbers with what the switch has applied of them. */
export async function toWireNumbers(
  context: ServiceContext,
  rows: readonly NumberRow[],
): Promise<readonly WireNumber[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'phone_number', ids);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    e164: row.e164,
    state: row.state,
    tenant: row.tenant,
    extension: row.extension,
    trunk: row.trunk,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
