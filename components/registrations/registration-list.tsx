'use client';

import { Phone } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { deviceName } from '@/components/extensions/registration-status';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { ColumnsMenu, ListFoot, ListToolbar } from '@/components/patterns/list-tools';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { SearchInput } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { useList } from '@/lib/client/use-list';
import { useListUrl } from '@/lib/client/use-list-url';
import { registrationSchema, type WireRegistration } from '@/lib/services/registrations/schemas';
import { EvictButton } from './evict-button';
import { phoneAddress } from './phone-address';
import { REFRESH_MS, registrationQuery, TRANSPORTS } from './queries';
import { TimeLeft } from './time-left';

/** Every phone that is registered below the viewer's account: what, where, until when. */
export function RegistrationList() {
  const t = useTranslations('registrations');
  const url = useListUrl(['transport']);
  const mayWrite = useMay('extensions.write');
  const columns = useRegistrationColumns();
  const list = useList({
    path: '/registrations',
    query: registrationQuery({
      search: url.search,
      transport: url.filters.transport,
      cursor: url.cursor,
    }),
    item: registrationSchema,
    refreshEveryMs: REFRESH_MS,
  });
  const evictButton = (row: WireRegistration) => (
    <EvictButton id={row.id} device={deviceName(row.userAgent)} number={row.number} />
  );
  return (
    <>
      <PageHead title={t('title')} />
      <ListToolbar end={<ColumnsMenu name="registrations" columns={columns} />}>
        <SearchInput
          aria-label={t('search')}
          placeholder={t('search')}
          value={url.search}
          onValueChange={(text) => url.setSearch(text)}
          className="w-64 max-md:w-auto max-md:min-w-0 max-md:flex-1"
        />
        <Select
          look="filter"
          label={t('columns.transport')}
          value={url.filters.transport ?? 'any'}
          items={[
            { value: 'any', label: t('any') },
            ...TRANSPORTS.map((value) => ({ value, label: value.toUpperCase() })),
          ]}
          onValueChange={(value) => url.setFilter('transport', value === 'any' ? null : value)}
        />
      </ListToolbar>
      <DataTable<WireRegistration>
        name="registrations"
        label={t('listLabel')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={(row) => row.id}
        rowLabel={(row) => t('rowLabel', { number: row.number, domain: row.domain })}
        rowActions={mayWrite ? evictButton : undefined}
        phoneRow={(row) => ({
          icon: <Phone />,
          title: t('rowLabel', { number: row.number, domain: row.domain }),
          detail: (
            <span className="whitespace-normal break-all">
              {deviceName(row.userAgent)} · {phoneAddress(row)}
            </span>
          ),
          end: mayWrite ? evictButton(row) : <TimeLeft until={row.expiresAt} />,
          endDetail: mayWrite ? <TimeLeft until={row.expiresAt} /> : undefined,
        })}
        empty={<EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>}
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

function useRegistrationColumns(): DataColumn<WireRegistration>[] {
  const t = useTranslations('registrations');
  return useMemo(
    () => [
      {
        id: 'number',
        header: t('columns.number'),
        className: 'w-16',
        cell: (row) => <span className="font-medium">{row.number}</span>,
      },
      {
        id: 'domain',
        header: t('columns.domain'),
        cell: (row) => <span className="text-mono">{row.domain}</span>,
      },
      {
        id: 'device',
        header: t('columns.device'),
        grow: true,
        cell: (row) => <span title={row.userAgent}>{deviceName(row.userAgent)}</span>,
      },
      {
        id: 'address',
        header: t('columns.address'),
        cell: (row) => <span className="text-mono">{phoneAddress(row)}</span>,
      },
      {
        id: 'transport',
        header: t('columns.transport'),
        cell: (row) => (
          <span className="text-ink-2">
            {row.transport.toUpperCase()}
            {row.flow > 0 && ` · ${t('flow', { flow: row.flow })}`}
          </span>
        ),
      },
      {
        id: 'contact',
        header: t('columns.contact'),
        optional: 'hidden',
        cell: (row) => <span className="text-mono">{row.contactUri}</span>,
      },
      {
        id: 'since',
        header: t('columns.since'),
        optional: 'shown',
        cell: (row) => <DateTime value={row.registeredAt} className="text-ink-2" />,
      },
      {
        id: 'left',
        header: t('columns.left'),
        align: 'end',
        cell: (row) => <TimeLeft until={row.expiresAt} />,
      },
    ],
    [t],
  );
}
