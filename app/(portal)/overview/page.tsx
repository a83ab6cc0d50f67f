import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { OVERVIEW_QUERY } from '@/components/calls/queries';
import { OverviewPage } from '@/components/overview/overview-page';
import { EXTENSIONS_QUERY, RECENT_QUERY } from '@/components/overview/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { listCalls } from '@/lib/services/calls/list-calls';
import { listExtensions } from '@/lib/services/extensions/list-extensions';
import { getOverview } from '@/lib/services/overview/get-overview';
import { requireContext } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('overview');
  return { title: t('title') };
}

/** How the account stands. */
export default async function Page() {
  const context = await requireContext();
  const [overview, calls, extensions] = await Promise.all([
    getOverview(context, OVERVIEW_QUERY),
    listCalls(context, RECENT_QUERY),
    listExtensions(context, EXTENSIONS_QUERY),
  ]);
  return (
    <Prefetched
      entries={[
        { path: '/overview', query: OVERVIEW_QUERY, item: overview },
        { path: '/calls', query: RECENT_QUERY, page: calls },
        { path: '/extensions', query: EXTENSIONS_QUERY, page: extensions },
      ]}
    >
      <OverviewPage />
    </Prefetched>
  );
}
