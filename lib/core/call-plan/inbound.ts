import { type E164, isE164, parseDialled } from '@/lib/core/phone-number';
import { receivedCallerId } from './caller-id';
import { deliveryOf } from './destination';
import { planCallback } from './emergency';
import {
  checkLimits,
  countedOnce,
  numberSubjects,
  shortestMaximum,
  subjectsOf,
  trunkSubjects,
} from './limit-checks';
import type { CallPlan, CallRequest } from './plan';
import { isRefused, refuse } from './refusal';
import type { PlanContext, TrunkView } from './views';

/** A carrier's way to write a number of ours: E.164, with or without "+". */
function readCarrierNumber(dialled: string): E164 | null {
  const digits = parseDialled(dialled);
  if (digits === null) return null;
  const plus = digits.startsWith('+') ? digits : `+${digits}`;
  return isE164(plus) ? plus : null;
}

/**
 * A call from a carrier: to a number of ours, free, or nowhere. What a carrier sends never leaves
 * by a carrier again, so an address that is taken for one gains nothing by it.
 */
export function planInbound(
  context: PlanContext,
  request: CallRequest,
  from: { readonly trunk: TrunkView; readonly atMs: number },
): CallPlan {
  const { trunk } = from;
  const e164 = readCarrierNumber(request.dialled);
  const callback =
    e164 === null || trunk.status !== 'active'
      ? null
      : planCallback(context, request, { ...from, e164 });
  if (callback !== null) return callback;
  const delivery = e164 === null ? null : deliveryOf(context.directory, e164, null);
  if (trunk.status !== 'active' || delivery === null) {
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
  const limited = checkLimits(context.limits, subjects, false);
  if (limited) return limited;
  return {
    kind: 'planned',
    callClass: 'inbound',
    payerAccountId: null,
    accountId: side.account.id,
    tenantId: side.tenant.id,
    peerAccountId: null,
    peerTenantId: null,
    destination,
    callerId: receivedCallerId(request),
    hops: [],
    attempts: [attempt],
    skipped: [],
    subjects: countedOnce(subjects),
    maxSeconds: shortestMaximum(subjects.map((subject) => subject.limits)),
  };
}
