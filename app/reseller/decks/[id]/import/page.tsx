import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { ImportPage } from '@/components/decks/import-page';
import { Prefetched } from '@/components/portal/prefetched';
import { getDeck } from '@/lib/services/decks/get-deck';
import { orNull } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('decks.imports');
  return { title: t('title') };
}

/** A price list on its way into a deck. */
export default async function ResellerDeckImportPage({
  params,
}: {
  params: Promise<{ id: string }>;
}) {
  const context = await requirePermission('decks.write');
  const { id } = await params;
  const deck = await orNull(() => getDeck(context, id));
  if (!deck) notFound();
  return (
    <Prefetched entries={[{ path: '/decks', id, item: deck }]}>
      <ImportPage deckId={id} home="/reseller/decks" />
    </Prefetched>
  );
}
