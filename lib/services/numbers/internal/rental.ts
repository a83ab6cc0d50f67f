import { billingPeriod } from '@/lib/core/billing-period';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import type { ServiceContext } from '@/lib/services/context';
import type { PricedNumber } from '@/lib/services/numbers/rules';
import { chargePeriod } from './charge-period';
import { readPriceChain, soldHops } from './rental-hops';

/** A number that comes into somebody's hands. */
export interface NewRental {
  readonly numberId: string;
  readonly priced: PricedNumber;
  readonly holder: { readonly id: string; readonly path: string; readonly timeZone: string };
  /** Whose stock it came from, and goes back to. */
  readonly stockId: string;
  readonly orderKey: string | null;
  readonly mustBeSold: boolean;
}

/**
 * Begins a number's rental: pins what every hop pays for it and charges set-up and first month.
 * Throws INSUFFICIENT_FUNDS where somebody on the way up can't pay, never saying what is in whose
 * wallet; NO_SELL_RATE where an order asks for what is not sold.
 */
export async function startRental(
  tx: Tx,
  context: Pick<ServiceContext, 'database' | 'clock' | 'actor'>,
  rental: NewRental,
): Promise<void> {
  const { holder, numberId, stockId, orderKey, mustBeSold } = rental;
  const nowMs = context.clock.nowMs();
  const chain = await readPriceChain(tx, holder.path);
  const hops = soldHops(chain, { number: rental.priced, stockId, mustBeSold });
  const { startMs, endMs } = billingPeriod({ startedAtMs: nowMs, timeZone: holder.timeZone }, 0);
  const rentalId = newId(nowMs);
  await tx.numberRental.create({
    data: {
      id: rentalId,
      numberId,
      accountId: holder.id,
      stockId,
      orderKey,
      startedAt: new Date(nowMs),
      timeZone: holder.timeZone,
      nextPeriod: 1,
      nextDueAt: new Date(endMs),
      hops: { createMany: { data: [...hops] } },
    },
  });
  const charge = { rentalId, numberId, period: 0, startMs, endMs, hops, nowMs };
  const actorId = context.actor.id;
  const outcome = await chargePeriod(tx, context.database, { ...charge, actorId });
  if (outcome.kind === 'charged') return;
  throw new AppError(
    'INSUFFICIENT_FUNDS',
    outcome.buyerId === holder.id
      ? 'The balance does not cover set-up and first month of this number: top up first.'
      : 'A provider on the way can’t take this order at the moment.',
    { meta: outcome.buyerId === holder.id ? { hop: holder.id } : {} },
  );
}

/** Ends a number's rental, if one runs: no further month is charged, none is given back. */
export async function endRental(
  tx: Tx,
  context: Pick<ServiceContext, 'clock'>,
  numberId: string,
): Promise<{ readonly stockId: string } | null> {
  const running = await tx.numberRental.findFirst({
    where: { numberId, endedAt: null },
    select: { id: true, stockId: true },
  });
  if (running === null) return null;
  await tx.numberRental.update({
    where: { id: running.id },
    data: { endedAt: new Date(context.clock.nowMs()) },
  });
  return { stockId: running.stockId };
}
