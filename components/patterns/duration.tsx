import { cn } from '@/components/ui/cn';
import { formatClock, formatSpan } from '@/lib/client/format/duration';

export interface DurationProps {
  /** null where nobody talked. */
  seconds: number | null | undefined;
  /** clock: 3:12 · span: 4 h 12 min. */
  look?: 'clock' | 'span' | undefined;
  className?: string | undefined;
}

/** How long. For a call that goes on use RunningDuration. */
export function Duration({ seconds, look = 'clock', className }: DurationProps) {
  if (seconds === null || seconds === undefined) {
    return <span className={cn('text-ink-3', className)}>–</span>;
  }
  return (
    <span className={cn('whitespace-nowrap tabular-nums', className)}>
      {look === 'clock' ? formatClock(seconds) : formatSpan(seconds)}
    </span>
  );
}
