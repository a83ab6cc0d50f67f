import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { ReviewPage } from '@/components/decks/review-page';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { getDeck } from '@/lib/services/decks/get-deck';
import { orNull } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('decks.review');
  return { title: t('pageTitle') };
}

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

/** One version of a price list: what it changes, before it is activated. */
export default async function AdminDeckReviewPage({ params, searchParams }: PageProps) {
  const context = await requirePermission('decks.read');
  const { id } = await params;
  const asked = paramOf(await searchParams, 'version');
  const deck = await orNull(() => getDeck(context, id));
  // The newest one unless told.
  const version = asked === null ? deck?.versions[0]?.version : Number(asked);
  if (!deck?.versions.some((one) => one.version === version)) notFound();
  return (
    <Prefetched entries={[{ path: '/decks', id, item: deck }]}>
      <ReviewPage deckId={id} version={version ?? 0} home="/admin/decks" />
    </Prefetched>
  );
}
