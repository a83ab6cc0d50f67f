import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findRule, toWireBans } from './internal/view';
import type { WireBan } from './schemas';

/** One ban, also one that has run out. Throws NOT_FOUND. */
export async function getBan(context: ServiceContext, banId: string): Promise<WireBan> {
  authorize(context, 'bans.read');
  const row = await findRule(context.database.prisma, context, { id: banId, action: 'ban' });
  const [ban] = await toWireBans(context, [row]);
  assert(ban, 'a row has a view');
  return ban;
}
