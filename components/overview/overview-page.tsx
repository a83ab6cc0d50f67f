'use client';

import { useTranslations } from 'next-intl';
import { OVERVIEW_QUERY } from '@/components/calls/queries';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { PageHead } from '@/components/patterns/page-head';
import { ErrorState } from '@/components/patterns/states';
import { ThingsToDo } from '@/components/patterns/things-to-do';
import { useMay } from '@/components/portal/me-context';
import { PageSkeleton } from '@/components/portal/page-skeleton';
import { ButtonLink } from '@/components/ui/button';
import { TableFrame } from '@/components/ui/table';
import { ApiProblem } from '@/lib/client/api-problem';
import { useItem } from '@/lib/client/use-item';
import { useList } from '@/lib/client/use-list';
import { callSchema } from '@/lib/services/calls/schemas';
import { extensionSchema } from '@/lib/services/extensions/schemas';
import { overviewSchema } from '@/lib/services/overview/schemas';
import { OverviewFigures } from './overview-figures';
import { EXTENSIONS_QUERY, RECENT_QUERY } from './queries';
import { RecentCalls } from './recent-calls';
import { RegisteredPanel } from './registered-panel';
import { SpendPanel } from './spend-panel';
import { useThingsToDo } from './use-things-to-do';

/** How the account stands: funds, calls, phones, and what needs somebody. */
export function OverviewPage() {
  const t = useTranslations('overview');
  const mayOrder = useMay('subscriptions.order');
  const overview = useItem({
    path: '/overview',
    query: OVERVIEW_QUERY,
    response: overviewSchema,
  });
  const calls = useList({ path: '/calls', query: RECENT_QUERY, item: callSchema });
  const extensions = useList({
    path: '/extensions',
    query: EXTENSIONS_QUERY,
    item: extensionSchema,
  });
  const live = useLiveCalls();
  const things = useThingsToDo(overview.data, extensions.rows);
  const ongoing = live.calls.filter((call) => call.state !== 'ended');
  const { data } = overview;
  return (
    <>
      <PageHead
        title={t('title')}
        actions={mayOrder && <ButtonLink href="/plans">{t('order')}</ButtonLink>}
      />
      {data ? (
        <div className="grid gap-4 @4xl:grid-cols-12">
          <div className="min-w-0 @4xl:col-span-12">
            <OverviewFigures overview={data} liveCount={ongoing.length} />
          </div>
          {things.length > 0 && (
            <div className="min-w-0 @4xl:order-1 @4xl:col-span-5 [&>section]:h-full">
              <ThingsToDo things={things} />
            </div>
          )}
          <SpendPanel
            daily={data.daily}
            className={things.length > 0 ? '@4xl:col-span-7' : '@4xl:col-span-12'}
          />
          <RecentCalls list={calls} live={ongoing} className="@4xl:order-2 @4xl:col-span-7" />
          <RegisteredPanel
            list={extensions}
            totals={data.extensions}
            calls={ongoing}
            className="@4xl:order-2 @4xl:col-span-5"
          />
        </div>
      ) : overview.error ? (
        <TableFrame>
          <ErrorState
            title={t('failed')}
            onRetry={() => void overview.refetch()}
            requestId={overview.error instanceof ApiProblem ? overview.error.requestId : null}
          >
            {overview.error.message}
          </ErrorState>
        </TableFrame>
      ) : (
        <PageSkeleton />
      )}
    </>
  );
}
