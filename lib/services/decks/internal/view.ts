import { z } from 'zod';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import { storedPlan } from '@/lib/services/decks/bands';
import type { DeckRow } from '@/lib/services/decks/find-deck';
import type { WireDeck } from '@/lib/services/decks/schemas';

/** Views of decks with what the switch has applied of them. */
export async function toWireDecks(
  context: ServiceContext,
  rows: readonly DeckRow[],
): Promise<readonly WireDeck[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'rate_deck', ids);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    accountName: row.account.name,
    kind: row.kind,
    name: row.name,
    currency: row.currency,
    pricing: row.pricing,
    rounding: row.rounding,
    decimals: row.decimals,
    activeVersion: row.versions.find((one) => one.id === row.activeVersionId)?.version ?? null,
    versions: row.versions.map((one) => ({
      id: one.id,
      version: one.version,
      state: one.status,
      rateCount: one.rateCount,
      bands: storedPlan(one),
      fileName: fileNameOf(one.source),
      activateAt: one.activateAt?.toISOString() ?? null,
      activatedAt: one.activatedAt?.toISOString() ?? null,
      createdAt: one.createdAt.toISOString(),
    })),
    usedBy: {
      accounts: row._count.buyers + row._count.ownBuyers,
      carriers: row._count.carriers,
    },
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}

const sourceSchema = z.object({ fileName: z.string() });

/** What a version says of where it came from; null where no file is named. */
function fileNameOf(source: unknown): string | null {
  const read = sourceSchema.safeParse(source);
  return read.success ? read.data.fileName : null;
}
