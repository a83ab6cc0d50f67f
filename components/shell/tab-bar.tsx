'use client';

import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Fragment, type ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { activeItem, type NavItem } from './nav-types';

const PHONE_PLACE = 2;

/** The look of a tab. */
export const tabClass =
  'focus-inside flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 font-medium text-ink-2 text-micro [&_.lucide]:icon-touch';

export interface TabBarProps {
  /** With the phone four at most; "More" is the fifth. */
  items: readonly NavItem[];
  /** In the middle, where the thumb is. */
  phone?: ReactNode;
  onMore: () => void;
}

/** The foot of a phone: the places a thumb goes to. */
export function TabBar({ items, phone, onMore }: TabBarProps) {
  const t = useTranslations('shell');
  const active = activeItem([{ items }], usePathname());
  return (
    <nav
      aria-label={t('tabs')}
      className="fixed inset-x-0 bottom-0 z-10 flex h-14 border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {items.map((item, index) => (
        <Fragment key={item.href}>
          {index === PHONE_PLACE && phone}
          <Link
            href={item.href}
            aria-current={item === active ? 'page' : undefined}
            className={cn(tabClass, item === active && 'text-accent-text')}
          >
            {item.icon}
            <span className="max-w-full truncate px-1">{item.label}</span>
          </Link>
        </Fragment>
      ))}
      <button type="button" onClick={onMore} className={tabClass}>
        <Ellipsis aria-hidden />
        {t('more')}
      </button>
    </nav>
  );
}
