import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { BansPage } from '@/components/bans/bans-page';
import { NEWEST_QUERY } from '@/components/bans/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { listAllowedAddresses } from '@/lib/services/bans/list-allowed-addresses';
import { listBans } from '@/lib/services/bans/list-bans';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('bans');
  return { title: t('title') };
}

/** Who is shut out of SIP, and who never is. */
export default async function AdminBansPage() {
  const context = await requirePermission('bans.read');
  const [bans, allowed] = await Promise.all([
    listBans(context, NEWEST_QUERY),
    listAllowedAddresses(context, NEWEST_QUERY),
  ]);
  return (
    <Prefetched
      entries={[
        { path: '/bans', query: NEWEST_QUERY, page: bans },
        { path: '/allowed-addresses', query: NEWEST_QUERY, page: allowed },
      ]}
    >
      <BansPage />
    </Prefetched>
  );
}
