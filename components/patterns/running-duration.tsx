'use client';

import { cn } from '@/components/ui/cn';
import { formatClock } from '@/lib/client/format/duration';
import { useNow } from './use-now';

export interface RunningDurationProps {
  /** ISO 8601; null while it rings. */
  since: string | null;
  /** The feed was lost: stands still and fades. */
  stale?: boolean | undefined;
  className?: string | undefined;
}

/** How long a call has gone on; changes in place. */
export function RunningDuration({ since, stale, className }: RunningDurationProps) {
  const nowMs = useNow();
  if (since === null || nowMs === null) return <span className={className}>–</span>;
  return (
    <span className={cn('whitespace-nowrap tabular-nums', stale && 'text-ink-3', className)}>
      {formatClock((nowMs - Date.parse(since)) / 1_000)}
    </span>
  );
}
