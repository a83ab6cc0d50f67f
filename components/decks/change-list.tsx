'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { Rate } from '@/components/patterns/money';
import { EmptyState } from '@/components/patterns/states';
import { Badge } from '@/components/ui/badge';
import { SearchInput } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useList } from '@/lib/client/use-list';
import type { ListUrl } from '@/lib/client/use-list-url';
import {
  CHANGE_KINDS,
  deckChangeSchema,
  type WireDeck,
  type WireDeckChange,
  type WireRate,
} from '@/lib/services/decks/schemas';

/** Stands for every kind but "unchanged". */
const ALL = 'all';

const TONES = {
  new: 'accent',
  up: 'amber',
  down: 'green',
  changed: 'neutral',
  closed: 'red',
  unchanged: 'neutral',
} as const;

export interface ChangeListProps {
  deck: WireDeck;
  version: number;
  url: ListUrl<'kind'>;
}

/** Every prefix that costs something else at a version, before and after. */
export function ChangeList({ deck, version, url }: ChangeListProps) {
  const t = useTranslations('decks.review');
  const columns = useChangeColumns(deck);
  const { kind } = url.filters;
  const list = useList({
    path: `/decks/${deck.id}/changes`,
    query: {
      version,
      kind,
      search: url.search === '' ? null : url.search,
      cursor: url.cursor,
      limit: 50,
    },
    item: deckChangeSchema,
  });
  return (
    <section aria-label={t('label')} className="min-w-0">
      <ListToolbar>
        <SearchInput
          aria-label={t('search')}
          placeholder={t('search')}
          value={url.search}
          onValueChange={(text) => url.setSearch(text)}
          className="w-60 max-md:w-52"
        />
        <Select
          look="filter"
          label={t('filter')}
          value={kind ?? ALL}
          items={[
            { value: ALL, label: t('all') },
            ...CHANGE_KINDS.map((value) => ({ value, label: t(`kinds.${value}`) })),
          ]}
          onValueChange={(value) => url.setFilter('kind', value === ALL ? null : value)}
        />
      </ListToolbar>
      <DataTable<WireDeckChange>
        name="deck-changes"
        label={t('label')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        holdsRows={false}
        rowId={rowKey}
        rowLabel={(row) => `${row.prefix} ${row.destination}`}
        phoneRow={(row) => ({
          title: (
            <>
              <span className="text-mono">{row.prefix || '*'}</span>{' '}
              <span className="font-normal text-ink-2">{row.destination}</span>
            </>
          ),
          detail: <Kind kind={row.kind} />,
          end: <After deck={deck} row={row} />,
          endDetail: row.before && <Price deck={deck} rate={row.before} />,
        })}
        empty={<EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>}
        onClearFilters={url.isFiltered ? url.clear : undefined}
      />
      <ListFoot
        count={list.rows?.length}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
    </section>
  );
}

const rowKey = ({ before, after }: WireDeckChange): string =>
  `${before?.id ?? ''} ${after?.id ?? ''}`;

function useChangeColumns(deck: WireDeck): DataColumn<WireDeckChange>[] {
  const t = useTranslations('decks.review.columns');
  return useMemo(
    () => [
      {
        id: 'prefix',
        header: t('prefix'),
        cell: (row) => <span className="text-mono">{row.prefix || '*'}</span>,
      },
      { id: 'destination', header: t('destination'), grow: true, cell: (row) => row.destination },
      { id: 'kind', header: t('kind'), cell: (row) => <Kind kind={row.kind} /> },
      {
        id: 'before',
        header: t('before'),
        align: 'end',
        cell: (row) =>
          row.before ? (
            <Price deck={deck} rate={row.before} />
          ) : (
            <span className="text-ink-3">–</span>
          ),
      },
      {
        id: 'after',
        header: t('after'),
        align: 'end',
        cell: (row) => <After deck={deck} row={row} />,
      },
      {
        id: 'difference',
        header: t('difference'),
        align: 'end',
        cell: (row) => <Difference row={row} />,
      },
    ],
    [t, deck],
  );
}

function Kind({ kind }: { kind: WireDeckChange['kind'] }) {
  const t = useTranslations('decks.review.kinds');
  return <Badge tone={TONES[kind]}>{t(kind)}</Badge>;
}

/** A rate in a few characters: its price, and its increments where they are not by the second. */
function Price({ deck, rate }: { deck: WireDeck; rate: WireRate }) {
  const t = useTranslations('decks');
  if (rate.blocked) return <span className="text-ink-2">{t('review.blocked')}</span>;
  return (
    <span className="inline-flex items-baseline gap-2">
      {rate.markupPercent === null ? (
        <Rate perMinute={rate.perMinute} currency={deck.currency} />
      ) : (
        t('rates.percent', { percent: rate.markupPercent })
      )}
      {rate.markupPercent === null && (rate.first !== 1 || rate.next !== 1) && (
        <span className="text-ink-3 text-small">
          {t('review.steps', { first: rate.first, next: rate.next })}
        </span>
      )}
    </span>
  );
}

/** What it costs from then on; of a closed prefix, what takes over. */
function After({ deck, row }: { deck: WireDeck; row: WireDeckChange }) {
  const t = useTranslations('decks.review');
  if (row.after) {
    return (
      <span className="inline-flex flex-col items-end">
        <Price deck={deck} rate={row.after} />
        {row.after.validFrom !== null && (
          <span className="text-ink-3 text-small">
            <DateTime value={row.after.validFrom} look="date" />
          </span>
        )}
      </span>
    );
  }
  if (!row.successor) return <span className="text-red-text">{t('noRate')}</span>;
  return (
    <span className="inline-flex items-baseline gap-2">
      <span className="text-ink-3 text-small">
        {t('successor', { prefix: row.successor.prefix || '*' })}
      </span>
      <Price deck={deck} rate={row.successor} />
    </span>
  );
}

/** By how much a minute changes, in per cent; nothing where it can't be said. */
function Difference({ row }: { row: WireDeckChange }) {
  const before = row.before?.blocked ? null : row.before;
  const after = row.after?.blocked ? null : (row.after ?? row.successor);
  if (!before || !after || before.markupPercent !== null) return null;
  const old = Number(before.perMinute);
  // For the eye alone: no price is made of it.
  const percent = old === 0 ? null : ((Number(after.perMinute) - old) / old) * 100;
  if (percent === null || percent === 0) return null;
  const text = `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
  return <span className="text-ink-2 tabular-nums">{text}</span>;
}
