'use client';

import { useTranslations } from 'next-intl';
import { useQueryStates } from 'nuqs';
import { useState } from 'react';
import { Duration } from '@/components/patterns/duration';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { Money } from '@/components/patterns/money';
import { PageHead } from '@/components/patterns/page-head';
import { Panel } from '@/components/patterns/panel';
import { EmptyState, ErrorState } from '@/components/patterns/states';
import { useViewer } from '@/components/portal/me-context';
import { Notice } from '@/components/ui/notice';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { useItem } from '@/lib/client/use-item';
import { marginsSchema, type WireMargins } from '@/lib/services/margins/schemas';
import { MarginChart } from './margin-chart';
import { MarginTable } from './margin-table';
import { percent } from './percent';
import { marginParams, PERIODS, periodOf } from './queries';

/** What calls earned, and what of it was kept: by destination, by buyer, by carrier. */
export function MarginsPage() {
  const t = useTranslations('margins');
  const { account } = useViewer();
  const [{ by, days }, setState] = useQueryStates(marginParams, { history: 'replace' });
  const [nowMs] = useState(() => Date.now());
  const groups =
    account.kind === 'operator'
      ? (['destination', 'carrier', 'account'] as const)
      : (['destination', 'account'] as const);
  const margins = useItem({
    path: '/margins',
    query: { by, ...periodOf(days, nowMs) },
    response: marginsSchema,
  });
  return (
    <>
      <PageHead
        title={t('title')}
        note={t('note')}
        actions={
          <span className="flex flex-wrap gap-2">
            <Segmented
              label={t('by.label')}
              segments={groups.map((value) => ({ value, label: t(`by.${value}`) }))}
              value={by}
              onValueChange={(value) => void setState({ by: value })}
            />
            <Segmented
              label={t('period')}
              segments={PERIODS.map((value) => ({ value, label: t('days', { days: value }) }))}
              value={days}
              onValueChange={(value) => void setState({ days: value })}
            />
          </span>
        }
      />
      {margins.error ? (
        <Panel>
          <ErrorState title={t('failed')} onRetry={() => void margins.refetch()}>
            {margins.error.message}
          </ErrorState>
        </Panel>
      ) : margins.data ? (
        <Margins margins={margins.data} />
      ) : (
        <Panel padded>
          <Skeleton className="h-40 w-full" />
        </Panel>
      )}
    </>
  );
}

function Margins({ margins }: { margins: WireMargins }) {
  const t = useTranslations('margins');
  const { total, rows, by, hasMore, unconverted } = margins;
  if (total.calls === 0) {
    return (
      <Panel>
        <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
      </Panel>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <FigureStrip
        figures={[
          { label: t('calls'), value: total.calls.toLocaleString() },
          { label: t('talked'), value: <Duration seconds={total.seconds} look="span" /> },
          { label: t('revenue'), value: <Money value={total.revenue} detail="balance" /> },
          { label: t('cost'), value: <Money value={total.cost} detail="balance" /> },
          {
            label: t('margin'),
            value: <Money value={total.margin} detail="balance" />,
            context: total.share === null ? undefined : percent(total.share),
          },
        ]}
      />
      {unconverted > 0 && <Notice tone="amber">{t('unconverted', { count: unconverted })}</Notice>}
      <Panel title={t(`byTitle.${by}`)} count={rows.length} foot={hasMore ? t('more') : undefined}>
        <MarginChart rows={rows} />
        <MarginTable rows={rows} by={by} />
      </Panel>
    </div>
  );
}
