import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AccountList } from '@/components/accounts/account-list';
import { readFirstView } from '@/components/accounts/first-view';
import { OVERVIEW_QUERY } from '@/components/calls/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { ResellerFigures } from '@/components/reseller/reseller-figures';
import { listAccounts } from '@/lib/services/accounts/list-accounts';
import { getOverview } from '@/lib/services/overview/get-overview';
import { listTenants } from '@/lib/services/tenants/list-tenants';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('accounts');
  return { title: t('customers') };
}

/** A reseller's customers: what each has left, who needs help, and the own wallet above. */
export default async function CustomersPage() {
  const context = await requirePermission('accounts.read');
  const t = await getTranslations('accounts');
  const [overview, { entries, unfolded }] = await Promise.all([
    getOverview(context, OVERVIEW_QUERY),
    readFirstView({
      rootId: context.actor.accountId,
      listAccounts: (query) => listAccounts(context, query),
      listTenants: (query) => listTenants(context, query),
    }),
  ]);
  return (
    <Prefetched
      entries={[{ path: '/overview', query: OVERVIEW_QUERY, item: overview }, ...entries]}
    >
      <AccountList title={t('customers')} unfolded={unfolded}>
        <ResellerFigures />
      </AccountList>
    </Prefetched>
  );
}
