'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ListToolbar } from '@/components/patterns/list-tools';
import { SearchInput } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import type { ListUrl } from '@/lib/client/use-list-url';
import { numberKindSchema, numberStateSchema } from '@/lib/services/numbers/schemas';
import type { NumberFilter } from './queries';

export interface NumberToolbarProps {
  url: ListUrl<NumberFilter>;
  /** Whoever sells tells what lies in its own stock from what its customers have. */
  isSeller: boolean;
  end: ReactNode;
}

/** Search and filters of a list of numbers. */
export function NumberToolbar({ url, isSeller, end }: NumberToolbarProps) {
  const t = useTranslations('numbers');
  const any = { value: 'any', label: t('any') };
  const choose = (name: NumberFilter) => (value: string) =>
    url.setFilter(name, value === 'any' ? null : value);
  return (
    <ListToolbar end={end}>
      <SearchInput
        aria-label={t('search')}
        placeholder={t('search')}
        value={url.search}
        onValueChange={(text) => url.setSearch(text)}
        className="w-60 max-md:w-44"
      />
      {isSeller && (
        <Segmented
          label={t('whose')}
          segments={[
            { value: 'all', label: t('all') },
            { value: 'own', label: t('stock') },
          ]}
          value={url.filters.stock ?? 'all'}
          onValueChange={(value) => url.setFilter('stock', value === 'all' ? null : value)}
        />
      )}
      <Select
        look="filter"
        label={t('columns.state')}
        value={url.filters.state ?? 'any'}
        items={[
          any,
          ...numberStateSchema.options.map((value) => ({ value, label: t(`states.${value}`) })),
        ]}
        onValueChange={choose('state')}
      />
      <Select
        look="filter"
        label={t('columns.kind')}
        value={url.filters.kind ?? 'any'}
        items={[
          any,
          ...numberKindSchema.options.map((value) => ({ value, label: t(`kinds.${value}`) })),
        ]}
        onValueChange={choose('kind')}
      />
    </ListToolbar>
  );
}
