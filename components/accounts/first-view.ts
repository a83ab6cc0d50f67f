import type { PrefetchedEntry } from '@/components/portal/prefetched';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import type { WireTenant } from '@/lib/services/tenants/schemas';
import type { Page } from '@/lib/services/wire/schemas';
import { childrenQuery, TENANTS_QUERY } from './queries';

/** Resellers whose customers a page shows without being asked. */
const MAX_UNFOLDED = 10;

interface Readers {
  rootId: string;
  listAccounts: (query: { parentId: string; limit: number }) => Promise<Page<WireAccount>>;
  listTenants: (query: { limit: number }) => Promise<Page<WireTenant>>;
}

export interface FirstView {
  entries: PrefetchedEntry[];
  /** Those that are open at first. */
  unfolded: readonly string[];
}

/** The top of the tree and the first resellers' customers, read before the page is sent. */
export async function readFirstView({ rootId, ...read }: Readers): Promise<FirstView> {
  const [top, tenants] = await Promise.all([
    read.listAccounts(childrenQuery(rootId)),
    read.listTenants(TENANTS_QUERY),
  ]);
  const unfolded = top.items
    .filter((account) => account.kind === 'reseller')
    .slice(0, MAX_UNFOLDED)
    .map((account) => account.id);
  const below = await Promise.all(unfolded.map((id) => read.listAccounts(childrenQuery(id))));
  return {
    unfolded,
    entries: [
      { path: '/accounts', query: childrenQuery(rootId), page: top },
      { path: '/tenants', query: TENANTS_QUERY, page: tenants },
      ...unfolded.flatMap((id, index) => {
        const page = below[index];
        return page ? [{ path: '/accounts', query: childrenQuery(id), page }] : [];
      }),
    ],
  };
}
