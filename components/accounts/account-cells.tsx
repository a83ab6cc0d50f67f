'use client';

import { Building2, ChevronDown, ChevronRight, ShieldCheck, Store } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Money } from '@/components/patterns/money';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Dot, Status } from '@/components/ui/dot';
import { parseMicro } from '@/lib/core/money';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import type { AccountRow } from './account-rows';

const ICONS = { operator: ShieldCheck, reseller: Store, customer: Building2 } as const;

/** Shop: sells · building: makes calls. */
export function KindIcon({ kind }: { kind: WireAccount['kind'] }) {
  const t = useTranslations('accounts.kinds');
  const Icon = ICONS[kind];
  return (
    <span className="inline-flex shrink-0 text-ink-3">
      <Icon aria-hidden />
      <span className="sr-only">{t(kind)}</span>
    </span>
  );
}

/** Nothing further can be reserved for its calls. */
export const isOutOfFunds = ({ kind, wallet }: WireAccount): boolean =>
  kind !== 'operator' && wallet !== null && parseMicro(wallet.available.amount) <= 0n;

/** Active is quiet; what keeps an account from calling is not. */
export function AccountState({ account }: { account: WireAccount }) {
  const t = useTranslations('accounts.states');
  if (account.state === 'suspended') return <Badge tone="amber">{t('suspended')}</Badge>;
  if (account.state === 'terminated') return <Badge tone="neutral">{t('terminated')}</Badge>;
  if (isOutOfFunds(account)) return <Badge tone="red">{t('outOfFunds')}</Badge>;
  return <Status tone="healthy">{t('active')}</Status>;
}

/** What is in its wallet; a dash where that is not the viewer's to see. */
export function FundsCell({ account }: { account: WireAccount }) {
  if (account.kind === 'operator') return <span className="text-ink-3">–</span>;
  return <Money value={account.wallet?.balance} detail="balance" />;
}

export interface NameCellProps {
  row: Extract<AccountRow, { kind: 'account' }>;
  /** Its domains. */
  domains: readonly string[];
  /** Where this is no tree: whom it buys from. */
  below: string | null;
  onToggle: (accountId: string) => void;
}

interface FoldButtonProps {
  row: Extract<AccountRow, { kind: 'account' }>;
  onToggle: (accountId: string) => void;
  className?: string;
}

/** Shows or hides what an account sells to; nothing where it sells to nobody. */
export function FoldButton({ row, onToggle, className }: FoldButtonProps) {
  const t = useTranslations('accounts');
  const { account, unfolded } = row;
  if (unfolded === null) return null;
  return (
    <button
      type="button"
      aria-expanded={unfolded}
      aria-label={t(unfolded ? 'close' : 'open', { name: account.name })}
      onClick={() => onToggle(account.id)}
      className={cn(
        // Above the row's own opener.
        'relative z-1 flex shrink-0 items-center justify-center rounded-badge text-ink-2 hover:bg-neutral-tint',
        className,
      )}
    >
      {unfolded ? (
        <ChevronDown aria-hidden className="icon-dense" />
      ) : (
        <ChevronRight aria-hidden className="icon-dense rtl:rotate-180" />
      )}
    </button>
  );
}

/** Unfolds what it sells to; kind, name, and its domains in grey. */
export function NameCell({ row, domains, below, onToggle }: NameCellProps) {
  const t = useTranslations('accounts');
  const { account, depth, unfolded } = row;
  const aside = domains.join(', ') || (below !== null ? t('below', { name: below }) : '');
  return (
    <span
      className="flex min-w-0 items-center gap-2"
      style={{ paddingInlineStart: `${depth * 1.5}rem` }}
    >
      <FoldButton row={row} onToggle={onToggle} className="-m-0.5 size-6" />
      {unfolded === null && <span className="w-5 shrink-0" />}
      <KindIcon kind={account.kind} />
      <span className="shrink-0 font-medium">{account.name}</span>
      {aside !== '' && <span className="truncate text-ink-3 text-small">{aside}</span>}
    </span>
  );
}

/** How many calls it has part in now. */
export function CallsCell({ count }: { count: number }) {
  if (count === 0) return <span className="text-ink-3">0</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <Dot tone="live" />
      {count}
    </span>
  );
}
