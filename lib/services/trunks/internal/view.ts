import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const trunkInclude = {
  carrier: { select: { id: true, name: true } },
} satisfies Prisma.TrunkInclude;

export type TrunkRow = Prisma.TrunkGetPayload<{ include: typeof trunkInclude }>;

/** A trunk of the caller's. Throws NOT_FOUND for any other. */
export async function findTrunk(
  tx: Tx,
  { actor }: ServiceContext,
  trunkId: string,
): Promise<TrunkRow> {
  const row = isUuid(trunkId)
    ? await tx.trunk.findFirst({
        where: { id: trunkId, account: inSubtree(actor) },
        include: trunkInclude,
      })
    : null;
  if (row === null) throw notFound('trunk');
  return row;
}

/** Views of trunks with what the switch has applied of them. */
export async function toWireTrunks(
  context: ServiceContext,
  rows: readonly TrunkRow[],
): Promise<readonly WireTrunk[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'trunk', ids);
  return rows.map((row) => ({
    id: row.id,
    carrier: row.carrier,
    name: row.name,
    state: row.status,
    address: row.address,
    port: row.port,
    transport: row.transport,
    numberFormat: row.numberFormat,
    emergency: row.emergency,
    maxChannels: row.maxChannels,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
