'use client';

import { useNow } from '@/components/patterns/use-now';
import { formatSpan } from '@/lib/client/format/duration';
import { useIsStale } from '@/lib/client/use-live';

/** How long a registration still lasts, unless its phone comes back before. */
export function TimeLeft({ until }: { until: string }) {
  const nowMs = useNow();
  const isStale = useIsStale();
  if (nowMs === null) return <span className="text-ink-3">–</span>;
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1_000));
  return (
    <span className={`whitespace-nowrap tabular-nums ${isStale ? 'text-ink-3' : 'text-ink-2'}`}>
      {formatSpan(seconds)}
    </span>
  );
}
