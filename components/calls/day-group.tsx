'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { Money } from '@/components/patterns/money';
import { useNow } from '@/components/patterns/use-now';
import { formatSpan } from '@/lib/client/format/duration';
import { formatTime } from '@/lib/client/format/time';
import type { Overview } from '@/lib/services/overview/schemas';
import type { CallRow } from './call-rows';

/** "2026-11-20" of a moment in a zone. */
export function dateIn(iso: string | number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(new Date(iso));
}

export interface DayGroupProps {
  /** Any moment of the day, ISO 8601. */
  at: string;
  /** Its sums; absent while filters hide part of the day. */
  sums: Overview['daily'][number] | undefined;
}

/** The line above a day's calls: its name, and what it came to. */
export function DayGroup({ at, sums }: DayGroupProps) {
  const t = useTranslations('calls');
  const locale = useLocale();
  const timeZone = useTimeZone() ?? 'UTC';
  const nowMs = useNow(60_000);
  const day = formatTime(new Date(at), 'day', { locale, timeZone });
  const isToday = nowMs !== null && dateIn(at, timeZone) === dateIn(nowMs, timeZone);
  return (
    <span className="flex flex-1 flex-wrap items-baseline justify-between gap-x-4 md:justify-start">
      <span className="font-medium text-ink-2">{isToday ? t('today', { day }) : day}</span>
      {sums && (
        <span>
          {t.rich(sums.spent === null ? 'daySumUnpriced' : 'daySum', {
            count: sums.calls,
            talked: formatSpan(sums.seconds),
            money: () => <Money value={sums.spent} detail="balance" />,
          })}
        </span>
      )}
    </span>
  );
}

/** The group line above a row, where a day begins. */
export function dayGroupAbove(
  daily: Overview['daily'],
  timeZone: string,
): (row: CallRow, above: CallRow | null) => React.ReactNode {
  return (row, above) => {
    if (row.kind === 'live') return null;
    const date = dateIn(row.call.startedAt, timeZone);
    if (above?.kind === 'ended' && dateIn(above.call.startedAt, timeZone) === date) return null;
    return <DayGroup at={row.call.startedAt} sums={daily.find((day) => day.date === date)} />;
  };
}
