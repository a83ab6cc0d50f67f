'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { ListFoot } from '@/components/patterns/list-tools';
import { EmptyState } from '@/components/patterns/states';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Notice } from '@/components/ui/notice';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { limitsSchema, type WireLimits } from '@/lib/services/limits/schemas';
import { ModeCell, ModeLine, SpendCell, UsedCell, WhoCell } from './limit-cells';
import { LimitSheet } from './limit-sheet';
import { limitsQuery, REFRESH_MS } from './queries';

const idOf = (row: WireLimits): string => `${row.subject}:${row.subjectId}`;

/** Accounts with what is in them, then the accounts below; each opens at the side. */
export function LimitTree() {
  const t = useTranslations('limits');
  const url = useListUrl([]);
  const { openId, setOpenId } = url;
  const columns = useColumns();
  const list = useList({
    path: '/limits',
    query: limitsQuery(url.cursor),
    item: limitsSchema,
    refreshEveryMs: REFRESH_MS,
  });
  const rows = list.rows;
  const isSilent = rows !== undefined && rows.length > 0 && rows.every((row) => row.used === null);
  return (
    <>
      {isSilent && (
        <Notice tone="amber" className="mb-3">
          {t('silent')}
        </Notice>
      )}
      <DataTable<WireLimits>
        name="limits"
        label={t('listLabel')}
        columns={columns}
        rows={rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={idOf}
        rowLabel={(row) => row.name}
        opening={{ onOpen: (row) => setOpenId(idOf(row)) }}
        openId={openId}
        phoneRow={(row) => ({
          title: <WhoCell row={row} narrow />,
          detail: <ModeLine row={row} />,
          end: (
            <UsedCell
              label={row.name}
              used={row.used?.concurrentCalls}
              max={row.limits.maxConcurrentCalls}
            />
          ),
          endDetail: row.limits.maxDailySpend && <SpendCell row={row} />,
        })}
        empty={<EmptyState title={t('emptyLimits.title')}>{t('emptyLimits.text')}</EmptyState>}
      />
      <ListFoot
        count={rows?.length}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
      <LimitSheet openId={openId} rows={rows ?? []} onOpen={setOpenId} />
    </>
  );
}

function useColumns(): readonly DataColumn<WireLimits>[] {
  const t = useTranslations('limits');
  return useMemo(
    () => [
      { id: 'who', header: t('columns.who'), grow: true, cell: (row) => <WhoCell row={row} /> },
      {
        id: 'calls',
        header: t('columns.calls'),
        align: 'end',
        cell: ({ name, used, limits: { maxConcurrentCalls: max } }) => (
          <UsedCell
            label={t('calls', { name, used: used?.concurrentCalls ?? '?', max: max ?? '∞' })}
            used={used?.concurrentCalls}
            max={max}
          />
        ),
      },
      {
        id: 'out',
        header: t('columns.out'),
        align: 'end',
        optional: 'shown',
        cell: ({ name, used, limits: { maxConcurrentOut: max } }) => (
          <UsedCell
            label={t('calls', { name, used: used?.concurrentOut ?? '?', max: max ?? '∞' })}
            used={used?.concurrentOut}
            max={max}
          />
        ),
      },
      {
        id: 'cps',
        header: t('columns.cps'),
        align: 'end',
        optional: 'shown',
        cell: ({ limits }) => limits.maxCallsPerSecond ?? <span className="text-ink-3">–</span>,
      },
      {
        id: 'spend',
        header: t('columns.spend'),
        align: 'end',
        cell: (row) => <SpendCell row={row} />,
      },
      {
        id: 'length',
        header: t('columns.length'),
        align: 'end',
        optional: 'hidden',
        cell: ({ limits: { maxCallSeconds: seconds } }) =>
          seconds === null ? (
            <span className="text-ink-3">–</span>
          ) : (
            t('minutes', { minutes: Math.round(seconds / 6) / 10 })
          ),
      },
      {
        id: 'profile',
        header: t('columns.profile'),
        cell: (row) => <ModeCell mode={row.fraudMode} />,
      },
      {
        id: 'switch',
        header: t('columns.switch'),
        className: 'w-px',
        optional: 'shown',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t],
  );
}
