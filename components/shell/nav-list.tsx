'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { cn } from '@/components/ui/cn';
import { Tooltip } from '@/components/ui/tooltip';
import { activeItem, type NavGroup, type NavItem } from './nav-types';

/** full: icon and words · rail: icon, its words in a tooltip. */
type NavLook = 'full' | 'rail';

export interface NavListProps {
  groups: readonly NavGroup[];
  look: NavLook;
  onGo?: (() => void) | undefined;
}

/** All places to go, in their groups. */
export function NavList({ groups, look, onGo }: NavListProps) {
  const t = useTranslations('shell');
  const active = activeItem(groups, usePathname());
  const id = useId();
  return (
    <nav aria-label={t('navigation')} className={cn('pb-4', look === 'full' ? 'px-2' : 'px-1')}>
      {groups.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups have an order and never move
        <section key={index} aria-labelledby={group.label ? `${id}-${index}` : undefined}>
          {group.label && (
            <h2
              id={`${id}-${index}`}
              className={cn(
                'flex h-8.5 items-end px-2 pb-1.25 font-normal text-ink-3 text-micro',
                look === 'rail' && 'sr-only',
              )}
            >
              {group.label}
            </h2>
          )}
          {look === 'rail' && index > 0 && <div aria-hidden className="h-4" />}
          <ul className="flex flex-col gap-px">
            {group.items.map((item) => (
              <li key={item.href}>
                <NavLink item={item} look={look} isActive={item === active} onGo={onGo} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

interface NavLinkProps {
  item: NavItem;
  look: NavLook;
  isActive: boolean;
  onGo: (() => void) | undefined;
}

function NavLink({ item, look, isActive, onGo }: NavLinkProps) {
  const isRail = look === 'rail';
  const link = (
    <Link
      href={item.href}
      aria-current={isActive ? 'page' : undefined}
      aria-label={isRail ? item.label : undefined}
      {...(onGo ? { onClick: onGo } : {})}
      className={cn(
        'focus-inside flex h-7 items-center gap-2 rounded-control px-2 font-medium text-ink-2 transition-colors hover:bg-hover hover:text-ink touch:h-10',
        isRail && 'mx-auto size-8 justify-center px-0 touch:h-10',
        isActive && 'bg-neutral-tint text-ink hover:bg-neutral-tint',
      )}
    >
      {item.icon}
      {!isRail && <span className="min-w-0 flex-1 truncate">{item.label}</span>}
      {!isRail && item.count !== undefined && item.count > 0 && (
        <span className="font-normal text-ink-3 text-small">{item.count}</span>
      )}
    </Link>
  );
  return isRail ? (
    <Tooltip content={item.label} side="inline-end">
      {link}
    </Tooltip>
  ) : (
    link
  );
}
