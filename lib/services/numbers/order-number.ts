import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { requireActiveChain } from '@/lib/services/accounts/require-active-chain';
import type { ServiceContext } from '@/lib/services/context';
import { requireEmergencyRoute } from '@/lib/services/emergency/require-emergency-route';
import { parseInput } from '@/lib/services/parse';
import { Prisma } from '@/prisma/generated/client';
import { getNumber } from './get-number';
import { findTarget } from './internal/find-target';
import { moveNumber, NOWHERE } from './internal/move-number';
import { findOffer } from './internal/offers';
import { placeOfHelp } from './internal/place-of-help';
import {
  type OrderNumberData,
  type OrderNumberInput,
  orderNumberSchema,
  type WireNumber,
} from './schemas';

/**
 * Orders a number: set-up and first month are taken at every hop up to the operator, and it goes
 * into service where it is told, all or nothing. Idempotent by `orderKey`. Of two who want the same
 * number one gets it, and one pays.
 *
 * Throws NOT_FOUND for a number that is not on offer (any more), INSUFFICIENT_FUNDS, NO_SELL_RATE;
 * NO_EMERGENCY_ROUTE where help could not be called from its country, CONFLICT where nobody has said
 * yet where help is to be sent to (facts: emergency).
 */
export async function orderNumber(
  context: ServiceContext,
  input: OrderNumberInput,
): Promise<WireNumber> {
  authorize(context, 'numbers.order');
  const data = parseInput(orderNumberSchema, input);
  const { prisma } = context.database;
  const buyer = await findAccount(prisma, context, data.accountId ?? context.actor.accountId);
  const earlier = await findEarlier(prisma, buyer.id, data);
  if (earlier) return await getNumber(context, earlier);
  await requireActiveChain(prisma, buyer);
  if (buyer.kind !== 'customer' && data.tenantId === undefined) {
    throw new AppError('INVALID_INPUT', 'A seller orders for a tenant; its stock is handed to it.');
  }
  try {
    await prisma.$transaction((tx) => place(tx, context, { buyer, data }));
  } catch (error) {
    // Two at once with the same key: the other one won, and its result is ours.
    const isLate = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
    const winner =
      isLate || error instanceof AppError ? await findEarlier(prisma, buyer.id, data) : null;
    if (winner === null) throw error;
    return await getNumber(context, winner);
  }
  return await getNumber(context, data.numberId);
}

async function findEarlier(
  tx: Tx,
  accountId: string,
  { orderKey, numberId }: OrderNumberData,
): Promise<string | null> {
  const earlier = await tx.numberRental.findUnique({
    where: { accountId_orderKey: { accountId, orderKey } },
    select: { numberId: true, endedAt: true },
  });
  if (earlier === null) return null;
  if (earlier.numberId !== numberId) {
    throw new AppError('CONFLICT', 'This order key was used for another number.');
  }
  if (earlier.endedAt !== null) {
    throw new AppError('CONFLICT', 'The number of this order was given back: order anew.');
  }
  return earlier.numberId;
}

async function place(
  tx: Tx,
  context: ServiceContext,
  order: {
    readonly buyer: { readonly id: string; readonly path: string };
    readonly data: OrderNumberData;
  },
): Promise<void> {
  const { buyer, data } = order;
  const { numberId, tenantId, extensionId, trunkId, orderKey } = data;
  const number = await findOffer(tx, buyer, { numberId, nowMs: context.clock.nowMs() });
  await requireEmergencyRoute(tx, number.country);
  const target = tenantId
    ? await findTarget(tx, context, { tenantId, extensionId, trunkId })
    : null;
  if (target !== null && target.accountId !== buyer.id) {
    throw new AppError('INVALID_INPUT', 'The tenant belongs to another account than the order.');
  }
  if (target === null && (extensionId ?? trunkId) !== undefined) {
    throw new AppError('INVALID_INPUT', 'Say in which tenant it is to go into service.');
  }
  const emergencyLocationId = await placeOfHelp(tx, context, {
    number,
    accountId: buyer.id,
    tenantId: tenantId ?? null,
    wantedId: data.emergencyAddressId ?? null,
  });
  await moveNumber(tx, context, {
    number,
    to: target ? 'in_service' : 'available',
    accountId: buyer.id,
    place: target?.place ?? NOWHERE,
    emergencyLocationId,
    orderKey,
    audit: { verb: 'numbers.order', detail: { orderKey } },
  });
}
