'use client';

import { CircleHelp, Menu as MenuIcon, Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { IconButton } from '@/components/ui/icon-button';
import { Kbd } from '@/components/ui/kbd';
import { type Crumb, CrumbTrail } from './crumbs';

export interface TopBarProps {
  crumbs: readonly Crumb[];
  /** State of the live feed, of the switch. */
  liveState?: ReactNode;
  /** The bell and what it opens. */
  notices?: ReactNode;
  /** The person's menu. */
  person: ReactNode;
  onOpenNavigation: () => void;
  onOpenSearch: () => void;
  onShowHelp: () => void;
}

/** 48 high: where you are, then live state, search, notices, help, you. */
export function TopBar(props: TopBarProps) {
  const { crumbs, liveState, notices, person, onOpenNavigation, onOpenSearch, onShowHelp } = props;
  const t = useTranslations('shell');
  return (
    <header className="sticky top-(--bar-top) z-10 flex h-12 items-center gap-2 border-line border-b bg-surface ps-8 pe-5 max-md:px-2">
      <IconButton
        label={t('openNavigation')}
        size="lg"
        className="md:hidden"
        onClick={onOpenNavigation}
      >
        <MenuIcon />
      </IconButton>
      <span aria-hidden className="min-w-0 truncate text-title-sm md:hidden">
        {crumbs.at(-1)?.label}
      </span>
      <CrumbTrail crumbs={crumbs} />
      <div className="ms-auto flex shrink-0 items-center gap-2">
        {liveState}
        <button
          type="button"
          onClick={onOpenSearch}
          className="flex h-7 w-56 items-center gap-2 rounded-control border border-line-strong bg-surface ps-2 pe-1 text-ink-2 text-small transition-colors hover:bg-hover max-lg:w-40 max-md:hidden"
        >
          <Search aria-hidden className="icon-dense" />
          <span className="flex-1 truncate text-start">{t('searchOrJump')}</span>
          <Kbd>⌘K</Kbd>
        </button>
        <IconButton
          label={t('searchOrJump')}
          size="lg"
          className="md:hidden"
          onClick={onOpenSearch}
        >
          <Search />
        </IconButton>
        {notices}
        <IconButton label={t('shortcuts')} size="md" className="max-md:hidden" onClick={onShowHelp}>
          <CircleHelp />
        </IconButton>
        {person}
      </div>
    </header>
  );
}
