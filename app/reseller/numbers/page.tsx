import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { numberQuery } from '@/components/numbers/queries';
import { SellerNumbersPage } from '@/components/numbers/seller-numbers-page';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { listNumbers } from '@/lib/services/numbers/list-numbers';
import { listNumbersSchema } from '@/lib/services/numbers/schemas';
import { firstPage } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('numbers');
  return { title: t('title') };
}

/** Numbers, those on their way, and where help is sent to. */
export default async function NumbersRoute({ searchParams }: { searchParams: SearchParams }) {
  const context = await requirePermission('numbers.read');
  const params = await searchParams;
  const query = numberQuery({
    search: paramOf(params, 'q'),
    state: paramOf(params, 'state'),
    kind: paramOf(params, 'kind'),
    accountId: paramOf(params, 'stock') === 'own' ? context.actor.accountId : null,
    cursor: paramOf(params, 'cursor'),
  });
  const page = await firstPage(listNumbersSchema, query, (input) => listNumbers(context, input));
  return (
    <Prefetched entries={page ? [{ path: '/numbers', query, page }] : []}>
      <SellerNumbersPage home="/reseller/numbers" />
    </Prefetched>
  );
}
