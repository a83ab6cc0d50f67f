'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import { ColumnsMenu, ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { Rate } from '@/components/patterns/money';
import { EmptyState } from '@/components/patterns/states';
import { Badge } from '@/components/ui/badge';
import { SearchInput } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useList } from '@/lib/client/use-list';
import type { ListUrl } from '@/lib/client/use-list-url';
import { rateSchema, type WireDeck, type WireRate } from '@/lib/services/decks/schemas';
import { ratesPath, ratesQuery } from './queries';
import { useRateColumns } from './rate-columns';

export interface RateListProps {
  deck: WireDeck;
  shown: number | null;
  url: ListUrl<'version'>;
}

/** The rates of one version by prefix, found by prefix or destination. */
export function RateList({ deck, shown, url }: RateListProps) {
  const t = useTranslations('decks.rates');
  const plan = deck.versions.find(({ version }) => version === shown)?.bands;
  const bands = useMemo(() => plan?.bands.map(({ name }) => name) ?? [], [plan]);
  const columns = useRateColumns(deck, bands);
  const list = useList({
    path: ratesPath(deck.id),
    query: ratesQuery({
      search: url.search,
      version: url.filters.version,
      cursor: url.cursor,
    }),
    item: rateSchema,
  });
  return (
    <section className="min-w-0" aria-label={t('title')}>
      <ListToolbar end={<ColumnsMenu name="rates" columns={columns} />}>
        <SearchInput
          aria-label={t('search')}
          placeholder={t('search')}
          value={url.search}
          onValueChange={(text) => url.setSearch(text)}
          className="w-60 max-md:w-52"
        />
        {deck.versions.length > 1 && (
          <Select
            look="filter"
            label={t('version')}
            value={`${shown ?? ''}`}
            items={deck.versions.map(({ version }) => ({
              value: `${version}`,
              label: t('versionItem', { version }),
            }))}
            onValueChange={(version) => url.setFilter('version', version)}
          />
        )}
      </ListToolbar>
      <DataTable<WireRate>
        name="rates"
        label={t('label', { version: shown ?? 0 })}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        holdsRows={false}
        rowId={(row) => row.id}
        rowLabel={(row) => `${row.prefix} ${row.destination}`}
        phoneRow={(row) => ({
          title: (
            <>
              <span className="text-mono">{row.prefix || t('everything')}</span>{' '}
              <span className="font-normal text-ink-2">{row.destination}</span>
            </>
          ),
          detail:
            row.band > 0
              ? (bands[row.band - 1] ?? '')
              : t('incrementsValue', { first: row.first, next: row.next }),
          end: row.blocked ? (
            <Badge tone="amber">{t(deck.kind === 'buy' ? 'blockedBuy' : 'blocked')}</Badge>
          ) : row.markupPercent !== null ? (
            t('percent', { percent: row.markupPercent })
          ) : (
            <Rate perMinute={row.perMinute} currency={deck.currency} />
          ),
        })}
        empty={<EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>}
        onClearFilters={url.search === '' ? undefined : url.clear}
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
