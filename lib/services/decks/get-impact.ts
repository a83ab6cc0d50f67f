import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { findDeck, versionOf } from './find-deck';
import { impactInclude, toWireImpact } from './internal/impact-view';
import { type ImpactQuery, impactQuerySchema, type WireImpact } from './schemas';

/** What calls of a time past would have cost at a version, as last asked for; null: never. */
export async function getImpact(
  context: ServiceContext,
  deckId: string,
  input: ImpactQuery,
): Promise<{ readonly impact: WireImpact | null }> {
  authorize(context, 'decks.read');
  const query = parseInput(impactQuerySchema, input);
  const { prisma } = context.database;
  const deck = await findDeck(prisma, context, deckId);
  const version = versionOf(deck, query.version);
  const row = await prisma.deckImpact.findFirst({
    where: { versionId: version.id },
    include: impactInclude,
    orderBy: { id: 'desc' },
  });
  return { impact: row === null ? null : toWireImpact(row) };
}
