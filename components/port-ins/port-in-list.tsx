'use client';

import { ArrowLeftRight, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { EmptyState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/select';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import {
  type PortInLine,
  portInPageSchema,
  portInStateSchema,
} from '@/lib/services/port-ins/schemas';
import { PortInDialog } from './port-in-form';
import { PortInSheet } from './port-in-sheet';
import { PortInStatus } from './port-in-state';

const lineSchema = portInPageSchema.shape.items.element;
const FILTERS = ['portState'] as const;

/** Numbers that come along from other carriers; the operator's desk sees those of all. */
export function PortInList() {
  const t = useTranslations('portIns');
  const url = useListUrl(FILTERS);
  const { account } = useViewer();
  const mayWrite = useMay('portIns.write') && account.kind === 'customer';
  const [isAdding, setAdding] = useState(false);
  const list = useList({
    path: '/port-ins',
    query: { state: url.filters.portState, cursor: url.cursor, limit: 50 },
    item: lineSchema,
  });
  const columns = useColumns(account.kind !== 'customer');
  const add = mayWrite && (
    <Button variant="primary" size="sm" icon={<Plus />} onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  );
  return (
    <>
      <ListToolbar end={add}>
        <Select
          look="filter"
          label={t('columns.state')}
          value={url.filters.portState ?? 'any'}
          items={[
            { value: 'any', label: t('any') },
            ...portInStateSchema.options.map((value) => ({ value, label: t(`states.${value}`) })),
          ]}
          onValueChange={(value) => url.setFilter('portState', value === 'any' ? null : value)}
        />
      </ListToolbar>
      <DataTable
        name="port-ins"
        label={t('title')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={({ id }) => id}
        rowLabel={({ numbers }) => numbers[0] ?? ''}
        phoneRow={(row) => ({
          icon: <ArrowLeftRight />,
          title: <Numbers row={row} />,
          detail: row.losingCarrier,
          end: <PortInStatus state={row.state} />,
        })}
        opening={{ onOpen: ({ id }) => url.setOpenId(id) }}
        openId={url.openId}
        empty={
          <EmptyState title={t('empty')} action={add}>
            {t(account.kind === 'customer' ? 'emptyText' : 'emptyDesk')}
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
      <PortInSheet openId={url.openId} rows={list.rows ?? []} onOpen={url.setOpenId} />
      <PortInDialog
        open={isAdding}
        portIn={null}
        onClose={() => setAdding(false)}
        onSaved={({ id }) => url.setOpenId(id)}
      />
    </>
  );
}

/** The first of its numbers, and how many more there are. */
function Numbers({ row }: { row: PortInLine }) {
  const t = useTranslations('portIns');
  const [first = '', ...more] = row.numbers;
  return (
    <span className="whitespace-nowrap font-medium">
      <PhoneNumber value={first} />
      {more.length > 0 && (
        <span className="font-normal text-ink-3"> {t('more', { count: more.length })}</span>
      )}
    </span>
  );
}

function useColumns(showsAccount: boolean): DataColumn<PortInLine>[] {
  const t = useTranslations('portIns');
  return useMemo(() => {
    const account: DataColumn<PortInLine> = {
      id: 'account',
      header: t('columns.account'),
      cell: (row) => row.account.name,
      className: 'text-ink-2',
    };
    return [
      { id: 'numbers', header: t('columns.numbers'), cell: (row) => <Numbers row={row} /> },
      ...(showsAccount ? [account] : []),
      {
        id: 'from',
        header: t('columns.from'),
        cell: ({ losingCarrier }) => losingCarrier,
        grow: true,
      },
      {
        id: 'day',
        header: t('columns.day'),
        cell: ({ scheduledOn, wishedOn }) => (
          <DateTime value={`${scheduledOn ?? wishedOn}T00:00:00Z`} look="date" timeZone="UTC" />
        ),
        className: 'whitespace-nowrap text-ink-2',
      },
      {
        id: 'state',
        header: t('columns.state'),
        cell: ({ state }) => <PortInStatus state={state} />,
        className: 'w-px whitespace-nowrap',
      },
    ];
  }, [showsAccount, t]);
}
