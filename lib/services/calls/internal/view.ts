import { toWireMoney, type WireMoney } from '@/lib/core/money';
import { reaches } from '@/lib/services/access/authorize';
import { directionOf, resultOf, seesHop } from '@/lib/services/calls/rules';
import type { WireCall } from '@/lib/services/calls/schemas';
import type { Actor } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';
import type { CallRow } from './rows';

export type ChargeRow = Prisma.ChargeGetPayload<object>;

/** What is told where somebody above the viewer is the reason. */
export const REFUSED_ABOVE = "Your provider can't carry this call at the moment.";

function refusalOf(row: CallRow, actor: Actor): WireCall['refusal'] {
  const everything = actor.kind === 'system' || actor.accountKind === 'operator';
  // Why a call was refused concerns those who make it, not those it was meant for.
  if (row.refusalCode === null || (!row.own && !everything && row.class !== 'inbound')) return null;
  const { refusalHopId: id, refusalHopName: name, refusalHopPath: path } = row;
  const hop = id !== null && name !== null ? { id, name } : null;
  const known = hop === null || (path !== null && reaches(actor, path));
  return known
    ? { code: row.refusalCode, text: row.refusalText ?? row.refusalCode, hop }
    : { code: 'UNAVAILABLE', text: REFUSED_ABOVE, hop: null };
}

/** Sums of money in one currency; null of none. */
function sumOf(charges: readonly ChargeRow[]): WireMoney | null {
  const [first] = charges;
  if (first === undefined) return null;
  const total = charges.reduce((sum, charge) => sum + charge.amountMicro, 0n);
  return toWireMoney(total, first.currency);
}

/** A call as a viewer may see it; `charges` are all of the call's. */
export function toWireCall(row: CallRow, charges: readonly ChargeRow[], actor: Actor): WireCall {
  const everything = actor.kind === 'system' || actor.accountKind === 'operator';
  const callerSide = row.own || everything;
  // For inbound calls the account is the called one's; the caller is somebody outside.
  const calledSide =
    row.class === 'inbound' || row.class === 'internal' ? callerSide : row.peer || everything;
  const seesDialled = callerSide;
  const account =
    callerSide || row.peerAccountId === null
      ? { id: row.accountId, name: row.accountName }
      : { id: row.peerAccountId, name: row.peerAccountName ?? '' };
  return {
    id: row.id,
    class: row.class,
    direction: directionOf(row.class, callerSide),
    result: resultOf(row),
    account,
    from: {
      number: row.fromNumber,
      extensionId: callerSide ? row.fromExtensionId : null,
      extensionName: callerSide ? row.fromExtensionName : null,
    },
    to: {
      number: row.toNumber,
      extensionId: calledSide ? row.toExtensionId : null,
      extensionName: calledSide ? row.toExtensionName : null,
    },
    dialled: seesDialled ? row.dialled : null,
    destination: seesDialled ? row.destination : null,
    startedAt: row.startedAt.toISOString(),
    ringingAt: row.ringingAt?.toISOString() ?? null,
    answeredAt: row.answeredAt?.toISOString() ?? null,
    endedAt: row.endedAt.toISOString(),
    durationMs: row.durationMs,
    hungUpBy: row.hungUpBy,
    sipStatus: row.sipStatus,
    q850Cause: row.q850Cause,
    isRecorded: row.isRecorded,
    refusal: refusalOf(row, actor),
    price: sumOf(charges.filter((charge) => charge.hop === 0 && seesHop(actor, charge))),
    paid: sumOf(charges.filter((charge) => charge.buyerAccountId === actor.accountId)),
    earned: sumOf(charges.filter((charge) => charge.sellerAccountId === actor.accountId)),
  };
}
