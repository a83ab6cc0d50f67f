import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { NEWEST_QUERY } from '@/components/bans/queries';
import { LiveSwitch } from '@/components/live-switch/live-switch';
import { TODAY_QUERY, TRUNK_QUERY } from '@/components/live-switch/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { listBans } from '@/lib/services/bans/list-bans';
import { getOverview } from '@/lib/services/overview/get-overview';
import { listTrunks } from '@/lib/services/trunks/list-trunks';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('admin.switch');
  return { title: t('title') };
}

/** The switch now. It is asked by the browser, so that a silent one does not keep the page away. */
export default async function LiveSwitchPage() {
  const context = await requirePermission('switch.read');
  const [overview, trunks, bans] = await Promise.all([
    getOverview(context, TODAY_QUERY),
    listTrunks(context, TRUNK_QUERY),
    listBans(context, NEWEST_QUERY),
  ]);
  return (
    <Prefetched
      entries={[
        { path: '/overview', query: TODAY_QUERY, item: overview },
        { path: '/trunks', query: TRUNK_QUERY, page: trunks },
        { path: '/bans', query: NEWEST_QUERY, page: bans },
      ]}
    >
      <LiveSwitch />
    </Prefetched>
  );
}
