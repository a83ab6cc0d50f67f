import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LimitsPage } from '@/components/limits/limits-page';
import { limitsQuery, NEWEST_QUERY, viewOf } from '@/components/limits/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { listFraudBlocks } from '@/lib/services/fraud/list-fraud-blocks';
import { listLimits } from '@/lib/services/limits/list-limits';
import { listLimitsSchema } from '@/lib/services/limits/schemas';
import { controlClient } from '@/lib/web/control';
import { firstPage } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('limits');
  return { title: t('title') };
}

/** Who may call how much in this console, who may not call out, and what fraud profiles found. */
export default async function ResellerLimitsPage({ searchParams }: { searchParams: SearchParams }) {
  const context = await requirePermission('limits.read');
  const params = await searchParams;
  const view = viewOf(paramOf(params, 'view'));
  const query = limitsQuery(paramOf(params, 'cursor'));
  const page =
    view === 'limits'
      ? await firstPage(listLimitsSchema, query, (input) =>
          listLimits(context, controlClient(), input),
        )
      : null;
  const blocks = view === 'blocks' ? await listFraudBlocks(context, NEWEST_QUERY) : null;
  return (
    <Prefetched
      entries={[
        ...(page ? [{ path: '/limits', query, page }] : []),
        ...(blocks ? [{ path: '/fraud-blocks', query: NEWEST_QUERY, page: blocks }] : []),
      ]}
    >
      <LimitsPage home="/reseller/limits" />
    </Prefetched>
  );
}
