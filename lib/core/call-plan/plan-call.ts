import { isEmergencyNumber } from '@/lib/core/emergency';
import { AppError } from '@/lib/core/errors';
import { type E164, e164Digits, parseDialled } from '@/lib/core/phone-number';
import { checkCallerId, internalCallerId, outboundCallerId } from './caller-id';
import { checkAllowed, checkHopMargins, checkStatus, planHops, type Side, sideOf } from './chain';
import { type Resolved, resolveDestination } from './destination';
import { placeOfHelp } from './emergency';
import { MAX_FEATURE_SECONDS } from './feature-codes';
import { FraudWatch } from './fraud-checks';
import { planInbound } from './inbound';
import {
  checkClasses,
  checkLimits,
  checkPrices,
  countedOnce,
  type LimitSubject,
  numberSubjects,
  shortestMaximum,
  subjectsOf,
  trunkSubjects,
} from './limit-checks';
import type { CallPlan, CallRequest, PlannedCall, RefusedCall } from './plan';
import { isRefused, refuse } from './refusal';
import { planRoutes } from './routes';
import type {
  AccountView,
  CallLimits,
  Directory,
  ExtensionView,
  PlanContext,
  TrunkView,
} from './views';

/** The one who calls: an extension, or else a tenant's own PBX by its trunk. */
interface Caller extends Side {
  readonly extension: ExtensionView | null;
  readonly trunk: TrunkView | null;
  /** Everyone on this side whose limits it has to respect. */
  readonly subjects: readonly LimitSubject[];
}

/** One call being planned. */
interface Planning {
  readonly context: PlanContext;
  readonly request: CallRequest;
  readonly atMs: number;
  readonly caller: Caller;
}

/**
 * Who pays, where a call goes, by which routes and at what price at every hop, or at which hop it
 * is refused and why. Checked in this order: status, destination, limits, sell rate, buy rate,
 * margin. Funds are for the hold to check. Pure: the switch dials what it says, the simulator
 * shows it, tests table it.
 *
 * Throws INTERNAL only where the directory contradicts itself (a tenant without an account).
 */
export function planCall(context: PlanContext, request: CallRequest, atMs: number): CallPlan {
  const { directory } = context;
  const { origin } = request;
  const trunk = origin.kind === 'trunk' ? directory.trunkById(origin.trunkId) : undefined;
  if (trunk?.carrierId != null) return planInbound(context, request, { trunk, atMs });

  const tenantId = origin.kind === 'extension' ? origin.tenantId : trunk?.tenantId;
  const tenant = tenantId == null ? undefined : directory.tenantById(tenantId);
  const extension =
    origin.kind === 'extension' ? directory.extension(origin.tenantId, origin.number) : null;
  if (!tenant || extension === undefined) {
    return refuse({ code: 'NOT_FOUND', hop: null, message: 'the caller is not known any more' });
  }
  const side = sideOf(directory, tenant);
  const { rules } = directory;
  const subjects = subjectsOf(side, extension, { rules });
  if (trunk) subjects.unshift(...trunkSubjects(trunk, side.account, rules));
  const { account, chain } = side;
  const caller = { tenant, account, chain, extension, trunk: trunk ?? null, subjects };
  return planForCaller({ context, request, atMs, caller });
}

function planForCaller(planning: Planning): CallPlan {
  const { context, request, caller } = planning;
  const digits = parseDialled(request.dialled);
  if (digits !== null && isEmergencyNumber(caller.tenant.country, digits)) {
    return planEmergency(planning, digits);
  }
  const suspended = checkStatus(caller, caller.extension) ?? checkTrunk(caller);
  if (suspended) return suspended;
  const resolved = resolveDestination(context.directory, caller, request.dialled);
  switch (resolved.kind) {
    case 'refused':
      return resolved;
    case 'internal':
      return planInternal(planning, resolved);
    case 'feature':
      return planFeature(planning, resolved);
    case 'onnet':
    case 'outbound':
      return planPriced(planning, resolved);
  }
}

function checkTrunk({ trunk, account }: Caller): RefusedCall | null {
  if (trunk === null || trunk.status === 'active') return null;
  const message = `trunk ${trunk.name} is ${trunk.status}`;
  return refuse({ code: 'FORBIDDEN', hop: account, message, detail: { trunk: trunk.name } });
}

/** Free, never refused for funds, limits or suspension, and only by the routes kept for it. */
function planEmergency(planning: Planning, digits: string): CallPlan {
  const { context, caller } = planning;
  const trunks = context.directory
    .emergencyTrunks(caller.tenant.country)
    .filter((trunk) => trunk.status === 'active');
  if (trunks.length === 0) {
    return refuse({
      code: 'NO_EMERGENCY_ROUTE',
      hop: caller.chain.at(-1) ?? caller.account,
      message: `no route for emergency calls in ${caller.tenant.country} is in service`,
      detail: { country: caller.tenant.country, dialled: digits },
    });
  }
  return {
    ...basics(caller),
    callClass: 'emergency',
    destination: { kind: 'emergency', digits },
    callerId: placeOfHelp(context.directory, caller).callerId,
    attempts: trunks.map((trunk) => ({
      kind: 'trunk',
      trunkId: trunk.id,
      carrierId: trunk.carrierId,
      number: digits,
      buy: null,
      cost300Micro: 0n,
      price300Micro: null,
    })),
    maxSeconds: shortestMaximum([]),
  };
}

/** Within a tenant: free. */
function planInternal(planning: Planning, to: Extract<Resolved, { kind: 'internal' }>): CallPlan {
  const { context, request, caller } = planning;
  const subjects = withCalled(planning, to);
  const limited = checkLimits(context.limits, subjects, false);
  if (limited) return limited;
  const outside = outboundCallerId(context.directory, caller, request);
  // Spelt out, as most calls are internal ones: a spread costs more than the rest of the plan.
  return {
    kind: 'planned',
    callClass: 'internal',
    payerAccountId: null,
    accountId: caller.account.id,
    tenantId: caller.tenant.id,
    peerAccountId: null,
    peerTenantId: null,
    destination: to.destination,
    callerId: internalCallerId(caller.extension, outside),
    hops: [],
    attempts: [to.attempt],
    skipped: [],
    subjects: countedOnce(subjects),
    maxSeconds: shortestMaximum(subjects.map((subject) => subject.limits)),
  };
}

/** Everyone concerned by a call within a tenant: the caller's side, then whoever is called. */
function withCalled(
  { context, caller }: Planning,
  { extension, destination }: Extract<Resolved, { kind: 'internal' }>,
): readonly LimitSubject[] {
  const { rules } = context.directory;
  const { account: hop, subjects } = caller;
  const isOther = extension !== null && extension.id !== caller.extension?.id;
  const called = isOther ? [...subjects, calledExtension(extension, hop)] : subjects;
  if (!rules?.hasLimits) return called;
  const e164 = destination.kind === 'extension' ? destination.e164 : null;
  const set = isOther ? rules.limitsOf('extension', extension.id) : undefined;
  return [
    ...called,
    ...(isOther && set ? [{ ...calledExtension(extension, hop), limits: set }] : []),
    ...numberSubjects(rules, e164, { hop, isCalled: true }),
  ];
}

function calledExtension({ id, number, limits }: ExtensionView, hop: AccountView): LimitSubject {
  return { kind: 'extension', id, name: `extension ${number}`, limits, hop, isCalled: true };
}

/** What the switch does itself: free, and over in time. */
function planFeature(planning: Planning, to: Extract<Resolved, { kind: 'feature' }>): CallPlan {
  const { context, request, caller } = planning;
  const limited = checkLimits(context.limits, caller.subjects, false);
  if (limited) return limited;
  const outside = outboundCallerId(context.directory, caller, request);
  const longest = shortestMaximum(caller.subjects.map((subject) => subject.limits));
  return {
    ...basics(caller),
    callClass: 'internal',
    destination: to,
    callerId: internalCallerId(caller.extension, outside),
    attempts: [],
    maxSeconds: Math.min(MAX_FEATURE_SECONDS, longest),
  };
}

/** To the world, or to a number of another tenant: that is charged the same and bought nowhere. */
function planPriced(
  planning: Planning,
  to: Extract<Resolved, { kind: 'onnet' | 'outbound' }>,
): CallPlan {
  const { context, request, atMs, caller } = planning;
  const { directory } = context;
  const digits = e164Digits(to.e164);
  const watch = new FraudWatch(directory.rules, caller, digits);
  const callerId = outboundCallerId(directory, caller, request);
  const { own, called } = pricedSubjects(planning, to, callerId.number);
  const refused =
    watch.checkBlocks(caller.extension) ??
    checkAllowed(caller, digits) ??
    checkClasses(directory.rules, own, digits) ??
    watch.checkDestination() ??
    checkCallerId(caller, request, callerId) ??
    checkLimits(context.limits, own, true) ??
    checkLimits(context.limits, called, false);
  if (refused) return refused;

  const priced = planHops(context, caller, { digits, atMs });
  if (isRefused(priced)) return priced;
  const { hops } = priced;
  const dear = checkPrices(context.limits, own, hops) ?? watch.checkPrice(context.limits, hops);
  if (dear) return dear;
  const routes = to.kind === 'onnet' ? null : routesTo(planning, { e164: to.e164, hops });
  if (routes && isRefused(routes) && routes.code !== 'MARGIN_NEGATIVE') return routes;
  const loss = checkHopMargins(context.directory, caller, { hops, atMs });
  if (loss) return loss;
  if (routes && isRefused(routes)) return routes;

  const subjects = [...own, ...called];
  return {
    ...basics(caller),
    callClass: to.kind,
    payerAccountId: caller.account.id,
    peerAccountId: to.kind === 'onnet' ? to.side.account.id : null,
    peerTenantId: to.kind === 'onnet' ? to.side.tenant.id : null,
    destination: to.kind === 'onnet' ? to.destination : { kind: 'e164', e164: to.e164 },
    callerId,
    hops,
    attempts: to.kind === 'onnet' ? [to.attempt] : (routes?.attempts ?? []),
    skipped: routes?.skipped ?? [],
    subjects: countedOnce(subjects),
    maxSeconds: Math.min(
      shortestMaximum([
        ...subjects.map((subject) => subject.limits),
        ...trunkLimits(directory, routes?.attempts ?? []),
      ]),
      watch.longestSeconds ?? Number.POSITIVE_INFINITY,
    ),
    ...watch.marks,
  };
}

/** Everyone on the caller's side, the number that is shown among them, and on the called one's. */
function pricedSubjects(
  { context, caller }: Planning,
  to: Extract<Resolved, { kind: 'onnet' | 'outbound' }>,
  shown: string | null,
): { readonly own: readonly LimitSubject[]; readonly called: readonly LimitSubject[] } {
  const { rules } = context.directory;
  const shownNumber = numberSubjects(rules, shown, { hop: caller.account });
  const own = shownNumber.length === 0 ? caller.subjects : [...shownNumber, ...caller.subjects];
  if (to.kind === 'outbound') return { own, called: [] };
  const called = [
    ...numberSubjects(rules, to.e164, { hop: to.side.account, isCalled: true }),
    ...subjectsOf(to.side, to.extension, { rules, isCalled: true }),
  ];
  return { own, called };
}

/** The limits of the trunks that may be tried, those that were set for them beside. */
function trunkLimits(directory: Directory, attempts: PlannedCall['attempts']): CallLimits[] {
  return attempts.flatMap((attempt) => {
    const trunk = attempt.kind === 'trunk' ? directory.trunkById(attempt.trunkId) : undefined;
    if (!trunk) return [];
    const set = directory.rules?.limitsOf('trunk', trunk.id);
    return set ? [trunk.limits, set] : [trunk.limits];
  });
}

function routesTo(planning: Planning, to: { e164: E164; hops: PlannedCall['hops'] }) {
  const { context, atMs, caller } = planning;
  return planRoutes({ ...context, ...to, atMs, side: caller, operator: operatorOf(caller) });
}

function operatorOf(caller: Caller): AccountView {
  const operator = caller.chain.at(-1);
  if (!operator) throw new AppError('INTERNAL', `nobody is above ${caller.tenant.domain}`);
  return operator;
}

/** What every plan of a caller has in common, free and unskipped until said otherwise. */
function basics(caller: Caller) {
  return {
    kind: 'planned',
    payerAccountId: null,
    accountId: caller.account.id,
    tenantId: caller.tenant.id,
    peerAccountId: null,
    peerTenantId: null,
    hops: [],
    skipped: [],
    subjects: countedOnce(caller.subjects),
  } as const;
}
