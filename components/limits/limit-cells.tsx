'use client';

import { Building2, Globe, Hash, Phone, RadioTower } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Money } from '@/components/patterns/money';
import { Badge } from '@/components/ui/badge';
import { Meter } from '@/components/ui/meter';
import type { WireLimits } from '@/lib/services/limits/schemas';

const ICONS = {
  account: Building2,
  tenant: Globe,
  extension: Phone,
  trunk: RadioTower,
  number: Hash,
} as const;

/** Levels that are indented; whatever lies deeper stands where they end. */
const MAX_LEVELS = 8;

/** What stands below an account is indented once more than the account itself. */
function indentOf({ depth, subject }: WireLimits, remPerLevel: number): string {
  const level = Math.min(depth + (subject === 'account' ? 0 : 1), MAX_LEVELS);
  return `${level * remPerLevel}rem`;
}

/** Whose limits they are, where it stands in the tree. */
export function WhoCell({ row, narrow = false }: { row: WireLimits; narrow?: boolean }) {
  const t = useTranslations('limits.subjects');
  const Icon = ICONS[row.subject];
  return (
    <span
      className="flex min-w-0 items-center gap-2"
      style={{ paddingInlineStart: indentOf(row, narrow ? 0.75 : 1.25) }}
    >
      <span className="inline-flex shrink-0 text-ink-3">
        <Icon aria-hidden />
        <span className="sr-only">{t(row.subject)}</span>
      </span>
      <span className={row.subject === 'account' ? 'truncate font-medium' : 'truncate'}>
        {row.name}
      </span>
    </span>
  );
}

/** From here on a limit is worth a look. */
const NEAR = 0.8;

function toneOf(used: number, max: number): 'accent' | 'amber' | 'red' {
  if (used >= max) return 'red';
  return used >= max * NEAR ? 'amber' : 'accent';
}

/** How many of how many; the bar only where there is a limit and it is known what is used. */
export function UsedCell({
  label,
  used,
  max,
}: {
  label: string;
  used: number | undefined;
  max: number | null;
}) {
  const t = useTranslations('limits');
  if (max === null) return <span className="text-ink-3">{used ?? '–'}</span>;
  return (
    <span className="inline-flex min-w-20 flex-col items-end gap-1">
      <span className="tabular-nums">
        {t('usedOf', { used: used ?? '?', max: max.toLocaleString('en') })}
      </span>
      {used !== undefined && (
        <Meter label={label} value={used} max={max} tone={toneOf(used, max)} />
      )}
    </span>
  );
}

/** What was spent today of what may be. */
export function SpendCell({ row }: { row: WireLimits }) {
  const { used, limits, currency } = row;
  if (limits.maxDailySpend === null) return <span className="text-ink-3">–</span>;
  const max = { amount: limits.maxDailySpend, currency };
  return (
    <span className="inline-flex items-baseline gap-1">
      {used && <Money value={used.dailySpend} detail="balance" />}
      <span className="text-ink-3">
        / <Money value={max} detail="balance" className="text-ink-3" />
      </span>
    </span>
  );
}

/** Below a name on a phone: how the account's fraud profile works, where it does. */
export function ModeLine({ row }: { row: WireLimits }) {
  if (row.fraudMode === null || row.fraudMode === 'off') return null;
  return (
    <span className="flex" style={{ paddingInlineStart: indentOf(row, 0.75) }}>
      <ModeCell mode={row.fraudMode} />
    </span>
  );
}

/** How an account's fraud profile works; nothing for everything else. */
export function ModeCell({ mode }: { mode: WireLimits['fraudMode'] }) {
  const t = useTranslations('limits.modes');
  if (mode === null) return null;
  if (mode === 'off') return <span className="text-ink-3">{t('off')}</span>;
  return <Badge tone={mode === 'enforce' ? 'green' : 'amber'}>{t(mode)}</Badge>;
}
