import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { soundQuery } from '@/components/sounds/queries';
import { SoundList } from '@/components/sounds/sound-list';
import { listSounds } from '@/lib/services/sounds/list-sounds';
import { listSoundsSchema } from '@/lib/services/sounds/schemas';
import { firstPage } from '@/lib/web/first-page';
import { requireContext } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('sounds');
  return { title: t('title') };
}

/** What the account's phones, and those whom they hold, hear of the switch. */
export default async function SoundsPage({ searchParams }: { searchParams: SearchParams }) {
  const context = await requireContext();
  const query = soundQuery({ cursor: paramOf(await searchParams, 'cursor') });
  const page = await firstPage(listSoundsSchema, query, (input) => listSounds(context, input));
  return (
    <Prefetched entries={page ? [{ path: '/sounds', query, page }] : []}>
      <SoundList />
    </Prefetched>
  );
}
