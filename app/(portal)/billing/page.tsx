import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { BillingPage } from '@/components/billing/billing-page';
import { statementPath, statementQuery } from '@/components/billing/queries';
import { PageHead } from '@/components/patterns/page-head';
import { DeniedState, EmptyState } from '@/components/patterns/states';
import { Prefetched, type PrefetchedEntry } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { TableFrame } from '@/components/ui/table';
import { roleMay, rolesThatMay } from '@/lib/services/access/roles';
import { getMe } from '@/lib/services/identity/get-me';
import { listStatement } from '@/lib/services/ledger/list-statement';
import { statementQuerySchema } from '@/lib/services/ledger/schemas';
import { listWallets } from '@/lib/services/wallets/list-wallets';
import { firstPage } from '@/lib/web/first-page';
import { requireContext } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('billing');
  return { title: t('title') };
}

/** Balance and statement. A role without money is told which roles have it. */
export default async function Page({ searchParams }: { searchParams: SearchParams }) {
  const context = await requireContext();
  const { actor } = context;
  const t = await getTranslations('billing');
  if (!roleMay('wallets.read', actor.role, actor.accountKind)) {
    return (
      <Alone title={t('title')}>
        <DeniedState
          title={t('denied')}
          role={actor.role}
          grantedTo={rolesThatMay('wallets.read')}
        />
      </Alone>
    );
  }
  const wallets = await listWallets(context, { accountId: actor.accountId });
  const { account } = await getMe(context);
  const wallet =
    wallets.items.find((one) => one.balance.currency === account.currency) ?? wallets.items[0];
  if (!wallet) {
    const seller = account.sellerName ?? '';
    return (
      <Alone title={t('title')}>
        <EmptyState title={t('noWallet.title')}>{t('noWallet.text', { seller })}</EmptyState>
      </Alone>
    );
  }
  const query = statementQuery(paramOf(await searchParams, 'cursor'));
  const page = await firstPage(statementQuerySchema, query, (input) =>
    listStatement(context, wallet.id, input),
  );
  const entries: PrefetchedEntry[] = [{ path: '/wallets', id: wallet.id, item: wallet }];
  if (page) entries.push({ path: statementPath(wallet.id), query, page });
  return (
    <Prefetched entries={entries}>
      <BillingPage walletId={wallet.id} />
    </Prefetched>
  );
}

function Alone({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <>
      <PageHead title={title} />
      <TableFrame>{children}</TableFrame>
    </>
  );
}
