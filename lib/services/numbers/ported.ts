import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { countryOf, isE164 } from '@/lib/core/phone-number';
import type { Tx } from '@/lib/infra/db/client';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { moveNumber, NOWHERE } from './internal/move-number';
import { lockNumber, type NumberRow } from './internal/view';

/** Numbers on their way from another carrier to an account. */
export interface PortedNumbers {
  readonly accountId: string;
  readonly numbers: readonly string[];
  readonly tenantId: string | null;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
}

/**
 * Puts numbers into the inventory as coming in, in their future holder's hands; they ring nowhere
 * and cost nothing yet. One that was released before comes back. Throws CONFLICT for a number that
 * is here already, and names it: for the operator's eyes.
 */
export async function expectPort(
  tx: Tx,
  context: ServiceContext,
  { accountId, numbers }: PortedNumbers,
): Promise<void> {
  const known = await tx.phoneNumber.findMany({ where: { e164: { in: [...numbers] } } });
  const taken = known.find(({ state }) => state !== 'released');
  if (taken) {
    throw new AppError(
      'CONFLICT',
      `${taken.e164} is in the inventory already: it is ${taken.state}.`,
    );
  }
  for (const e164 of numbers) {
    const before = known.find((number) => number.e164 === e164);
    const id = before?.id ?? newId(context.clock.nowMs());
    const country = isE164(e164) ? countryOf(e164) : null;
    const state = 'port_in' as const;
    await tx.phoneNumber.upsert({
      where: { e164 },
      create: { id, accountId, e164, state, country },
      update: { accountId, state, ...NOWHERE, suspendedAt: null },
    });
    await recordAudit(tx, context, {
      verb: 'numbers.expectPort',
      objectKind: 'phone_number',
      objectId: id,
      accountId,
      detail: { from: before?.state ?? null, to: state },
    });
  }
}

/** Puts numbers that have come in where they are to ring; they are paid for from now on. */
export async function completePort(
  tx: Tx,
  context: ServiceContext,
  ported: PortedNumbers,
): Promise<void> {
  const { accountId, tenantId, extensionId, trunkId } = ported;
  await eachExpected(tx, ported, async (number) => {
    await moveNumber(tx, context, {
      number,
      to: tenantId === null ? 'available' : 'in_service',
      accountId,
      place: tenantId === null ? NOWHERE : { tenantId, extensionId, trunkId },
      audit: { verb: 'numbers.completePort' },
    });
  });
}

/** Numbers that don't come after all: released, as if they had never been announced. */
export async function forgetPort(
  tx: Tx,
  context: ServiceContext,
  ported: PortedNumbers,
): Promise<void> {
  await eachExpected(tx, ported, async (number) => {
    await moveNumber(tx, context, {
      number,
      to: 'released',
      accountId: ported.accountId,
      place: NOWHERE,
      audit: { verb: 'numbers.forgetPort' },
    });
  });
}

async function eachExpected(
  tx: Tx,
  { accountId, numbers }: PortedNumbers,
  move: (number: NumberRow) => Promise<void>,
): Promise<void> {
  const expected = await tx.phoneNumber.findMany({
    where: { e164: { in: [...numbers] }, accountId, state: 'port_in' },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  // All of them first, then what they cost: nobody who holds one of them waits for a wallet of ours.
  const locked: NumberRow[] = [];
  for (const { id } of expected) {
    const number = await lockNumber(tx, id);
    if (number?.state === 'port_in') locked.push(number);
  }
  for (const number of locked) await move(number);
}
