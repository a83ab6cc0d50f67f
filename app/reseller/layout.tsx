import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { AccountMark } from '@/components/portal/account-mark';
import { Console } from '@/components/portal/console';
import { resellerNav } from '@/components/reseller/reseller-nav';
import { getMe } from '@/lib/services/identity/get-me';
import { currentHost, homePath, requireContext } from '@/lib/web/session';

/** A reseller's console; others are shown to the one they have. */
export default async function ResellerLayout({ children }: { children: ReactNode }) {
  const context = await requireContext();
  const { accountKind } = context.actor;
  // Customers may know that it exists, not that it is theirs: only who sells may create accounts.
  if (accountKind === 'customer') redirect('/denied?permission=accounts.write');
  if (accountKind !== 'reseller') redirect(homePath(accountKind));
  const { domain } = await currentHost();
  const me = await getMe(context, domain?.accountPath ?? null);
  const t = await getTranslations('reseller');
  return (
    <Console me={me} mark={<AccountMark kind={accountKind} />} {...resellerNav(t)}>
      {children}
    </Console>
  );
}
