import { type E164, e164Digits, isE164, parseDialled } from '@/lib/core/phone-number';
import { receivedCallerId } from './caller-id';
import { type PricedCallTo, planReverseHops } from './chain';
import { deliveryOf } from './destination';
import { planCallback } from './emergency';
import {
  checkLimits,
  checkPrices,
  countedOnce,
  numberSubjects,
  shortestMaximum,
  subjectsOf,
  trunkSubjects,
} from './limit-checks';
import type { CallPlan, CallRequest, PlannedBuy } from './plan';
import { isRefused, refuse } from './refusal';
import type { AccountView, PlanContext, TrunkView } from './views';

/** A carrier's way to write a number of ours: E.164, with or without "+". */
function readCarrierNumber(dialled: string): E164 | null {
  const digits = parseDialled(dialled);
  if (digits === null) return null;
  const plus = digits.startsWith('+') ? digits : `+${digits}`;
  return isE164(plus) ? plus : null;
}

/** What a carrier charges the operator for a call that the number called pays; null = nothing. */
function reverseBuy(
  { directory, decks }: PlanContext,
  { trunk, operator }: { readonly trunk: TrunkView; readonly operator: AccountView },
  { digits, atMs }: PricedCallTo,
): PlannedBuy | null {
  const carrier = trunk.carrierId === null ? undefined : directory.carrierById(trunk.carrierId);
  const deck = carrier?.buyDeckId == null ? undefined : decks.deckById(carrier.buyDeckId);
  const match = deck?.lookup(digits, atMs, 'called');
  if (!carrier || !match || match.blocked || match.markup) return null;
  return { carrierId: carrier.id, buyerAccountId: operator.id, rate: match.rate };
}

/**
 * A call from a carrier: to a number of ours or nowhere. It is free but for a number that its owner
 * pays for (a reverse-billed rate in the deck at which it buys), hop by hop up the chain. What a
 * carrier sends never leaves by a carrier again, so an address that is taken for one gains nothing
 * by it.
 */
export function planInbound(
  context: PlanContext,
  request: CallRequest,
  from: { readonly trunk: TrunkView; readonly atMs: number },
): CallPlan {
  const { trunk, atMs } = from;
  const e164 = readCarrierNumber(request.dialled);
  const callback =
    e164 === null || trunk.status !== 'active'
      ? null
      : planCallback(context, request, { ...from, e164 });
  if (callback !== null) return callback;
  const delivery = e164 === null ? null : deliveryOf(context.directory, e164, null);
  if (trunk.status !== 'active' || delivery === null || e164 === null) {
    return refuse({
      code: 'DESTINATION_UNKNOWN',
      hop: null,
      message: `"${request.dialled}" is not a number of ours`,
      detail: { dialled: request.dialled, trunk: trunk.name },
    });
  }
  if (isRefused(delivery)) return delivery;
  const { side, extension, destination, attempt } = delivery;
  const operator = side.chain.at(-1) ?? side.account;
  const { rules } = context.directory;
  const subjects = [
    ...trunkSubjects(trunk, operator, rules),
    ...numberSubjects(rules, e164, { hop: side.account, isCalled: true }),
    ...subjectsOf(side, extension, { rules, isCalled: true }),
  ];
  const called = { digits: e164Digits(e164), atMs };
  const priced = planReverseHops(context, side, called);
  if (isRefused(priced)) return priced;
  const { hops } = priced;
  // What the number called pays is the house's own to limit, not the carrier's trunk.
  const paying = subjects.filter(({ kind }) => kind !== 'trunk' && kind !== 'trunk_in');
  const limited =
    checkLimits(context.limits, subjects, hops.length > 0) ??
    checkPrices(context.limits, paying, hops);
  if (limited) return limited;
  const buy = reverseBuy(context, { trunk, operator }, called);
  return {
    kind: 'planned',
    callClass: 'inbound',
    payerAccountId: hops[0]?.buyerAccountId ?? null,
    accountId: side.account.id,
    tenantId: side.tenant.id,
    peerAccountId: null,
    peerTenantId: null,
    destination,
    callerId: receivedCallerId(request),
    hops,
    ...(buy === null ? {} : { buy }),
    attempts: [attempt],
    skipped: [],
    subjects: countedOnce(subjects),
    maxSeconds: shortestMaximum(subjects.map((subject) => subject.limits)),
  };
}
