import {
  BookUser,
  Cable,
  Hash,
  LayoutDashboard,
  Music,
  Package,
  Phone,
  PhoneCall,
  ReceiptText,
} from 'lucide-react';
import type { useTranslations } from 'next-intl';
import type { NavGroup, NavItem } from '@/components/shell/nav-types';

type Translate = ReturnType<typeof useTranslations<'portal'>>;

export interface ConsoleNav {
  groups: readonly NavGroup[];
  tabs: readonly NavItem[];
}

/** Where a customer can go: what there is, and nothing else. */
export function customerNav(t: Translate): ConsoleNav {
  const overview: NavItem = {
    href: '/overview',
    label: t('nav.overview'),
    icon: <LayoutDashboard aria-hidden />,
    key: 'o',
  };
  const calls: NavItem = {
    href: '/calls',
    label: t('nav.calls'),
    icon: <PhoneCall aria-hidden />,
    key: 'c',
  };
  const contacts: NavItem = {
    href: '/contacts',
    label: t('nav.contacts'),
    icon: <BookUser aria-hidden />,
    key: 'n',
  };
  const extensions: NavItem = {
    href: '/extensions',
    label: t('nav.extensions'),
    icon: <Phone aria-hidden />,
    key: 'e',
  };
  const numbers: NavItem = {
    href: '/numbers',
    label: t('nav.numbers'),
    icon: <Hash aria-hidden />,
    key: 'd',
  };
  const trunks: NavItem = {
    href: '/trunks',
    label: t('nav.trunks'),
    icon: <Cable aria-hidden />,
    key: 't',
  };
  const sounds: NavItem = {
    href: '/sounds',
    label: t('nav.sounds'),
    icon: <Music aria-hidden />,
    key: 's',
  };
  const plans: NavItem = {
    href: '/plans',
    label: t('nav.plans'),
    icon: <Package aria-hidden />,
    key: 'p',
  };
  const billing: NavItem = {
    href: '/billing',
    label: t('nav.billing'),
    icon: <ReceiptText aria-hidden />,
    key: 'b',
  };
  return {
    groups: [
      { items: [overview, calls, contacts] },
      { label: t('nav.phoneSystem'), items: [extensions, numbers, trunks, sounds] },
      { label: t('nav.account'), items: [billing, plans] },
    ],
    // The phone stands between them.
    tabs: [overview, calls, billing],
  };
}
