import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Prefetched } from '@/components/portal/prefetched';
import { PbxPage } from '@/components/trunks/pbx-page';
import { PBX_QUERY } from '@/components/trunks/queries';
import { listTenants } from '@/lib/services/tenants/list-tenants';
import { listTrunks } from '@/lib/services/trunks/list-trunks';
import { listTrunksSchema } from '@/lib/services/trunks/schemas';
import { firstPage } from '@/lib/web/first-page';
import { requireContext } from '@/lib/web/session';
import { sipAccess } from '@/lib/web/sip-access';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('trunks');
  return { title: t('title') };
}

/** A customer's own PBXs, and connecting another. */
export default async function TrunksPage() {
  const context = await requireContext();
  const [page, tenants] = await Promise.all([
    firstPage(listTrunksSchema, PBX_QUERY, (input) => listTrunks(context, input)),
    listTenants(context, { accountId: context.actor.accountId, limit: 200 }),
  ]);
  const { host, udpTcp } = sipAccess();
  return (
    <Prefetched entries={page ? [{ path: '/trunks', query: PBX_QUERY, page }] : []}>
      <PbxPage
        tenants={tenants.items.map(({ id, domain }) => ({ id, domain }))}
        registrar={`${host}:${udpTcp}`}
      />
    </Prefetched>
  );
}
