'use client';

import { useTranslations } from 'next-intl';
import { Money } from '@/components/patterns/money';
import { cn } from '@/components/ui/cn';
import { parseMicro } from '@/lib/core/money';
import type { WireMarginRow } from '@/lib/services/margins/schemas';

/** More bars than that are read in the table. */
const MAX_BARS = 10;

/** For the largest: what was earned as a bar, of which the strong part was kept. */
export function MarginChart({ rows }: { rows: readonly WireMarginRow[] }) {
  const t = useTranslations('margins');
  const bars = rows.slice(0, MAX_BARS).map(barOf);
  const largest = bars.reduce((most, bar) => larger(most, bar.whole), 0n);
  if (bars.length < 2 || largest === 0n) return null;
  return (
    <figure aria-label={t('chart')} className="m-0 border-line border-b px-4 py-3">
      <ul className="grid grid-cols-[minmax(5rem,auto)_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5">
        {bars.map(({ row, whole, kept, lost }) => (
          <li key={`${row.id} ${row.name}`} className="contents text-small">
            <span className="truncate">{row.name ?? t('unnamed')}</span>
            <span aria-hidden className="flex h-3 min-w-0">
              <Part micro={kept} of={largest} className="bg-bar-strong" />
              <Part micro={whole - kept - lost} of={largest} className="bg-bar-faint" />
              <Part micro={lost} of={largest} className="bg-red" />
            </span>
            <Money value={row.margin} detail="balance" change={lost > 0n} className="text-end" />
          </li>
        ))}
      </ul>
      <figcaption className="mt-2 text-ink-3 text-small">{t('legend')}</figcaption>
    </figure>
  );
}

/** The larger of what came in and what went out; the part that was kept, or lost. */
function barOf(row: WireMarginRow) {
  const revenue = parseMicro(row.revenue.amount);
  const cost = parseMicro(row.cost.amount);
  const margin = revenue - cost;
  return {
    row,
    whole: larger(revenue, cost),
    kept: margin > 0n ? margin : 0n,
    lost: margin < 0n ? -margin : 0n,
  };
}

function Part({ micro, of, className }: { micro: bigint; of: bigint; className: string }) {
  if (micro <= 0n) return null;
  return (
    <span
      className={cn('first:rounded-s-[2px] last:rounded-e-[2px]', className)}
      style={{ width: `${Number((micro * 10_000n) / of) / 100}%` }}
    />
  );
}

/** Math.max knows no bigints. */
function larger(one: bigint, other: bigint): bigint {
  if (other > one) return other;
  return one;
}
