import type { WireAccount } from '@/lib/services/accounts/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';
import type { WireTenant } from '@/lib/services/tenants/schemas';

/** A line of the list: an account, or the word that there are more below one. */
export type AccountRow =
  | {
      kind: 'account';
      id: string;
      account: WireAccount;
      /** 0 at the top of what is shown. */
      depth: number;
      /** null: it sells to nobody, or this is no tree. */
      unfolded: boolean | null;
    }
  | { kind: 'more'; id: string; parent: WireAccount | null; depth: number };

/** The accounts that one sells to, as far as they have been fetched. */
export interface Children {
  items: readonly WireAccount[];
  hasMore: boolean;
}

interface TreeInput {
  rootId: string;
  childrenOf: ReadonlyMap<string, Children>;
  unfolded: ReadonlySet<string>;
}

/** The tree as lines, parents above their children; null until its top has been fetched. */
export function treeRows({ rootId, childrenOf, unfolded }: TreeInput): AccountRow[] | undefined {
  const rows: AccountRow[] = [];
  const walk = (parent: WireAccount | null, depth: number): void => {
    const children = childrenOf.get(parent?.id ?? rootId);
    if (!children) return;
    for (const account of children.items) {
      const sells = account.kind !== 'customer';
      const isUnfolded = unfolded.has(account.id);
      rows.push({
        kind: 'account',
        id: account.id,
        account,
        depth,
        unfolded: sells ? isUnfolded : null,
      });
      if (sells && isUnfolded) walk(account, depth + 1);
    }
    if (children.hasMore)
      rows.push({ kind: 'more', id: `more ${parent?.id ?? rootId}`, parent, depth });
  };
  if (!childrenOf.has(rootId)) return undefined;
  walk(null, 0);
  return rows;
}

/** How many calls each account has part in now: it makes, takes or pays them. */
export function callsByAccount(
  calls: readonly LiveCall[],
  tenants: readonly WireTenant[],
): ReadonlyMap<string, number> {
  const ownerOf = new Map(tenants.map((tenant) => [tenant.id, tenant.accountId]));
  const counts = new Map<string, number>();
  for (const call of calls) {
    if (call.state === 'ended') continue;
    const parties = [call.from.tenantId, call.to.tenantId].flatMap((id) =>
      id === null ? [] : (ownerOf.get(id) ?? []),
    );
    for (const id of new Set([...parties, ...call.hops.map((hop) => hop.buyerAccountId)])) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}
