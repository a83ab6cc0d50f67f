'use client';

import { Check, ChevronsUpDown } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { Menu, MenuGroup, MenuItem, MenuLink } from '@/components/ui/menu';
import type { ShellAccount } from './nav-types';

export interface AccountSwitcherProps {
  current: ShellAccount;
  others: readonly ShellAccount[];
  look: 'full' | 'rail';
}

/** Whose phones, calls and money these are; with more than one account, the way to another. */
export function AccountSwitcher({ current, others, look }: AccountSwitcherProps) {
  const t = useTranslations('shell');
  const isRail = look === 'rail';
  const face = (
    <>
      {current.mark}
      {!isRail && (
        <span className="min-w-0 flex-1 text-start">
          <span className="block truncate font-semibold leading-4">{current.name}</span>
          <span className="block truncate text-ink-3 text-micro leading-3.5">{current.note}</span>
        </span>
      )}
    </>
  );
  const frame = cn(
    'focus-inside flex w-full items-center gap-2 rounded-control px-2 py-1.25',
    isRail && 'justify-center px-0',
  );
  if (others.length === 0) return <div className={frame}>{face}</div>;
  return (
    <Menu
      align="start"
      className="w-60"
      trigger={
        <button
          type="button"
          aria-label={t('switchAccount', { name: current.name })}
          className={cn(frame, 'hover:bg-hover data-popup-open:bg-hover')}
        >
          {face}
          {!isRail && <ChevronsUpDown aria-hidden className="icon-dense text-ink-2" />}
        </button>
      }
    >
      <MenuGroup label={t('accounts')}>
        {[current, ...others].map((account) => (
          <AccountChoice key={account.id} account={account} isCurrent={account.id === current.id} />
        ))}
      </MenuGroup>
    </Menu>
  );
}

function AccountChoice({ account, isCurrent }: { account: ShellAccount; isCurrent: boolean }) {
  const { href, onChoose, mark } = account;
  const end = isCurrent && <Check aria-hidden className="icon-dense" />;
  const words = (
    <>
      <span className="block truncate font-medium text-ink">{account.name}</span>
      <span className="block truncate text-ink-3 text-micro">{account.note}</span>
    </>
  );
  if (href === undefined) {
    return (
      <MenuItem icon={mark} end={end} {...(onChoose ? { onClick: onChoose } : {})}>
        {words}
      </MenuItem>
    );
  }
  return (
    <MenuLink href={href} icon={mark} end={end}>
      {words}
    </MenuLink>
  );
}
