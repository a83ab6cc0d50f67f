import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CarriersPage } from '@/components/carriers/carriers-page';
import { ALL_QUERY } from '@/components/carriers/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { listCarriers } from '@/lib/services/carriers/list-carriers';
import { listRouteGroups } from '@/lib/services/route-groups/list-route-groups';
import { listTrunks } from '@/lib/services/trunks/list-trunks';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('carriers');
  return { title: t('title') };
}

/** Carriers, their trunks, and the routes over them. */
export default async function AdminCarriersPage() {
  const context = await requirePermission('carriers.read');
  const [carriers, trunks, groups] = await Promise.all([
    listCarriers(context, ALL_QUERY),
    listTrunks(context, ALL_QUERY),
    listRouteGroups(context, ALL_QUERY),
  ]);
  return (
    <Prefetched
      entries={[
        { path: '/carriers', query: ALL_QUERY, page: carriers },
        { path: '/trunks', query: ALL_QUERY, page: trunks },
        { path: '/route-groups', query: ALL_QUERY, page: groups },
      ]}
    >
      <CarriersPage />
    </Prefetched>
  );
}
