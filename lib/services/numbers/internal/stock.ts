import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';

/** How long numbers rest after use, and how long one may be reserved, unless a stock says otherwise. */
export const DEFAULT_SETTINGS = { agingDays: 30, reservationMinutes: 30 } as const;

/** Throws FORBIDDEN: the operator alone says which numbers reach this switch, and what they are. */
export function requireOperator({ actor }: Pick<ServiceContext, 'actor'>): void {
  if (actor.kind === 'system' || actor.accountKind === 'operator') return;
  throw new AppError('FORBIDDEN', 'Numbers are added and described by the operator.');
}

/** Throws NOT_FOUND where there is no such carrier. */
export async function requireCarrier(tx: Tx, carrierId: string): Promise<void> {
  const carrier = await tx.carrier.findUnique({ where: { id: carrierId }, select: { id: true } });
  if (carrier === null) throw notFound('carrier');
}

/** How an account's stock is kept. */
export async function settingsOf(
  tx: Tx,
  accountId: string,
): Promise<{ readonly agingDays: number; readonly reservationMinutes: number }> {
  return (await tx.numberSettings.findUnique({ where: { accountId } })) ?? DEFAULT_SETTINGS;
}
