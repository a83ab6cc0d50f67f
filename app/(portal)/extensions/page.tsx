import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ExtensionList } from '@/components/extensions/extension-list';
import { extensionQuery } from '@/components/extensions/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { listExtensions } from '@/lib/services/extensions/list-extensions';
import { listExtensionsSchema } from '@/lib/services/extensions/schemas';
import { listTenants } from '@/lib/services/tenants/list-tenants';
import { firstPage } from '@/lib/web/first-page';
import { requireContext } from '@/lib/web/session';
import { sipAccess } from '@/lib/web/sip-access';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('extensions');
  return { title: t('title') };
}

/** Extensions: who is registered, and setting up a phone. */
export default async function ExtensionsPage({ searchParams }: { searchParams: SearchParams }) {
  const context = await requireContext();
  const params = await searchParams;
  const query = extensionQuery({
    search: paramOf(params, 'q'),
    state: paramOf(params, 'state'),
    cursor: paramOf(params, 'cursor'),
  });
  const [page, tenants] = await Promise.all([
    firstPage(listExtensionsSchema, query, (input) => listExtensions(context, input)),
    listTenants(context, { accountId: context.actor.accountId, limit: 200 }),
  ]);
  return (
    <Prefetched entries={page ? [{ path: '/extensions', query, page }] : []}>
      <ExtensionList
        tenants={tenants.items.map(({ id, domain }) => ({ id, domain }))}
        access={sipAccess()}
      />
    </Prefetched>
  );
}
