'use client';

import { useTranslations } from 'next-intl';
import { LimitsSection } from '@/components/limits/limits-section';
import { ErrorState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { Sheet } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import { useItem } from '@/lib/client/use-item';
import { accountSchema, type WireAccount } from '@/lib/services/accounts/schemas';
import { AccountState } from './account-cells';
import { AccountMenu } from './account-menu';
import { AccountOverview } from './account-overview';
import { AccountSettings } from './account-settings';

export interface AccountSheetProps {
  openId: string | null;
  /** Those in the list, so that one can go to the next. */
  rows: readonly WireAccount[];
  onOpen: (id: string | null) => void;
}

/** One account at the side of the list: funds, domains, prices, limits; the way to stop it. */
export function AccountSheet({ openId, rows, onOpen }: AccountSheetProps) {
  const t = useTranslations('accounts.sheet');
  const { account: viewer } = useViewer();
  const mayWrite = useMay('accounts.write');
  const index = rows.findIndex((row) => row.id === openId);
  const listed = rows[index];
  // Opened by its address and not among the rows: asked for by itself.
  const single = useItem({
    path: '/accounts',
    id: listed ? null : openId,
    response: accountSchema,
  });
  const account = listed ?? (single.data?.id === openId ? single.data : undefined);
  const stepTo = (row: WireAccount | undefined) => row && (() => onOpen(row.id));
  const mayStop = mayWrite && account?.id !== viewer.id && account?.state !== 'terminated';
  return (
    <Sheet
      open={openId !== null}
      onClose={() => onOpen(null)}
      title={account?.name ?? t(single.error ? 'gone' : 'loading')}
      titleAside={account && <AccountState account={account} />}
      onPrevious={listed && stepTo(rows[index - 1])}
      onNext={listed && stepTo(rows[index + 1])}
      actions={account && mayStop && <AccountMenu key={account.id} account={account} />}
    >
      {account ? (
        <Tabs
          key={account.id}
          label={t('tabs')}
          listClassName="px-5 max-md:px-4"
          tabs={[
            {
              value: 'overview',
              label: t('overview'),
              content: <AccountOverview account={account} />,
            },
            {
              value: 'settings',
              label: t('settings'),
              content: (
                <AccountSettings
                  // What the server made of a change is what the form starts from.
                  key={account.generation}
                  account={account}
                />
              ),
            },
            {
              value: 'limits',
              label: t('limitsTab'),
              content: <LimitsSection subject="account" id={account.id} />,
            },
          ]}
        />
      ) : single.error ? (
        <ErrorState title={t('gone')}>{t('goneText')}</ErrorState>
      ) : (
        <div aria-busy className="flex animate-appear flex-col gap-3 p-5">
          <Skeleton className="w-1/3" />
          <Skeleton className="h-40 w-full" />
        </div>
      )}
    </Sheet>
  );
}
