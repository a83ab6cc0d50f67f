import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { DeckPage } from '@/components/decks/deck-page';
import { ratesPath, ratesQuery } from '@/components/decks/queries';
import { Prefetched, type PrefetchedEntry } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import type { ServiceContext } from '@/lib/services/context';
import { getDeck } from '@/lib/services/decks/get-deck';
import { listRates } from '@/lib/services/decks/list-rates';
import { listRatesSchema, type WireDeck } from '@/lib/services/decks/schemas';
import { firstPage, orNull } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('decks');
  return { title: t('title') };
}

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

/** One price list: its versions, and the rates of one of them. */
export default async function ResellerDeckPage({ params, searchParams }: PageProps) {
  const context = await requirePermission('decks.read');
  const { id } = await params;
  const asked = await searchParams;
  const query = ratesQuery({
    search: paramOf(asked, 'q'),
    version: paramOf(asked, 'version'),
    cursor: paramOf(asked, 'cursor'),
  });
  const deck = await findDeck(context, id);
  if (!deck) notFound();
  const page = await ratesOf(context, id, query);
  const entries: PrefetchedEntry[] = [{ path: '/decks', id, item: deck }];
  if (page) entries.push({ path: ratesPath(id), query, page });
  return (
    <Prefetched entries={entries}>
      <DeckPage deckId={id} home="/reseller/decks" />
    </Prefetched>
  );
}

/** null for a deck that is not there, or not theirs: it looks the same. */
function findDeck(context: ServiceContext, id: string): Promise<WireDeck | null> {
  return orNull(() => getDeck(context, id));
}

/** null where the address names a version that is not there: the list then says so. */
function ratesOf(context: ServiceContext, id: string, query: ReturnType<typeof ratesQuery>) {
  return orNull(() => firstPage(listRatesSchema, query, (input) => listRates(context, id, input)));
}
