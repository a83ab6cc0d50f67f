import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { SellerCalls } from '@/components/admin/seller-calls';
import { callQuery, OVERVIEW_QUERY } from '@/components/calls/queries';
import { Prefetched, type PrefetchedEntry } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { listCalls } from '@/lib/services/calls/list-calls';
import { listCallsSchema } from '@/lib/services/calls/schemas';
import { getOverview } from '@/lib/services/overview/get-overview';
import { firstPage } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('calls');
  return { title: t('title') };
}

/** The calls of everybody below, with what was earned and paid for each. */
export default async function AdminCallsPage({ searchParams }: { searchParams: SearchParams }) {
  const context = await requirePermission('calls.read');
  const params = await searchParams;
  const query = callQuery(
    {
      search: paramOf(params, 'q'),
      when: paramOf(params, 'when'),
      direction: paramOf(params, 'direction'),
      result: paramOf(params, 'result'),
      cursor: paramOf(params, 'cursor'),
    },
    context.clock.nowMs(),
  );
  const [page, overview] = await Promise.all([
    firstPage(listCallsSchema, query, (input) => listCalls(context, input)),
    getOverview(context, OVERVIEW_QUERY),
  ]);
  const entries: PrefetchedEntry[] = [{ path: '/overview', query: OVERVIEW_QUERY, item: overview }];
  if (page) entries.push({ path: '/calls', query, page });
  return (
    <Prefetched entries={entries}>
      <SellerCalls home="/admin/calls" />
    </Prefetched>
  );
}
