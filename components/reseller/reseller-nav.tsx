import {
  ChartNoAxesColumn,
  Gauge,
  Hash,
  Network,
  PhoneCall,
  Route,
  Table2,
  Wallet,
} from 'lucide-react';
import type { useTranslations } from 'next-intl';
import type { ConsoleNav } from '@/components/portal/customer-nav';
import type { NavItem } from '@/components/shell/nav-types';

type Translate = ReturnType<typeof useTranslations<'reseller'>>;

/** Where a reseller can go: what there is, and nothing else. */
export function resellerNav(t: Translate): ConsoleNav {
  const customers: NavItem = {
    href: '/reseller',
    exact: true,
    label: t('nav.customers'),
    icon: <Network aria-hidden />,
    key: 'u',
  };
  const calls: NavItem = {
    href: '/reseller/calls',
    label: t('nav.calls'),
    icon: <PhoneCall aria-hidden />,
    key: 'c',
  };
  const decks: NavItem = {
    href: '/reseller/decks',
    label: t('nav.decks'),
    icon: <Table2 aria-hidden />,
    key: 'd',
  };
  const simulator: NavItem = {
    href: '/reseller/simulator',
    label: t('nav.simulator'),
    icon: <Route aria-hidden />,
    key: 'i',
  };
  const margins: NavItem = {
    href: '/reseller/margins',
    label: t('nav.margins'),
    icon: <ChartNoAxesColumn aria-hidden />,
    key: 'm',
  };
  const numbers: NavItem = {
    href: '/reseller/numbers',
    label: t('nav.numbers'),
    icon: <Hash aria-hidden />,
    key: 'n',
  };
  const billing: NavItem = {
    href: '/reseller/billing',
    label: t('nav.billing'),
    icon: <Wallet aria-hidden />,
    key: 'b',
  };
  const limits: NavItem = {
    href: '/reseller/limits',
    label: t('nav.limits'),
    icon: <Gauge aria-hidden />,
    key: 'f',
  };
  return {
    groups: [
      { items: [customers, calls] },
      { label: t('nav.selling'), items: [decks, simulator, numbers] },
      { label: t('nav.protection'), items: [limits] },
      { label: t('nav.money'), items: [billing, margins] },
    ],
    tabs: [customers, calls, decks, billing],
  };
}
