import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { BillingPage } from '@/components/billing/billing-page';
import { Prefetched } from '@/components/portal/prefetched';
import { PageCrumbs } from '@/components/shell/crumbs';
import { isAppError } from '@/lib/core/errors';
import { getAccount } from '@/lib/services/accounts/get-account';
import type { ServiceContext } from '@/lib/services/context';
import { getWallet } from '@/lib/services/wallets/get-wallet';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('billing');
  return { title: t('title') };
}

/** The wallet of somebody below: what is in it, and every posting that led there. */
export default async function ResellerWalletPage({ params }: { params: Promise<{ id: string }> }) {
  const context = await requirePermission('wallets.read');
  const { id } = await params;
  const found = await findWallet(context, id);
  if (!found) notFound();
  const t = await getTranslations('accounts');
  return (
    <Prefetched entries={[{ path: '/wallets', id, item: found.wallet }]}>
      <PageCrumbs crumbs={[{ label: t('title'), href: '/reseller' }, { label: found.name }]} />
      <BillingPage walletId={id} />
    </Prefetched>
  );
}

/** null for a wallet that is not there, or not theirs: it looks the same. */
async function findWallet(context: ServiceContext, id: string) {
  try {
    const wallet = await getWallet(context, id);
    const { name } = await getAccount(context, wallet.accountId);
    return { wallet, name };
  } catch (error) {
    if (isAppError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
