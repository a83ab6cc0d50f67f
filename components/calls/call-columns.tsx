'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { DataColumn, PhoneRow } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import {
  CostCell,
  DirectionIcon,
  Party,
  RecordedMark,
  ResultCell,
  ShortResult,
  StartedCell,
  TalkedCell,
} from './call-cells';
import { type CallRow, directionOf, fromOf, toOf } from './call-rows';

/** Columns of the list of calls. */
export function useCallColumns(): DataColumn<CallRow>[] {
  const t = useTranslations('calls.columns');
  return useMemo(
    () => [
      {
        id: 'started',
        header: t('started'),
        className: 'w-20',
        skeleton: 'w-10',
        cell: (row) => <StartedCell row={row} />,
      },
      {
        id: 'from',
        header: t('from'),
        grow: true,
        cell: (row) => (
          <span className="flex items-center gap-2">
            <DirectionIcon row={row} />
            <Party party={fromOf(row)} className="truncate" />
          </span>
        ),
      },
      { id: 'to', header: t('to'), grow: true, cell: (row) => <Party party={toOf(row)} /> },
      {
        id: 'talked',
        header: t('talked'),
        align: 'end',
        skeleton: 'w-8',
        cell: (row) => (
          <span className="inline-flex items-center justify-end gap-1.5">
            <RecordedMark row={row} />
            <TalkedCell row={row} />
          </span>
        ),
      },
      {
        id: 'result',
        header: t('result'),
        optional: 'shown',
        className: 'ps-4',
        cell: (row) => <ResultCell row={row} />,
      },
      {
        id: 'cost',
        header: t('cost'),
        align: 'end',
        skeleton: 'w-12',
        cell: (row) => <CostCell row={row} />,
      },
    ],
    [t],
  );
}

/** A call on a phone: the other party first, cost and time at the end. */
export function usePhoneCallRow(): (row: CallRow) => PhoneRow {
  const t = useTranslations('calls');
  return (row) => {
    const isIncoming = directionOf(row) === 'inbound';
    const other = isIncoming ? fromOf(row) : toOf(row);
    const own = isIncoming ? toOf(row) : fromOf(row);
    const ownWords = own.name ? `${own.number} ${own.name}` : own.number;
    const isTalk = row.kind === 'live' || row.call.result === 'answered';
    return {
      icon: <DirectionIcon row={row} />,
      title: <Party party={other} />,
      detail: (
        <>
          {row.kind === 'ended' && (
            <>
              <DateTime value={row.call.startedAt} look="time" /> ·{' '}
            </>
          )}
          {t(isIncoming ? 'toParty' : 'fromParty', { party: ownWords })}
        </>
      ),
      end: <CostCell row={row} />,
      endDetail: isTalk ? (
        <span className={row.kind === 'live' ? 'text-green-text' : undefined}>
          <TalkedCell row={row} />
        </span>
      ) : (
        <ShortResult row={row} />
      ),
    };
  };
}
