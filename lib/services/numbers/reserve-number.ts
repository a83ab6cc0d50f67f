import { AppError } from '@/lib/core/errors';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { requireActiveChain } from '@/lib/services/accounts/require-active-chain';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { moveNumber, NOWHERE } from './internal/move-number';
import { toOffer } from './internal/offer-view';
import { findOffer } from './internal/offers';
import { readPriceChain, soldHops } from './internal/rental-hops';
import { settingsOf } from './internal/stock';
import { lockNumber, numberInclude } from './internal/view';
import { type NumberOffer, type ReserveNumberInput, reserveNumberSchema } from './schemas';

/** Reservations of one account at a time: a basket, not a stock of its own. */
const MAX_RESERVED = 20;

/**
 * Keeps a number for an account for a while, at no charge. Asking again begins the time anew. Throws
 * NOT_FOUND where it is not on offer (any more), USAGE_EXCEEDS_LIMIT where too many are kept.
 */
export async function reserveNumber(
  context: ServiceContext,
  numberId: string,
  input: ReserveNumberInput = {},
): Promise<NumberOffer> {
  authorize(context, 'numbers.order');
  const { accountId } = parseInput(reserveNumberSchema, input);
  const nowMs = context.clock.nowMs();
  return await context.database.prisma.$transaction(async (tx) => {
    const buyer = await findAccount(tx, context, accountId ?? context.actor.accountId);
    await requireActiveChain(tx, buyer);
    const number = await findOffer(tx, buyer, { numberId, nowMs });
    const kept = await tx.phoneNumber.count({
      where: { reservedForId: buyer.id, state: 'reserved', id: { not: number.id } },
    });
    if (kept >= MAX_RESERVED) {
      throw new AppError('USAGE_EXCEEDS_LIMIT', `${MAX_RESERVED} numbers are kept at a time.`);
    }
    const chain = await readPriceChain(tx, buyer.path);
    const from = { number, stockId: number.accountId, mustBeSold: true };
    const hops = soldHops(chain, from);
    const { reservationMinutes } = await settingsOf(tx, number.accountId);
    await moveNumber(tx, context, {
      number,
      to: 'reserved',
      accountId: number.accountId,
      place: NOWHERE,
      reservedForId: buyer.id,
      heldUntil: new Date(nowMs + reservationMinutes * 60_000),
      audit: { verb: 'numbers.reserve', detail: { reservedForId: buyer.id } },
    });
    const row = await tx.phoneNumber.findUniqueOrThrow({
      where: { id: number.id },
      include: numberInclude,
    });
    return toOffer(row, hops);
  });
}

/** Lets go of a number that is kept for an account of the caller's. Throws NOT_FOUND for any other. */
export async function cancelReservation(context: ServiceContext, numberId: string): Promise<void> {
  authorize(context, 'numbers.order');
  const { actor } = context;
  await context.database.prisma.$transaction(async (tx) => {
    const kept = await tx.phoneNumber.findFirst({
      where: {
        id: numberId,
        state: 'reserved',
        reservedFor: { path: { startsWith: actor.accountPath } },
      },
      select: { id: true },
    });
    if (kept === null) throw notFound('reservation');
    const number = await lockNumber(tx, kept.id);
    if (number?.state !== 'reserved') return;
    await moveNumber(tx, context, {
      number,
      to: 'available',
      accountId: number.accountId,
      place: NOWHERE,
      audit: { verb: 'numbers.cancelReservation' },
    });
  });
}
