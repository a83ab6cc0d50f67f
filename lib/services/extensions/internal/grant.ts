import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';

/**
 * The running subscription of an account that still has room for an extension, locked so that two
 * requests never take the same room. Throws USAGE_EXCEEDS_LIMIT when all are full.
 */
export async function takeGrantedPlace(tx: Tx, accountId: string): Promise<string> {
  const subscriptions = await tx.$queryRaw<{ id: string; granted: number }[]>`
    SELECT s.id, v.extensions AS granted FROM subscription s
      JOIN plan_version v ON v.id = s.plan_version_id
     WHERE s.account_id = ${accountId}::uuid AND s.status = 'active'
     ORDER BY s.id FOR UPDATE OF s`;
  const used = await tx.extension.groupBy({
    by: ['subscriptionId'],
    where: { subscriptionId: { in: subscriptions.map((one) => one.id) } },
    _count: true,
  });
  const usedBy = new Map(used.map((one) => [one.subscriptionId, one._count]));
  const free = subscriptions.find((one) => (usedBy.get(one.id) ?? 0) < one.granted);
  if (free) return free.id;
  const limit = subscriptions.reduce((sum, one) => sum + one.granted, 0);
  throw new AppError(
    'USAGE_EXCEEDS_LIMIT',
    limit === 0
      ? 'There is no plan that covers an extension: order one first.'
      : `The plans cover ${limit} ${limit === 1 ? 'extension' : 'extensions'}, all in use: order another one first.`,
    { meta: { limit, used: limit } },
  );
}
