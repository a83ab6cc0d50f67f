import { formatDecimal } from '@/lib/core/money';
import type { Actor } from '@/lib/services/context';
import type { CallDirection, CallResult, WireCallerId } from './schemas';

/** How a call came out. */
export function resultOf(call: {
  readonly answeredAt: Date | null;
  readonly refusalCode: string | null;
  readonly sipStatus: number;
}): CallResult {
  if (call.answeredAt !== null) return 'answered';
  if (call.refusalCode !== null) return 'refused';
  switch (call.sipStatus) {
    case 486:
    case 600:
      return 'busy';
    case 487:
      return 'cancelled';
    case 408:
    case 480:
      return 'no_answer';
    default:
      return 'failed';
  }
}

/** Which way a call went for a viewer; `own`: it is a call of the viewer's subtree. */
export function directionOf(callClass: string, own: boolean): CallDirection {
  if (callClass === 'internal') return 'internal';
  if (callClass === 'inbound') return 'inbound';
  return callClass === 'onnet' && !own ? 'inbound' : 'outbound';
}

/** Who pays and who is paid at a hop. */
export interface HopParties {
  readonly buyerAccountId: string;
  readonly sellerAccountId: string | null;
}

/** The operator sees every hop; everyone else those at which they pay or are paid. */
export function seesHop(actor: Actor, hop: HopParties): boolean {
  if (actor.kind === 'system' || actor.accountKind === 'operator') return true;
  return hop.buyerAccountId === actor.accountId || hop.sellerAccountId === actor.accountId;
}

/** Whether a viewer may know what the payee of a hop keeps: it itself, and the operator. */
export function seesMargin(actor: Actor, hop: HopParties): boolean {
  if (actor.kind === 'system' || actor.accountKind === 'operator') return true;
  return hop.sellerAccountId === actor.accountId;
}

/** A part of an amount as a decimal with four places; null of nothing. */
export function shareOf(partMicro: bigint, wholeMicro: bigint): string | null {
  if (wholeMicro === 0n) return null;
  return formatDecimal((partMicro * 10_000n) / wholeMicro, 4);
}

/** A caller's number as its call's record has it. */
export type StoredCallerId = Omit<WireCallerId, 'proven'>;

const PROVEN: Readonly<Record<WireCallerId['right'], WireCallerId['proven']>> = {
  owned: 'owned',
  default: 'owned',
  verified: 'verified',
  asserted: 'none',
  received: 'none',
  none: 'none',
};

/** The same with what of it was proven: what a trunk says or passes on is its word alone. */
export function provenCaller(callerId: StoredCallerId): WireCallerId {
  return { ...callerId, proven: PROVEN[callerId.right] };
}

/**
 * A cell of a CSV file (RFC 4180 §2). What a spreadsheet would take for a formula gets an
 * apostrophe in front: a caller ID such as "=HYPERLINK(…)" must not run on a bookkeeper's machine.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
