'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ListToolbar } from '@/components/patterns/list-tools';
import { SearchInput } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import type { ListUrl } from '@/lib/client/use-list-url';

export const ACCOUNT_FILTERS = ['view', 'kind', 'state'] as const;
export type AccountFilter = (typeof ACCOUNT_FILTERS)[number];

export interface AccountToolbarProps {
  url: ListUrl<AccountFilter>;
  isTree: boolean;
  end: ReactNode;
}

/** Search and filters; whatever is searched is shown as a list. */
export function AccountToolbar({ url, isTree, end }: AccountToolbarProps) {
  const t = useTranslations('accounts');
  const any = { value: 'any', label: t('any') };
  const choose = (name: AccountFilter) => (value: string) =>
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
      <Segmented
        label={t('view')}
        segments={[
          { value: 'tree', label: t('tree') },
          { value: 'list', label: t('list') },
        ]}
        value={isTree ? 'tree' : 'list'}
        onValueChange={(view) => {
          if (view === 'tree') url.clear();
          else url.setFilter('view', view);
        }}
      />
      <Select
        look="filter"
        label={t('kind')}
        value={url.filters.kind ?? 'any'}
        items={[
          any,
          ...(['reseller', 'customer'] as const).map((value) => ({
            value,
            label: t(`kinds.${value}`),
          })),
        ]}
        onValueChange={choose('kind')}
      />
      <Select
        look="filter"
        label={t('state')}
        value={url.filters.state ?? 'any'}
        items={[
          any,
          ...(['active', 'suspended', 'terminated'] as const).map((value) => ({
            value,
            label: t(`states.${value}`),
          })),
        ]}
        onValueChange={choose('state')}
      />
    </ListToolbar>
  );
}
