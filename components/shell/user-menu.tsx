'use client';

import { Keyboard, LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { type ReactElement, useSyncExternalStore } from 'react';
import { Menu, MenuItem, MenuLink, MenuRadio, MenuSeparator } from '@/components/ui/menu';
import type { ShellUser } from './nav-types';

type Theme = 'light' | 'dark' | 'system';

const isTheme = (text: string | undefined): text is Theme =>
  text === 'light' || text === 'dark' || text === 'system';

const never = () => () => undefined;

/** The theme that was chosen; "system" until the page lives in a browser. */
function useChosenTheme(): readonly [Theme, (theme: Theme) => void] {
  const { theme, setTheme } = useTheme();
  const isMounted = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return [isMounted && isTheme(theme) ? theme : 'system', setTheme];
}

export interface UserMenuProps {
  user: ShellUser;
  /** What opens it. */
  trigger: ReactElement;
  /** The person's own settings. */
  settingsHref?: string | undefined;
  onSignOut: () => void;
  onShowShortcuts: () => void;
  side?: 'top' | 'bottom' | undefined;
  align?: 'start' | 'end' | undefined;
}

/** The person: who is signed in, light or dark, the way out. */
export function UserMenu(props: UserMenuProps) {
  const { user, trigger, settingsHref, onSignOut, onShowShortcuts, side, align } = props;
  const t = useTranslations('shell');
  const [theme, setTheme] = useChosenTheme();
  return (
    <Menu trigger={trigger} side={side} align={align ?? 'end'} className="w-56">
      <div className="px-2 py-1.5">
        <div className="truncate font-medium">{user.name}</div>
        <div className="truncate text-ink-3 text-small">{user.email}</div>
      </div>
      <MenuSeparator />
      <MenuRadio<Theme>
        label={t('theme')}
        value={theme}
        onValueChange={setTheme}
        options={[
          { value: 'light', label: t('light'), icon: <Sun aria-hidden /> },
          { value: 'dark', label: t('dark'), icon: <Moon aria-hidden /> },
          { value: 'system', label: t('system'), icon: <Monitor aria-hidden /> },
        ]}
      />
      <MenuSeparator />
      {settingsHref !== undefined && (
        <MenuLink href={settingsHref} icon={<Settings aria-hidden />}>
          {t('yourSettings')}
        </MenuLink>
      )}
      <MenuItem icon={<Keyboard aria-hidden />} onClick={onShowShortcuts}>
        {t('shortcuts')}
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onClick={onSignOut}>
        {t('signOut')}
      </MenuItem>
    </Menu>
  );
}
