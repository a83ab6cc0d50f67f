import { impactResultSchema, type WireImpact } from '@/lib/services/decks/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const impactInclude = {
  version: { select: { version: true } },
  base: { select: { version: true } },
} satisfies Prisma.DeckImpactInclude;

export function toWireImpact(
  row: Prisma.DeckImpactGetPayload<{ include: typeof impactInclude }>,
): WireImpact {
  return {
    id: row.id,
    version: row.version.version,
    from: row.base?.version ?? null,
    since: row.fromAt.toISOString(),
    until: row.toAt.toISOString(),
    state: row.state,
    callsDone: row.callsDone,
    callsTotal: row.callsTotal,
    result: impactResultSchema.nullable().parse(row.result),
    failure: row.failure,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
