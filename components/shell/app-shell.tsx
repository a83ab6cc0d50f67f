'use client';

import { CircleHelp, LogOut } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { NextIntlClientProvider, useLocale, useTranslations } from 'next-intl';
import { type ReactElement, type ReactNode, useContext, useMemo, useState } from 'react';
import { Avatar } from '@/components/ui/avatar';
import { CommandPalette } from './command-palette';
import { CrumbProvider, usePageCrumbs } from './crumbs';
import {
  activeItem,
  type NavGroup,
  type NavItem,
  type ShellAccount,
  type ShellUser,
} from './nav-types';
import { PageKeys } from './page-keys';
import { ShortcutHelp } from './shortcut-help';
import { NavDrawer, Sidebar } from './sidebar';
import { TabBar } from './tab-bar';
import { TopBar } from './top-bar';
import { useShortcuts } from './use-shortcuts';
import { UserMenu } from './user-menu';

export interface AppShellProps {
  account: ShellAccount;
  /** The other accounts of this person; leave empty where there are none. */
  accounts?: readonly ShellAccount[] | undefined;
  groups: readonly NavGroup[];
  /** For a phone: four places at most. */
  tabs: readonly NavItem[];
  user: ShellUser;
  /** IANA zone in which all times below are told. */
  timeZone: string;
  settingsHref?: string | undefined;
  /** A server action or a client function. */
  onSignOut: () => void | Promise<void>;
  /** The bar of acting as somebody. */
  acting?: ReactNode;
  liveState?: ReactNode;
  notices?: ReactNode;
  sidebarFoot?: ReactNode;
  /** Beside the page: the phone. */
  dock?: ReactNode;
  /** The phone's place in the tab bar, and at the foot of the rail. */
  dockTab?: ReactNode;
  dockRail?: ReactNode;
  children: ReactNode;
}

/** The frame of every page behind the sign-in. */
export function AppShell(props: AppShellProps) {
  return (
    <NextIntlClientProvider locale={useLocale()} timeZone={props.timeZone}>
      <CrumbProvider>
        <Frame {...props} />
      </CrumbProvider>
    </NextIntlClientProvider>
  );
}

type Open = 'none' | 'palette' | 'help' | 'navigation';

function Frame(props: AppShellProps) {
  const { account, accounts = [], groups, tabs, user } = props;
  const t = useTranslations('shell');
  const router = useRouter();
  const [open, setOpen] = useState<Open>('none');
  const keys = useContext(PageKeys);
  const crumbs = useTrail(account, groups);
  const signOut = () => void props.onSignOut();
  const openOnly = (which: Open) => (isOpen: boolean) => setOpen(isOpen ? which : 'none');
  useShortcuts({
    openPalette: () => setOpen('palette'),
    showHelp: () => setOpen('help'),
    goTo: (letter) => {
      const place = groups.flatMap((group) => group.items).find((item) => item.key === letter);
      if (place) router.push(place.href);
      return place !== undefined;
    },
    press: (letter) => {
      keys[letter]?.run();
      return letter in keys;
    },
  });
  const person = (trigger: ReactElement, side?: 'top') => (
    <UserMenu
      user={user}
      trigger={trigger}
      settingsHref={props.settingsHref}
      onSignOut={signOut}
      onShowShortcuts={() => setOpen('help')}
      side={side}
      align={side === 'top' ? 'start' : 'end'}
    />
  );
  const side = {
    account,
    accounts,
    groups,
    user,
    foot: props.sidebarFoot,
    railFoot: props.dockRail,
  };
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-raised px-3 py-2 font-medium shadow-1 focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
      >
        {t('skip')}
      </a>
      <Sidebar {...side} />
      <div className="flex min-w-0 flex-1 flex-col">
        {props.acting}
        <TopBar
          crumbs={crumbs}
          liveState={props.liveState}
          notices={props.notices}
          onOpenNavigation={() => setOpen('navigation')}
          onOpenSearch={() => setOpen('palette')}
          onShowHelp={() => setOpen('help')}
          person={person(<AvatarButton user={user} className="max-md:hidden" />)}
        />
        <main
          id="content"
          tabIndex={-1}
          className="room-for-sheet @container min-w-0 flex-1 px-8 pt-5 pb-10 outline-none max-md:px-4 max-md:pt-3 max-md:pb-20"
        >
          {props.children}
        </main>
      </div>
      {props.dock}
      <TabBar items={tabs} phone={props.dockTab} onMore={() => setOpen('navigation')} />
      <NavDrawer
        {...side}
        open={open === 'navigation'}
        onOpenChange={openOnly('navigation')}
        person={person(<PersonRow user={user} />, 'top')}
      />
      <CommandPalette
        open={open === 'palette'}
        onOpenChange={openOnly('palette')}
        groups={groups}
        commands={[
          {
            id: 'help',
            label: t('shortcuts'),
            icon: <CircleHelp aria-hidden />,
            keys: ['?'],
            run: () => setOpen('help'),
          },
          { id: 'sign-out', label: t('signOut'), icon: <LogOut aria-hidden />, run: signOut },
        ]}
      />
      <ShortcutHelp open={open === 'help'} onOpenChange={openOnly('help')} groups={groups} />
    </div>
  );
}

/** Account, place, and whatever the page adds. */
function useTrail(account: ShellAccount, groups: readonly NavGroup[]) {
  const pathname = usePathname();
  const own = usePageCrumbs();
  return useMemo(() => {
    const home = groups[0]?.items[0]?.href;
    const place = activeItem(groups, pathname);
    return [
      { label: account.name, href: home },
      ...(place ? [{ label: place.label, href: place.href }] : []),
      ...own,
    ];
  }, [account.name, groups, pathname, own]);
}

interface PersonProps {
  user: ShellUser;
  className?: string;
}

/** Passes on what the menu gives its trigger. */
function AvatarButton({ user, className, ...rest }: PersonProps) {
  const t = useTranslations('shell');
  return (
    <button
      type="button"
      {...rest}
      aria-label={t('yourMenu', { name: user.name })}
      className={`flex size-8 items-center justify-center rounded-full ${className ?? ''}`}
    >
      <Avatar name={user.name} />
    </button>
  );
}

function PersonRow({ user, ...rest }: PersonProps) {
  return (
    <button
      type="button"
      {...rest}
      className="focus-inside flex h-11 w-full items-center gap-2 rounded-control px-2 hover:bg-hover"
    >
      <Avatar name={user.name} />
      <span className="truncate font-medium">{user.name}</span>
    </button>
  );
}
