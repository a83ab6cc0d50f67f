import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { AccountMark } from '@/components/portal/account-mark';
import { Console } from '@/components/portal/console';
import { customerNav } from '@/components/portal/customer-nav';
import { getMe } from '@/lib/services/identity/get-me';
import { currentHost, homePath, requireContext } from '@/lib/web/session';

/** The customer's portal. Whoever sells has a console of their own and is sent there. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const context = await requireContext();
  const { accountKind } = context.actor;
  if (accountKind !== 'customer') redirect(homePath(accountKind));
  const { domain } = await currentHost();
  const me = await getMe(context, domain?.accountPath ?? null);
  const t = await getTranslations('portal');
  return (
    <Console me={me} mark={<AccountMark kind={accountKind} />} {...customerNav(t)} hasPhone>
      {children}
    </Console>
  );
}
