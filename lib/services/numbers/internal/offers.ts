import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import { lockNumber, type NumberRow } from './view';

/** Whose order it would be. */
export interface Buyer {
  readonly id: string;
  readonly path: string;
}

/** The accounts above a buyer, from whose stocks it can order; nearest first. */
export function sellersAbove(buyer: Buyer): readonly string[] {
  return buyer.path
    .split('/')
    .filter((id) => id !== '' && id !== buyer.id)
    .reverse();
}

/** What is free for a buyer: available, or kept for it. */
export function isFreeFor(number: NumberRow, buyer: Buyer, nowMs: number): boolean {
  if (!sellersAbove(buyer).includes(number.accountId)) return false;
  if (number.state === 'available') return true;
  if (number.state !== 'reserved') return false;
  const isOver = number.heldUntil !== null && number.heldUntil.getTime() <= nowMs;
  return number.reservedForId === buyer.id || (isOver && number.reservedForId !== null);
}

/**
 * A number that a buyer can have, locked until the transaction ends. Throws NOT_FOUND for any other:
 * who has it meanwhile, or that it exists, is nobody's business.
 */
export async function findOffer(
  tx: Tx,
  buyer: Buyer,
  wanted: { readonly numberId: string; readonly nowMs: number },
): Promise<NumberRow> {
  const { numberId, nowMs } = wanted;
  const row = await lockNumber(tx, numberId);
  if (row === null || !isFreeFor(row, buyer, nowMs)) throw notFound('number on offer (any more)');
  return row;
}
