'use client';

import { useTimeZone, useTranslations } from 'next-intl';
import { type ReactNode, useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import {
  ColumnsMenu,
  CsvLink,
  ListFoot,
  ListToolbar,
  TimesIn,
} from '@/components/patterns/list-tools';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { RecordingSettingsButton } from '@/components/recordings/recording-settings';
import { ButtonLink } from '@/components/ui/button';
import { SearchInput } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { apiUrl } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import { useList } from '@/lib/client/use-list';
import { type ListUrl, useListUrl } from '@/lib/client/use-list-url';
import { callSchema } from '@/lib/services/calls/schemas';
import { overviewSchema } from '@/lib/services/overview/schemas';
import { useCallColumns, usePhoneCallRow } from './call-columns';
import { type CallRow, fromOf, matchesFilters, toOf } from './call-rows';
import { dayGroupAbove } from './day-group';
import { HangUpButton } from './hang-up-button';
import { type CallFilters, callFilterQuery, callQuery, OVERVIEW_QUERY } from './queries';
import { useLiveCalls } from './use-live-calls';

const FILTERS = ['when', 'direction', 'result', 'live'] as const;
type Filter = (typeof FILTERS)[number];

const rowId = (row: CallRow): string => row.id;
const NO_SUMS: readonly never[] = [];

export interface CallListProps {
  /** Where the list lies, and below it each call. */
  home?: string | undefined;
  /** What a console of those who sell adds; left out: a customer's. */
  columns?: readonly DataColumn<CallRow>[] | undefined;
  /** In place of the rows where there has been no call yet. */
  empty?: ReactNode;
}

/** Calls that go on, then those that have ended by day, the newest first. */
export function CallList({ home = '/calls', columns: given, empty }: CallListProps) {
  const t = useTranslations('calls');
  const url = useListUrl(FILTERS);
  const timeZone = useTimeZone() ?? 'UTC';
  const { account } = useViewer();
  const mayHangUp = useMay('calls.hangUp');
  const own = useCallColumns();
  const columns = given ?? own;
  const phoneRow = usePhoneCallRow();
  const filters = filtersOf(url);
  const { rows, list } = useCallRows(url, filters);
  // Sums are of whole days in the account's zone: told only where that is what is shown.
  const isWhole = !isNarrowed(filters) && timeZone === account.timeZone;
  const overview = useItem({
    path: '/overview',
    query: OVERVIEW_QUERY,
    response: overviewSchema,
  });
  const daily = isWhole ? (overview.data?.daily ?? NO_SUMS) : NO_SUMS;
  const exportHref = apiUrl('/calls/export', callFilterQuery(filters, Date.now()));
  return (
    <>
      <PageHead title={t('title')} actions={<RecordingSettingsButton />} />
      <CallToolbar
        url={url}
        tools={
          <>
            <ColumnsMenu name="calls" columns={columns} />
            <CsvLink href={exportHref} />
          </>
        }
      />
      <DataTable<CallRow>
        name="calls"
        label={t('listLabel')}
        columns={columns}
        rows={rows}
        error={list.error}
        onRetry={list.refetch}
        rowId={rowId}
        rowLabel={(row) =>
          t('rowLabel', {
            from: fromOf(row).number,
            to: toOf(row).number,
            when: row.kind === 'live' ? t('live') : row.call.startedAt,
          })
        }
        phoneRow={phoneRow}
        opening={{ href: (row) => `${home}/${row.id}` }}
        isLive={(row) => row.kind === 'live'}
        groupAbove={dayGroupAbove([...daily], timeZone)}
        {...(mayHangUp
          ? { rowActions: (row) => row.kind === 'live' && <HangUpButton callId={row.id} /> }
          : {})}
        empty={empty ?? <NoCalls />}
        onClearFilters={isNarrowed(filters) ? url.clear : undefined}
      />
      <ListFoot
        count={rows?.length}
        note={<TimesIn zone={timeZone} />}
        isFirstPage={url.isFirstPage}
        nextCursor={list.nextCursor}
        onNewer={url.newer}
        onOlder={url.older}
      />
    </>
  );
}

function filtersOf(url: ListUrl<Filter>): CallFilters {
  const { when, direction, result } = url.filters;
  return { search: url.search === '' ? null : url.search, when, direction, result };
}

const isNarrowed = ({ search, when, direction, result }: CallFilters): boolean =>
  search !== null || when !== null || direction !== null || result !== null;

/** Live calls first (on the first page, where they match), then a page of ended ones. */
function useCallRows(url: ListUrl<Filter>, filters: CallFilters) {
  const list = useList({
    path: '/calls',
    query: callQuery({ ...filters, cursor: url.cursor }, Date.now()),
    item: callSchema,
  });
  const live = useLiveCalls();
  const showsLive = url.isFirstPage && url.filters.live !== 'off';
  const { search, when, direction, result } = filters;
  const ended = list.rows;
  const rows = useMemo(() => {
    if (!ended) return undefined;
    const endedIds = new Set(ended.map((call) => call.id));
    const liveRows = live.calls
      // Between its end and its last event a call is in both lists.
      .filter((call) => call.state !== 'ended' && !endedIds.has(call.callId))
      .map<CallRow>((call) => ({ kind: 'live', id: call.callId, call }))
      .filter((row) => matchesFilters(row, { search, when, direction, result }));
    const endedRows = ended.map<CallRow>((call) => ({ kind: 'ended', id: call.id, call }));
    return showsLive ? [...liveRows, ...endedRows] : endedRows;
  }, [ended, live.calls, showsLive, search, when, direction, result]);
  return { rows, list };
}

function CallToolbar({ url, tools }: { url: ListUrl<Filter>; tools: ReactNode }) {
  const t = useTranslations('calls');
  const any = { value: 'any', label: t('any') };
  const choose = (name: Filter) => (value: string) =>
    url.setFilter(name, value === 'any' ? null : value);
  return (
    <ListToolbar
      end={
        <>
          {tools}
          <Switch
            quiet
            label={t('showLive')}
            checked={url.filters.live !== 'off'}
            onCheckedChange={(isOn) => url.setFilter('live', isOn ? null : 'off')}
          />
        </>
      }
    >
      <SearchInput
        aria-label={t('search')}
        placeholder={t('search')}
        value={url.search}
        onValueChange={(text) => url.setSearch(text)}
        className="w-56 max-md:w-40"
      />
      <Select
        look="filter"
        label={t('when')}
        value={url.filters.when ?? 'any'}
        items={[
          any,
          ...(['today', 'week', 'month'] as const).map((value) => ({
            value,
            label: t(`whens.${value}`),
          })),
        ]}
        onValueChange={choose('when')}
      />
      <Select
        look="filter"
        label={t('direction')}
        value={url.filters.direction ?? 'any'}
        items={[
          any,
          ...(['outbound', 'inbound', 'internal'] as const).map((value) => ({
            value,
            label: t(`directions.${value}`),
          })),
        ]}
        onValueChange={choose('direction')}
      />
      <Select
        look="filter"
        label={t('result')}
        value={url.filters.result ?? 'any'}
        items={[
          any,
          ...(['answered', 'busy', 'no_answer', 'cancelled', 'refused', 'failed'] as const).map(
            (value) => ({ value, label: t(`results.${value}`) }),
          ),
        ]}
        onValueChange={choose('result')}
      />
    </ListToolbar>
  );
}

function NoCalls() {
  const t = useTranslations('calls.empty');
  return (
    <EmptyState
      title={t('title')}
      steps={[
        {
          label: t('register'),
          end: (
            <ButtonLink href="/extensions" variant="primary" size="sm">
              {t('registerAction')}
            </ButtonLink>
          ),
        },
        { label: t('dial'), end: t('dialHint') },
      ]}
    >
      {t('text')}
    </EmptyState>
  );
}
