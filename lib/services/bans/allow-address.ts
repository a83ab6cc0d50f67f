import { assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { findRule, toWireAllowed } from './internal/view';
import { toRange } from './rules';
import { type AllowAddressInput, allowAddressSchema, type WireAllowedAddress } from './schemas';

/** Exempts an address or a range from limits and bans, those in force too. Throws INVALID_INPUT. */
export async function allowAddress(
  context: ServiceContext,
  input: AllowAddressInput,
): Promise<WireAllowedAddress> {
  authorize(context, 'bans.write');
  const { address, reason } = parseInput(allowAddressSchema, input);
  const cidr = toRange(address);
  const nowMs = context.clock.nowMs();
  const id = newId(nowMs);
  const { accountId } = context.actor;
  const rule = { action: 'allow', origin: 'person', cidr, reason } as const;
  const row = await context.database.prisma.$transaction(async (tx) => {
    await tx.addressRule.create({ data: { id, accountId, ...rule, since: new Date(nowMs) } });
    await recordAudit(tx, context, {
      verb: 'bans.allow',
      objectKind: 'address_rule',
      objectId: id,
      accountId,
      detail: { cidr },
    });
    return await findRule(tx, context, { id, action: 'allow' });
  });
  const [allowed] = await toWireAllowed(context, [row]);
  assert(allowed, 'a row has a view');
  return allowed;
}
