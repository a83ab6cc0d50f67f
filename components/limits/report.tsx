'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { FigureStrip } from '@/components/patterns/figure-strip';
import { Money } from '@/components/patterns/money';
import { Section } from '@/components/patterns/panel';
import { EmptyState } from '@/components/patterns/states';
import { Badge } from '@/components/ui/badge';
import { useItem } from '@/lib/client/use-item';
import { useList } from '@/lib/client/use-list';
import {
  fraudEventSchema,
  fraudReportSchema,
  type WireFraudEvent,
  type WireFraudReport,
} from '@/lib/services/fraud/schemas';
import { NEWEST_QUERY, REFRESH_MS } from './queries';

type RuleLine = WireFraudReport['rules'][number];

/** What profiles blocked and would have, what that would have saved, and the calls behind it. */
export function FraudReport({ home }: { home: string }) {
  const t = useTranslations('limits.report');
  const report = useItem({
    path: '/fraud-report',
    response: fraudReportSchema,
    refreshEveryMs: 2 * REFRESH_MS,
  });
  const totals = report.data?.totals ?? [];
  return (
    <div className="flex flex-col gap-6">
      {totals.map((line) => (
        <FigureStrip
          key={line.currency}
          figures={[
            { label: t('blocked'), value: line.blocked, context: t('note') },
            { label: t('wouldHaveBlocked'), value: line.wouldHaveBlocked, context: t('note') },
            {
              label: t('wouldHaveSaved'),
              value: <Money value={line.wouldHaveSaved} detail="balance" />,
              context: t('note'),
            },
          ]}
        />
      ))}
      {totals.length > 0 && <RuleTable lines={report.data?.rules} />}
      <Events home={home} />
    </div>
  );
}

function RuleTable({ lines }: { lines: readonly RuleLine[] | undefined }) {
  const t = useTranslations('limits');
  const columns = useMemo(
    (): readonly DataColumn<RuleLine>[] => [
      {
        id: 'rule',
        header: t('report.rule'),
        grow: true,
        cell: (row) => t(`rules.${row.rule}`),
      },
      {
        id: 'blocked',
        header: t('report.blocked'),
        align: 'end',
        cell: (row) => row.blocked,
      },
      {
        id: 'would',
        header: t('report.wouldHaveBlocked'),
        align: 'end',
        cell: (row) => row.wouldHaveBlocked,
      },
      {
        id: 'saved',
        header: t('report.wouldHaveSaved'),
        align: 'end',
        cell: (row) => <Money value={row.wouldHaveSaved} detail="balance" />,
      },
    ],
    [t],
  );
  return (
    <Section title={t('report.byRule')} note={t('report.byRuleNote')}>
      <DataTable<RuleLine>
        name="fraud-rules"
        label={t('report.byRule')}
        columns={columns}
        rows={lines}
        rowId={(row) => `${row.rule} ${row.currency}`}
        rowLabel={(row) => t(`rules.${row.rule}`)}
        phoneRow={(row) => ({
          title: t(`rules.${row.rule}`),
          detail: `${t('report.blocked')} ${row.blocked} · ${t('report.wouldHaveBlocked')} ${row.wouldHaveBlocked}`,
          end: <Money value={row.wouldHaveSaved} detail="balance" />,
        })}
        empty={null}
      />
    </Section>
  );
}

function Events({ home }: { home: string }) {
  const t = useTranslations('limits');
  const calls = home.replace(/limits$/, 'calls');
  const list = useList({
    path: '/fraud-events',
    query: NEWEST_QUERY,
    item: fraudEventSchema,
    refreshEveryMs: 2 * REFRESH_MS,
  });
  const columns = useEventColumns();
  return (
    <Section title={t('report.events')}>
      <DataTable<WireFraudEvent>
        name="fraud-events"
        label={t('report.eventsLabel')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={(row) => row.id}
        rowLabel={(row) => `${row.callerName} ${row.prefix}`}
        opening={{ href: (row) => `${calls}/${row.callId}` }}
        phoneRow={(row) => ({
          title: row.callerName,
          detail: `${t(`rules.${row.rule}`)} · +${row.prefix}…`,
          end: <Outcome event={row} />,
          endDetail: <DateTime value={row.at} />,
        })}
        empty={<EmptyState title={t('report.empty')}>{t('report.emptyText')}</EmptyState>}
      />
    </Section>
  );
}

function Outcome({ event }: { event: WireFraudEvent }) {
  const t = useTranslations('limits.report.outcomes');
  return event.shadow ? (
    <Badge tone="amber">{t('shadow')}</Badge>
  ) : (
    <Badge tone="red">{t('blocked')}</Badge>
  );
}

function useEventColumns(): readonly DataColumn<WireFraudEvent>[] {
  const t = useTranslations('limits');
  return useMemo(
    () => [
      {
        id: 'at',
        header: t('report.at'),
        cell: (row) => <DateTime value={row.at} className="text-ink-2" />,
      },
      {
        id: 'caller',
        header: t('report.caller'),
        grow: true,
        cell: (row) => (
          <>
            {row.callerName}
            {row.extension !== null && <span className="text-ink-3"> · {row.extension}</span>}
          </>
        ),
      },
      {
        id: 'to',
        header: t('report.to'),
        cell: (row) => (
          <>
            <span className="text-mono">+{row.prefix}…</span>
            <span className="text-ink-3 text-small">
              {' '}
              {t(`classes.${row.class}`)}
              {row.country !== null && ` · ${row.country}`}
            </span>
          </>
        ),
      },
      { id: 'rule', header: t('report.rule'), cell: (row) => t(`rules.${row.rule}`) },
      { id: 'outcome', header: t('report.outcome'), cell: (row) => <Outcome event={row} /> },
      {
        id: 'cost',
        header: t('report.cost'),
        align: 'end',
        cell: (row) => <Money value={row.cost} />,
      },
    ],
    [t],
  );
}
