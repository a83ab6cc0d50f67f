'use client';

import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Avatar } from '@/components/ui/avatar';
import { IconButton } from '@/components/ui/icon-button';
import { AccountSwitcher } from './account-switcher';
import { NavList } from './nav-list';
import type { NavGroup, ShellAccount, ShellUser } from './nav-types';

export interface SidebarProps {
  account: ShellAccount;
  accounts: readonly ShellAccount[];
  groups: readonly NavGroup[];
  user: ShellUser;
  /** At the foot, such as the phone's state; the person's name otherwise. */
  foot?: ReactNode;
  /** The same on the rail. */
  railFoot?: ReactNode;
}

/** 224 wide with words from 1280 on; a rail of 48 with icons from 768 on; not there on a phone. */
export function Sidebar({ account, accounts, groups, user, foot, railFoot }: SidebarProps) {
  return (
    <aside className="sticky top-0 flex h-dvh shrink-0 flex-col border-line border-e bg-sunken max-md:hidden md:w-12 xl:w-56">
      <div className="hidden min-h-0 flex-1 flex-col xl:flex">
        <div className="p-2">
          <AccountSwitcher current={account} others={accounts} look="full" />
        </div>
        <div className="min-h-0 flex-1 overflow-y-auto">
          <NavList groups={groups} look="full" />
        </div>
        <div className="flex h-11 shrink-0 items-center gap-2 border-line border-t px-4">
          {foot ?? <Person user={user} />}
        </div>
      </div>
      <div className="flex min-h-0 flex-1 flex-col xl:hidden">
        <div className="px-1 py-2">
          <AccountSwitcher current={account} others={accounts} look="rail" />
        </div>
        <div className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden">
          <NavList groups={groups} look="rail" />
        </div>
        {railFoot && <div className="border-line border-t p-1">{railFoot}</div>}
      </div>
    </aside>
  );
}

function Person({ user }: { user: ShellUser }) {
  return (
    <>
      <Avatar name={user.name} className="size-5" />
      <span className="truncate font-medium">{user.name}</span>
    </>
  );
}

export interface NavDrawerProps extends SidebarProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The person's menu, at the foot. */
  person: ReactNode;
}

/** The sidebar of a phone: comes from the start and covers the page. */
export function NavDrawer(props: NavDrawerProps) {
  const { open, onOpenChange, account, accounts, groups, foot, person } = props;
  const t = useTranslations('shell');
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-scrim transition-opacity duration-[180ms] data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          aria-label={t('navigation')}
          className="fixed inset-y-0 start-0 z-30 flex w-[min(20rem,86vw)] flex-col bg-sunken shadow-2 outline-none transition-transform duration-[180ms] data-ending-style:-translate-x-full data-starting-style:-translate-x-full rtl:data-ending-style:translate-x-full rtl:data-starting-style:translate-x-full"
        >
          <div className="flex items-center gap-1 p-2">
            <div className="min-w-0 flex-1">
              <AccountSwitcher current={account} others={accounts} look="full" />
            </div>
            <IconButton label={t('closeNavigation')} size="lg" onClick={() => onOpenChange(false)}>
              <X />
            </IconButton>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">
            <NavList groups={groups} look="full" onGo={() => onOpenChange(false)} />
          </div>
          {foot && (
            <div className="flex h-11 shrink-0 items-center gap-2 border-line border-t px-4">
              {foot}
            </div>
          )}
          <div className="border-line border-t p-2">{person}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
