'use client';

import { Ban, LockOpen } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { EmptyState } from '@/components/patterns/states';
import { useNow } from '@/components/patterns/use-now';
import { GenerationTag } from '@/components/ui/generation-tag';
import { IconButton } from '@/components/ui/icon-button';
import { formatSpan } from '@/lib/client/format/duration';
import type { ListState } from '@/lib/client/use-list';
import type { WireBan } from '@/lib/services/bans/schemas';
import { useLiftBan } from './use-lift-ban';

export interface BanListProps {
  list: ListState<WireBan>;
  mayWrite: boolean;
}

/** Who is shut out, why, since when and for how long, and how often it has tried. */
export function BanList({ list, mayWrite }: BanListProps) {
  const t = useTranslations('bans');
  const columns = useBanColumns();
  const lift = useLiftBan();
  const liftButton = (ban: WireBan) => (
    <IconButton label={t('lift', { address: ban.address })} size="xs" onClick={() => lift(ban)}>
      <LockOpen aria-hidden />
    </IconButton>
  );
  return (
    <DataTable<WireBan>
      name="bans"
      label={t('bansLabel')}
      columns={columns}
      rows={list.rows}
      error={list.error}
      onRetry={list.refetch}
      rowId={(row) => row.id}
      rowLabel={(row) => row.address}
      rowActions={mayWrite ? liftButton : undefined}
      phoneRow={(row) => ({
        icon: <Ban />,
        title: <span className="whitespace-normal break-all text-mono">{row.address}</span>,
        detail: (
          <span className="whitespace-normal break-words">
            <Why ban={row} />
          </span>
        ),
        end: mayWrite ? liftButton(row) : <Left until={row.until} />,
        endDetail: mayWrite ? <Left until={row.until} /> : undefined,
      })}
      empty={<EmptyState title={t('emptyBans.title')}>{t('emptyBans.text')}</EmptyState>}
    />
  );
}

function Why({ ban }: { ban: WireBan }) {
  const t = useTranslations('bans');
  if (ban.cause === null) return ban.reason;
  return (
    <>
      {t(`causes.${ban.cause}`, { detail: ban.detail })}
      {ban.level > 1 && <span className="text-ink-3"> · {t('repeat', { count: ban.level })}</span>}
    </>
  );
}

/** How long it still lasts; counted in the browser, whose clock is the reader's. */
function Left({ until }: { until: string | null }) {
  const t = useTranslations('bans');
  const nowMs = useNow(10_000);
  if (until === null) return <span className="text-ink-2">{t('untilLifted')}</span>;
  if (nowMs === null) return <span className="text-ink-3">–</span>;
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1_000));
  return <span className="whitespace-nowrap">{formatSpan(seconds)}</span>;
}

function useBanColumns(): DataColumn<WireBan>[] {
  const t = useTranslations('bans');
  return useMemo(
    () => [
      {
        id: 'address',
        header: t('columns.address'),
        cell: (row) => <span className="text-mono">{row.address}</span>,
      },
      { id: 'why', header: t('columns.why'), grow: true, cell: (row) => <Why ban={row} /> },
      {
        id: 'by',
        header: t('columns.by'),
        optional: 'shown',
        cell: (row) => <span className="text-ink-2">{t(`by.${row.origin}`)}</span>,
      },
      {
        id: 'since',
        header: t('columns.since'),
        cell: (row) => <DateTime value={row.since} className="text-ink-2" />,
      },
      {
        id: 'tries',
        header: t('columns.tries'),
        align: 'end',
        cell: (row) => row.attempts.toLocaleString('en'),
      },
      {
        id: 'left',
        header: t('columns.left'),
        align: 'end',
        cell: (row) => <Left until={row.until} />,
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
