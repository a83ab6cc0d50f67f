import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { PlansPage } from '@/components/plans/plans-page';
import { OFFERED_QUERY, YOURS_QUERY } from '@/components/plans/queries';
import { Prefetched, type PrefetchedEntry } from '@/components/portal/prefetched';
import { roleMay } from '@/lib/services/access/roles';
import type { ServiceContext } from '@/lib/services/context';
import { listPlans } from '@/lib/services/plans/list-plans';
import { listSubscriptions } from '@/lib/services/subscriptions/list-subscriptions';
import { listTenants } from '@/lib/services/tenants/list-tenants';
import { listWallets } from '@/lib/services/wallets/list-wallets';
import { requireContext } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('plans');
  return { title: t('title') };
}

/** What the account has, and what its seller offers. */
export default async function Page() {
  const context = await requireContext();
  const { accountId } = context.actor;
  const [plans, subscriptions, tenants, wallet] = await Promise.all([
    listPlans(context, OFFERED_QUERY),
    listSubscriptions(context, YOURS_QUERY),
    listTenants(context, { accountId, limit: 200 }),
    ownWallet(context),
  ]);
  const entries: PrefetchedEntry[] = [
    { path: '/plans', query: OFFERED_QUERY, page: plans },
    { path: '/subscriptions', query: YOURS_QUERY, page: subscriptions },
  ];
  if (wallet) entries.push({ path: '/wallets', id: wallet.id, item: wallet });
  return (
    <Prefetched entries={entries}>
      <PlansPage
        tenants={tenants.items.map(({ id, domain }) => ({ id, domain }))}
        walletId={wallet?.id ?? null}
      />
    </Prefetched>
  );
}

async function ownWallet(context: ServiceContext) {
  const { role, accountKind, accountId } = context.actor;
  if (!roleMay('wallets.read', role, accountKind)) return null;
  const { items } = await listWallets(context, { accountId, limit: 1 });
  return items[0] ?? null;
}
