import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { adminNav } from '@/components/admin/admin-nav';
import { AccountMark } from '@/components/portal/account-mark';
import { Console } from '@/components/portal/console';
import { getMe } from '@/lib/services/identity/get-me';
import { currentHost, requirePermission } from '@/lib/web/session';

/** The operator's console. Nobody else gets past its door. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const context = await requirePermission('switch.read');
  const { domain } = await currentHost();
  const me = await getMe(context, domain?.accountPath ?? null);
  const t = await getTranslations('admin');
  return (
    <Console me={me} mark={<AccountMark kind={context.actor.accountKind} />} {...adminNav(t)}>
      {children}
    </Console>
  );
}
