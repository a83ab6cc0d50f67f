import { classify } from '@/lib/core/destinations/classify';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireDestinationPrefix } from '@/lib/services/destinations/schemas';
import type { Prisma } from '@/prisma/generated/client';

/** Prefixes as the API shows them. */
export async function toWirePrefixes(
  context: ServiceContext,
  rows: readonly Prisma.DestinationPrefixGetPayload<object>[],
): Promise<readonly WireDestinationPrefix[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'destination_prefix', ids);
  return rows.map((row) => ({
    id: row.id,
    prefix: row.prefix,
    class: row.class,
    builtIn: classify(row.prefix).class,
    note: row.note,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
