import type { ReactNode } from 'react';

/** One place to go. The icon is an element, not a component: a server layout gives it. */
export interface NavItem {
  href: string;
  label: string;
  icon: ReactNode;
  /** Something waiting there, in grey. */
  count?: number | undefined;
  /** Only its own address is this place: other places lie below it. */
  exact?: boolean | undefined;
  /** "G" and then this letter goes there. */
  key?: string | undefined;
}

export interface NavGroup {
  /** The first group has no name. */
  label?: string | undefined;
  items: readonly NavItem[];
}

/** An account that the person may look at. */
export interface ShellAccount {
  id: string;
  name: string;
  /** In grey below: the kind, or who sells to it. */
  note: string;
  mark: ReactNode;
  /** Where choosing it leads; the current one needs none. */
  href?: string | undefined;
  /** What choosing it does, where that is more than going somewhere. */
  onChoose?: (() => void) | undefined;
}

export interface ShellUser {
  name: string;
  email: string;
}

/** The item that a path belongs to: the longest address that it starts with. */
export function activeItem(groups: readonly NavGroup[], pathname: string): NavItem | null {
  const candidates = groups
    .flatMap((group) => group.items)
    .filter(({ href, exact }) => pathname === href || (!exact && pathname.startsWith(`${href}/`)))
    .sort((left, right) => right.href.length - left.href.length);
  return candidates[0] ?? null;
}
