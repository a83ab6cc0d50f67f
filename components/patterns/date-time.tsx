import { useLocale, useTimeZone } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { formatTime, formatUtc, type TimeStyle } from '@/lib/client/format/time';

export interface DateTimeProps {
  /** ISO 8601; null where it has not happened. */
  value: string | null | undefined;
  look?: TimeStyle | undefined;
  /** Instead of the reader's own zone. */
  timeZone?: string | undefined;
  className?: string | undefined;
}

/** A moment in the reader's zone; hovering tells it in UTC. */
export function DateTime({ value, look = 'moment', timeZone, className }: DateTimeProps) {
  const locale = useLocale();
  const ownZone = useTimeZone();
  if (!value) return <span className={cn('text-ink-3', className)}>–</span>;
  const date = new Date(value);
  return (
    <time dateTime={value} title={formatUtc(date)} className={cn('whitespace-nowrap', className)}>
      {formatTime(date, look, { locale, timeZone: timeZone ?? ownZone ?? 'UTC' })}
    </time>
  );
}
