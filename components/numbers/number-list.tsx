'use client';

import { Hash } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn, DataTableProps } from '@/components/patterns/data-table-types';
import { ListFoot } from '@/components/patterns/list-tools';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { GenerationTag } from '@/components/ui/generation-tag';
import type { ListState } from '@/lib/client/use-list';
import type { ListUrl } from '@/lib/client/use-list-url';
import type { WireNumber } from '@/lib/services/numbers/schemas';
import { NumberState, NumberTarget } from './number-state';
import type { NumberFilter } from './queries';

export interface NumberListProps {
  list: ListState<WireNumber>;
  url: ListUrl<NumberFilter>;
  /** Whoever sells sees whose each is. */
  showsAccount: boolean;
  selection?: DataTableProps<WireNumber>['selection'];
  empty: ReactNode;
}

/** Numbers, their states and where they lead; a row opens in its sheet. */
export function NumberList({ list, url, showsAccount, selection, empty }: NumberListProps) {
  const t = useTranslations('numbers');
  const columns = useNumberColumns(showsAccount);
  return (
    <>
      <DataTable
        name="numbers"
        label={t('title')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={({ id }) => id}
        rowLabel={({ e164 }) => e164}
        phoneRow={(row) => ({
          icon: <Hash />,
          title: <PhoneNumber value={row.e164} />,
          detail: showsAccount ? row.accountName : <NumberTarget number={row} />,
          end: <NumberState number={row} />,
        })}
        opening={{ onOpen: ({ id }) => url.setOpenId(id) }}
        openId={url.openId}
        {...(selection ? { selection } : {})}
        empty={empty}
        onClearFilters={url.isFiltered ? url.clear : undefined}
      />
      <ListFoot
        count={list.rows?.length}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
    </>
  );
}

function useNumberColumns(showsAccount: boolean): DataColumn<WireNumber>[] {
  const t = useTranslations('numbers');
  return useMemo(() => {
    const account: DataColumn<WireNumber> = {
      id: 'account',
      header: t('columns.account'),
      cell: ({ accountName }) => accountName,
      className: 'text-ink-2',
    };
    return [
      {
        id: 'number',
        header: t('columns.number'),
        cell: ({ e164 }) => <PhoneNumber value={e164} className="font-medium" />,
        className: 'w-px whitespace-nowrap pe-6',
      },
      {
        id: 'place',
        header: t('columns.place'),
        cell: ({ country, area }) =>
          [area, country].filter(Boolean).join(', ') || <span className="text-ink-3">–</span>,
        className: 'text-ink-2',
        optional: 'shown',
      },
      {
        id: 'kind',
        header: t('columns.kind'),
        cell: ({ kind, group }) => (
          <>
            {t(`kinds.${kind}`)}
            {group !== '' && <span className="text-ink-3"> · {group}</span>}
          </>
        ),
        className: 'text-ink-2',
        optional: 'shown',
      },
      ...(showsAccount ? [account] : []),
      {
        id: 'target',
        header: t('columns.target'),
        cell: (row) => <NumberTarget number={row} />,
        grow: true,
      },
      {
        id: 'state',
        header: t('columns.state'),
        cell: (row) => <NumberState number={row} />,
        className: 'w-px whitespace-nowrap',
      },
      {
        id: 'live',
        header: t('columns.live'),
        cell: ({ generation, status }) => (
          <GenerationTag wanted={generation} observed={status.observedGeneration} />
        ),
        className: 'w-px whitespace-nowrap',
        optional: 'shown',
      },
    ];
  }, [showsAccount, t]);
}
