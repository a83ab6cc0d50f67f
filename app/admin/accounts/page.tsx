import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AccountList } from '@/components/accounts/account-list';
import { readFirstView } from '@/components/accounts/first-view';
import { Prefetched } from '@/components/portal/prefetched';
import { listAccounts } from '@/lib/services/accounts/list-accounts';
import { listTenants } from '@/lib/services/tenants/list-tenants';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('accounts');
  return { title: t('title') };
}

/** Everybody in the installation: resellers, their customers, and what each has left. */
export default async function AccountsPage() {
  const context = await requirePermission('accounts.read');
  const t = await getTranslations('accounts');
  const { entries, unfolded } = await readFirstView({
    rootId: context.actor.accountId,
    listAccounts: (query) => listAccounts(context, query),
    listTenants: (query) => listTenants(context, query),
  });
  return (
    <Prefetched entries={entries}>
      <AccountList title={t('title')} unfolded={unfolded} />
    </Prefetched>
  );
}
