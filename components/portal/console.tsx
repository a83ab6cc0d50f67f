'use client';

import { OctagonPause } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { EmergencyNotice } from '@/components/emergency/emergency-notice';
import { AppShell } from '@/components/shell/app-shell';
import type { NavGroup, NavItem, ShellAccount } from '@/components/shell/nav-types';
import { PhoneProvider } from '@/components/softphone/phone-context';
import { PhoneDock } from '@/components/softphone/phone-dock';
import { PhoneFoot, PhoneRail, PhoneTab } from '@/components/softphone/phone-foot';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useLiveRefresh } from '@/lib/client/use-live';
import type { Me } from '@/lib/services/identity/schemas';
import { FeedBanner } from './feed-banner';
import { ViewerProvider } from './me-context';

export interface ConsoleProps {
  me: Me;
  /** In the corner: the product's mark or a brand's, in its square. */
  mark: ReactNode;
  groups: readonly NavGroup[];
  /** For a phone: four places at most. */
  tabs: readonly NavItem[];
  /** Whether people have a phone here. */
  hasPhone?: boolean;
  children: ReactNode;
}

/**
 * The frame of every console: customers', resellers' and the operator's. Keeps what is fetched
 * fresh by live events, says when they stop, signs out, switches accounts.
 */
export function Console(props: ConsoleProps) {
  const { me, mark, groups, tabs, hasPhone, children } = props;
  const t = useTranslations('portal');
  const { account, user } = me;
  const leave = useLeave();
  useLiveRefresh();
  const others = me.memberships
    .filter((one) => one.accountId !== account.id)
    .map<ShellAccount>((one) => ({
      id: one.accountId,
      name: one.accountName,
      note: t(`kinds.${one.accountKind}`),
      mark,
      onChoose: () => void leave.toAccount(one.accountId),
    }));
  const shell = (
    <ViewerProvider viewer={me}>
      <AppShell
        account={{
          id: account.id,
          name: account.name,
          note: account.sellerName ?? t(`kinds.${account.kind}`),
          mark,
        }}
        accounts={others}
        groups={groups}
        tabs={tabs}
        user={{ name: user?.name ?? '', email: user?.email ?? '' }}
        timeZone={user?.timeZone ?? account.timeZone}
        onSignOut={leave.signOut}
        {...(hasPhone ? phoneParts : {})}
      >
        <FeedBanner />
        {account.status === 'suspended' && (
          <Notice
            tone="amber"
            icon={<OctagonPause aria-hidden />}
            className="mb-4"
            title={t('suspended', { seller: account.sellerName ?? '' })}
          />
        )}
        <EmergencyNotice />
        {children}
      </AppShell>
    </ViewerProvider>
  );
  return hasPhone ? <PhoneProvider isTheirs={me.extension !== null}>{shell}</PhoneProvider> : shell;
}

/** Where the phone shows. */
const phoneParts = {
  sidebarFoot: <PhoneFoot />,
  dock: <PhoneDock />,
  dockTab: <PhoneTab />,
  dockRail: <PhoneRail />,
};

/** The ways out of this account: into another one, or out altogether. */
function useLeave() {
  const t = useTranslations('portal');
  const toast = useToast();
  const go = async (failure: 'signOutFailed' | 'switchFailed', work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      toast.failed(t(failure), error instanceof Error ? error.message : undefined);
      return;
    }
    // A whole new page: nothing fetched in this account is left in memory.
    window.location.assign('/');
  };
  return {
    signOut: () => go('signOutFailed', () => callApi({ method: 'DELETE', path: '/session' })),
    toAccount: (accountId: string) =>
      go('switchFailed', () => callApi({ method: 'PATCH', path: '/session', body: { accountId } })),
  };
}
