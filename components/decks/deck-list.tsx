'use client';

import { Plus, Table2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import { ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { SearchInput } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { deckSchema, type WireDeck } from '@/lib/services/decks/schemas';
import { AddDeck } from './add-deck';
import { activeVersionOf, DeckKind, UsedByCell, useDeckColumns } from './deck-columns';
import { deckQuery } from './queries';

/** Price lists by name; each has a page. */
export function DeckList({ home }: { home: string }) {
  const t = useTranslations('decks');
  const { account } = useViewer();
  const url = useListUrl(['kind']);
  const mayWrite = useMay('decks.write');
  const [isAdding, setAdding] = useState(false);
  const columns = useDeckColumns(account.kind === 'operator');
  const list = useList({
    path: '/decks',
    query: deckQuery({ search: url.search, kind: url.filters.kind, cursor: url.cursor }),
    item: deckSchema,
  });
  const add = mayWrite && (
    <Button variant="primary" size="sm" icon={<Plus />} onClick={() => setAdding(true)}>
      {t('add.open')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('title')} />
      <ListToolbar end={add}>
        <SearchInput
          aria-label={t('search')}
          placeholder={t('search')}
          value={url.search}
          onValueChange={(text) => url.setSearch(text)}
          className="w-60 max-md:w-full"
        />
        {/* Only the operator buys by deck. */}
        {account.kind === 'operator' && (
          <Select
            look="filter"
            label={t('kind')}
            value={url.filters.kind ?? 'any'}
            items={[
              { value: 'any', label: t('any') },
              { value: 'sell', label: t('kindsLong.sell') },
              { value: 'buy', label: t('kindsLong.buy') },
            ]}
            onValueChange={(kind) => url.setFilter('kind', kind === 'any' ? null : kind)}
          />
        )}
      </ListToolbar>
      <DataTable<WireDeck>
        name="decks"
        label={t('listLabel')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        holdsRows={false}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        opening={{ href: (row) => `${home}/${row.id}` }}
        phoneRow={(row) => ({
          icon: <Table2 />,
          title: row.name,
          detail: (
            <>
              {row.accountName} · <UsedByCell deck={row} />
            </>
          ),
          end: <DeckKind kind={row.kind} />,
          endDetail:
            row.activeVersion === null
              ? t('noVersion')
              : `v${row.activeVersion} · ${t('versions.rates', { count: activeVersionOf(row)?.rateCount ?? 0 })}`,
        })}
        empty={
          <EmptyState title={t('empty.title')} action={add}>
            {t('empty.text')}
          </EmptyState>
        }
        onClearFilters={url.isFiltered ? url.clear : undefined}
      />
      <ListFoot
        count={list.rows?.length}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
      <AddDeck open={isAdding} onOpenChange={setAdding} home={home} />
    </>
  );
}
