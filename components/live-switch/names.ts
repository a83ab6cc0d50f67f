'use client';

import { useItem } from '@/lib/client/use-item';
import { accountSchema } from '@/lib/services/accounts/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';
import { tenantSchema } from '@/lib/services/tenants/schemas';

/** Whose call it is: who pays first, else who owns the tenant; null until that is known. */
export function useCallOwner(call: LiveCall): string | null {
  const [first] = [...call.hops].sort((left, right) => left.hop - right.hop);
  const tenantId = first ? null : (call.from.tenantId ?? call.to.tenantId);
  const tenant = useItem({ path: '/tenants', id: tenantId, response: tenantSchema });
  const accountId = first?.buyerAccountId ?? tenant.data?.accountId ?? null;
  const account = useItem({ path: '/accounts', id: accountId, response: accountSchema });
  return account.data?.name ?? null;
}
