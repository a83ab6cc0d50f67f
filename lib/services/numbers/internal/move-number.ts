import type { Tx } from '@/lib/infra/db/client';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { checkTransition } from '@/lib/services/numbers/rules';
import type { NumberState } from '@/lib/services/numbers/schemas';
import type { InputJsonObject } from '@/prisma/generated/internal/prismaNamespace';
import { endRental, startRental } from './rental';
import type { NumberRow } from './view';

/** Where a number leads. */
export interface NumberPlace {
  readonly tenantId: string | null;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
}

/** What a move needs of its caller; background jobs have no more. */
export type MoveContext = Pick<ServiceContext, 'database' | 'clock' | 'actor'>;

export const NOWHERE: NumberPlace = { tenantId: null, extensionId: null, trunkId: null };

/** What becomes of a number. */
export interface NumberMove {
  /** Locked by the caller. */
  readonly number: NumberRow;
  readonly to: NumberState;
  /** Whose it is from now on. */
  readonly accountId: string;
  readonly place: NumberPlace;
  readonly reservedForId?: string | null;
  /** When a reservation or aging ends. */
  readonly heldUntil?: Date | null;
  readonly emergencyLocationId?: string | null;
  /** An order's: by which it is placed once, and which no hop gives away for nothing. */
  readonly orderKey?: string;
  readonly audit: { readonly verb: string; readonly detail?: InputJsonObject };
}

/**
 * The one way by which numbers change hands, state or destination: along the table of moves,
 * audited, and paid for. Whoever buys from somebody pays for a number from the moment it is theirs
 * until it is not: a customer for any, others for those in service.
 */
export async function moveNumber(tx: Tx, context: MoveContext, move: NumberMove): Promise<void> {
  const { number } = move;
  checkTransition(number.state, move.to);
  const changesHands = move.accountId !== number.accountId;
  if (changesHands || move.place.tenantId !== number.tenantId) {
    await forgetInTenant(tx, number.id);
  }
  await tx.phoneNumber.update({
    where: { id: number.id },
    data: {
      state: move.to,
      accountId: move.accountId,
      ...move.place,
      reservedForId: move.reservedForId ?? null,
      heldUntil: move.heldUntil ?? null,
      ...(changesHands ? { suspendedAt: null } : {}),
      ...locationAfter(move),
    },
  });
  await settleRental(tx, context, move);
  await recordAudit(tx, context, {
    verb: move.audit.verb,
    objectKind: 'phone_number',
    objectId: number.id,
    accountId: move.accountId,
    detail: {
      from: number.state,
      to: move.to,
      ...move.place,
      ...(changesHands ? { fromAccountId: number.accountId } : {}),
      ...(number.tenantId === move.place.tenantId ? {} : { fromTenantId: number.tenantId }),
      ...move.audit.detail,
    },
  });
}

/** A place of help belongs to a tenant: a number that goes elsewhere leaves it behind. */
function locationAfter({ number, ...move }: NumberMove) {
  if (move.emergencyLocationId !== undefined) {
    return { emergencyLocationId: move.emergencyLocationId };
  }
  return move.place.tenantId === number.tenantId ? {} : { emergencyLocationId: null };
}

/** Nobody goes on showing a number that has left their tenant, nor is called back on it. */
async function forgetInTenant(tx: Tx, numberId: string): Promise<void> {
  await tx.extension.updateMany({
    where: { callerNumberId: numberId },
    data: { callerNumberId: null },
  });
  await tx.tenant.updateMany({
    where: { emergencyNumberId: numberId },
    data: { emergencyNumberId: null },
  });
  await tx.emergencyLocation.updateMany({ where: { numberId }, data: { numberId: null } });
}

async function settleRental(tx: Tx, context: MoveContext, move: NumberMove): Promise<void> {
  const { number } = move;
  const holder = await tx.account.findUniqueOrThrow({
    where: { id: move.accountId },
    select: { id: true, path: true, kind: true, parentId: true, timeZone: true },
  });
  const inUse = move.to === 'in_service' || move.to === 'port_out';
  const held = inUse || (holder.kind === 'customer' && move.to === 'available');
  const running = await tx.numberRental.findFirst({
    where: { numberId: number.id, endedAt: null },
    select: { accountId: true },
  });
  if (held && running?.accountId === holder.id) return;
  const ended = running ? await endRental(tx, context, number.id) : null;
  if (!held || holder.parentId === null) return;
  // From one customer's hands into another's it is still of the same stock.
  const fromStock = number.account.kind === 'customer' ? ended?.stockId : number.accountId;
  await startRental(tx, context, {
    numberId: number.id,
    priced: number,
    holder,
    stockId: fromStock ?? holder.parentId,
    orderKey: move.orderKey ?? null,
    mustBeSold: move.orderKey !== undefined,
  });
}
