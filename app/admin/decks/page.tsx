import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { DeckList } from '@/components/decks/deck-list';
import { deckQuery } from '@/components/decks/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { listDecks } from '@/lib/services/decks/list-decks';
import { listDecksSchema } from '@/lib/services/decks/schemas';
import { firstPage } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('decks');
  return { title: t('title') };
}

/** The price lists that this console may see. */
export default async function AdminDecksPage({ searchParams }: { searchParams: SearchParams }) {
  const context = await requirePermission('decks.read');
  const params = await searchParams;
  const query = deckQuery({
    search: paramOf(params, 'q'),
    kind: paramOf(params, 'kind'),
    cursor: paramOf(params, 'cursor'),
  });
  const page = await firstPage(listDecksSchema, query, (input) => listDecks(context, input));
  return (
    <Prefetched entries={page ? [{ path: '/decks', query, page }] : []}>
      <DeckList home="/admin/decks" />
    </Prefetched>
  );
}
