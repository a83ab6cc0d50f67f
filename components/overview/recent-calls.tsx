'use client';

import Link from 'next/link';
import { useTimeZone, useTranslations } from 'next-intl';
import {
  CostCell,
  DirectionIcon,
  ResultCell,
  StartedCell,
  TalkedCell,
} from '@/components/calls/call-cells';
import { usePhoneCallRow } from '@/components/calls/call-columns';
import { type CallRow, fromOf, toOf } from '@/components/calls/call-rows';
import { dateIn } from '@/components/calls/day-group';
import { CallableNumber } from '@/components/patterns/callable-number';
import { DateTime } from '@/components/patterns/date-time';
import { Panel } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { useIsPhone } from '@/components/patterns/use-is-phone';
import { useNow } from '@/components/patterns/use-now';
import { CountBadge } from '@/components/ui/badge';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { TextLink } from '@/components/ui/text-link';
import type { ListState } from '@/lib/client/use-list';
import type { WireCall } from '@/lib/services/calls/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';
import { PanelSkeleton } from './registered-panel';

/** Lines of this panel. */
const SHOWN = 7;

export interface RecentCallsProps {
  list: ListState<WireCall>;
  live: readonly LiveCall[];
  className?: string;
}

/** Calls that go on and the last that ended. */
export function RecentCalls({ list, live, className }: RecentCallsProps) {
  const t = useTranslations('overview');
  const tCalls = useTranslations('calls');
  const isPhone = useIsPhone();
  const ended = (list.rows ?? []).map<CallRow>((call) => ({ kind: 'ended', id: call.id, call }));
  const endedIds = new Set(ended.map((row) => row.id));
  const ongoing = live
    .filter((call) => !endedIds.has(call.callId))
    .map<CallRow>((call) => ({ kind: 'live', id: call.callId, call }));
  const rows = [...ongoing, ...ended].slice(0, SHOWN);
  return (
    <Panel
      title={t('recent')}
      note={ongoing.length > 0 && <CountBadge>{t('live', { count: ongoing.length })}</CountBadge>}
      className={className}
      actions={<TextLink href="/calls">{t('allCalls')}</TextLink>}
    >
      {list.rows === undefined && list.error ? (
        <ErrorState title={t('callsFailed')} onRetry={list.refetch}>
          {list.error.message}
        </ErrorState>
      ) : list.rows === undefined ? (
        <PanelSkeleton />
      ) : rows.length === 0 ? (
        <p className="px-4 py-3 text-ink-3">{t('noCalls')}</p>
      ) : isPhone ? (
        <PhoneCalls rows={rows} />
      ) : (
        <Table aria-label={tCalls('listLabel')}>
          <thead>
            <tr>
              <Th>{t('when')}</Th>
              <Th>{t('from')}</Th>
              <Th>{t('to')}</Th>
              <Th className="text-end">{t('talked')}</Th>
              <Th className="text-end">{t('cost')}</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <RecentCall key={row.id} row={row} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function RecentCall({ row }: { row: CallRow }) {
  const t = useTranslations('calls');
  const isTalk = row.kind === 'live' || row.call.result === 'answered';
  const from = fromOf(row);
  const to = toOf(row);
  return (
    <Tr className="relative">
      <Td className="w-20 whitespace-nowrap">
        <Link
          href={`/calls/${row.id}`}
          prefetch={false}
          className="focus-inside absolute inset-0"
          aria-label={t('page.title', { from: from.number, to: to.number })}
        />
        <When row={row} />
      </Td>
      <Td className="whitespace-nowrap">
        <span className="flex items-center gap-2">
          <DirectionIcon row={row} />
          <CallableNumber value={from.number} />
        </span>
      </Td>
      <Td className="whitespace-nowrap">
        <CallableNumber value={to.number} />
      </Td>
      <Td className="whitespace-nowrap text-end">
        {isTalk ? <TalkedCell row={row} /> : <ResultCell row={row} />}
      </Td>
      <Td className="text-end">
        <CostCell row={row} />
      </Td>
    </Tr>
  );
}

/** The time of today's calls, the day of those before. */
function When({ row }: { row: CallRow }) {
  const timeZone = useTimeZone() ?? 'UTC';
  const nowMs = useNow(60_000);
  if (row.kind === 'live' || nowMs === null) return <StartedCell row={row} />;
  const { startedAt } = row.call;
  const isToday = dateIn(startedAt, timeZone) === dateIn(nowMs, timeZone);
  return <DateTime value={startedAt} look={isToday ? 'time' : 'day'} className="text-ink-2" />;
}

function PhoneCalls({ rows }: { rows: readonly CallRow[] }) {
  const phoneRow = usePhoneCallRow();
  return (
    <ul>
      {rows.map((row) => {
        const { icon, title, detail, end, endDetail } = phoneRow(row);
        return (
          <li key={row.id} className="border-line border-t first:border-t-0">
            <Link
              href={`/calls/${row.id}`}
              prefetch={false}
              className="focus-inside flex min-h-13 items-center gap-3 px-4 py-1.5"
            >
              {icon}
              <span className="min-w-0 flex-1">
                <span className="block truncate">{title}</span>
                <span className="block truncate text-ink-3 text-small">{detail}</span>
              </span>
              <span className="shrink-0 text-end">
                <span className="block">{end}</span>
                <span className="block text-ink-3 text-small">{endDetail}</span>
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
