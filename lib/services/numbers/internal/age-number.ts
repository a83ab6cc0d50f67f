import type { Tx } from '@/lib/infra/db/client';
import { type MoveContext, moveNumber, NOWHERE } from './move-number';
import { settingsOf } from './stock';
import type { NumberRow } from './view';

const DAY_MS = 86_400_000;

/**
 * Takes a number out of use: it goes back to the stock that it came from and rests there, so that
 * nobody gets the calls of whoever had it before.
 */
export async function ageNumber(
  tx: Tx,
  context: MoveContext,
  { number, verb }: { readonly number: NumberRow; readonly verb: string },
): Promise<void> {
  const running = await tx.numberRental.findFirst({
    where: { numberId: number.id, endedAt: null },
    select: { stockId: true },
  });
  const { account } = number;
  const giver = account.kind === 'customer' ? (account.parentId ?? account.id) : account.id;
  const stockId = running?.stockId ?? giver;
  const { agingDays } = await settingsOf(tx, stockId);
  await moveNumber(tx, context, {
    number,
    to: 'aging',
    accountId: stockId,
    place: NOWHERE,
    heldUntil: new Date(context.clock.nowMs() + agingDays * DAY_MS),
    audit: { verb },
  });
}
