import {
  Activity,
  ArrowLeftRight,
  Ban,
  BookOpenCheck,
  ChartNoAxesColumn,
  Gauge,
  Hash,
  Network,
  PhoneCall,
  PlugZap,
  RadioTower,
  Route,
  Table2,
} from 'lucide-react';
import type { useTranslations } from 'next-intl';
import type { ConsoleNav } from '@/components/portal/customer-nav';
import type { NavItem } from '@/components/shell/nav-types';

type Translate = ReturnType<typeof useTranslations<'admin'>>;

/** Where the operator can go: what there is, and nothing else. */
export function adminNav(t: Translate): ConsoleNav {
  const liveSwitch: NavItem = {
    href: '/admin',
    exact: true,
    label: t('nav.liveSwitch'),
    icon: <Activity aria-hidden />,
    key: 'l',
  };
  const calls: NavItem = {
    href: '/admin/calls',
    label: t('nav.calls'),
    icon: <PhoneCall aria-hidden />,
    key: 'c',
  };
  const accounts: NavItem = {
    href: '/admin/accounts',
    label: t('nav.accounts'),
    icon: <Network aria-hidden />,
    key: 'a',
  };
  const registrations: NavItem = {
    href: '/admin/registrations',
    label: t('nav.registrations'),
    icon: <PlugZap aria-hidden />,
    key: 'p',
  };
  const carriers: NavItem = {
    href: '/admin/carriers',
    label: t('nav.carriers'),
    icon: <RadioTower aria-hidden />,
    key: 'r',
  };
  const decks: NavItem = {
    href: '/admin/decks',
    label: t('nav.decks'),
    icon: <Table2 aria-hidden />,
    key: 'd',
  };
  const simulator: NavItem = {
    href: '/admin/simulator',
    label: t('nav.simulator'),
    icon: <Route aria-hidden />,
    key: 'i',
  };
  const margins: NavItem = {
    href: '/admin/margins',
    label: t('nav.margins'),
    icon: <ChartNoAxesColumn aria-hidden />,
    key: 'm',
  };
  const ledger: NavItem = {
    href: '/admin/ledger',
    label: t('nav.ledger'),
    icon: <BookOpenCheck aria-hidden />,
    key: 'o',
  };
  const exchangeRates: NavItem = {
    href: '/admin/exchange-rates',
    label: t('nav.exchangeRates'),
    icon: <ArrowLeftRight aria-hidden />,
    key: 'x',
  };
  const numbers: NavItem = {
    href: '/admin/numbers',
    label: t('nav.numbers'),
    icon: <Hash aria-hidden />,
    key: 'n',
  };
  const bans: NavItem = {
    href: '/admin/bans',
    label: t('nav.bans'),
    icon: <Ban aria-hidden />,
    key: 'b',
  };
  const limits: NavItem = {
    href: '/admin/limits',
    label: t('nav.limits'),
    icon: <Gauge aria-hidden />,
    key: 'f',
  };
  return {
    groups: [
      { items: [liveSwitch, calls, accounts, registrations] },
      { label: t('nav.routing'), items: [carriers, decks, simulator, numbers] },
      { label: t('nav.money'), items: [margins, ledger, exchangeRates] },
      { label: t('nav.protection'), items: [limits, bans] },
    ],
    tabs: [liveSwitch, calls, accounts, carriers],
  };
}
