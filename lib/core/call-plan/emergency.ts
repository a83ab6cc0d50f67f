import type { E164 } from '@/lib/core/phone-number';
import { defaultCallerId, receivedCallerId } from './caller-id';
import { sideOf } from './chain';
import { countedOnce, shortestMaximum, subjectsOf, trunkSubjects } from './limit-checks';
import type { CallerId, CallRequest, Destination, PlannedAttempt, PlannedCall } from './plan';
import type { Directory, ExtensionView, PlanContext, TenantView, TrunkView } from './views';

/** How long whoever calls back after a call for help rings through (facts: emergency). */
export const CALLBACK_MS = 3_600_000;

/** Where help is sent to, and what is shown with the call. */
export interface PlaceOfHelp {
  /** null: nobody has said where the caller is. */
  readonly locationId: string | null;
  readonly callerId: CallerId;
}

/**
 * Where a caller is: at the place of the number that it shows, else at its tenant's own. What is
 * shown is the place's number, so that the answering point looks up the right address and its call
 * back arrives; without a place, what the caller shows anybody.
 */
export function placeOfHelp(
  directory: Directory,
  caller: { readonly tenant: TenantView; readonly extension: ExtensionView | null },
): PlaceOfHelp {
  const { tenant, extension } = caller;
  const usual = defaultCallerId(tenant, extension);
  const own = extension?.callerNumber ?? null;
  const number = own === null ? undefined : directory.numberByE164(own);
  if (number?.emergencyLocationId && number.tenantId === tenant.id) {
    return { locationId: number.emergencyLocationId, callerId: usual };
  }
  const locationId = tenant.emergencyLocationId ?? null;
  const shown = locationId === null ? null : (tenant.emergencyNumber ?? null);
  if (shown === null) return { locationId, callerId: usual };
  return { locationId, callerId: { number: shown, right: 'default', isWithheld: false } };
}

/**
 * A call to a number that was shown with a call for help within the last hour rings the phone
 * or PBX that made it: free, whatever limits, suspensions and forwards say. null: it is no such call.
 */
export function planCallback(
  { directory }: PlanContext,
  request: CallRequest,
  to: { readonly trunk: TrunkView; readonly e164: E164; readonly atMs: number },
): PlannedCall | null {
  const { trunk, e164, atMs } = to;
  const called = calledBack(directory, e164, atMs);
  if (called === null) return null;
  const { tenant, extension, attempt, destination } = called;
  const side = sideOf(directory, tenant);
  const operator = side.chain.at(-1) ?? side.account;
  return {
    kind: 'planned',
    callClass: 'inbound',
    payerAccountId: null,
    accountId: side.account.id,
    tenantId: tenant.id,
    peerAccountId: null,
    peerTenantId: null,
    destination,
    callerId: receivedCallerId(request),
    hops: [],
    attempts: [attempt],
    skipped: [],
    subjects: countedOnce([...trunkSubjects(trunk, operator), ...subjectsOf(side, extension)]),
    maxSeconds: shortestMaximum([]),
  };
}

interface CalledBack {
  readonly tenant: TenantView;
  readonly extension: ExtensionView | null;
  readonly destination: Destination;
  readonly attempt: PlannedAttempt;
}

/** Whoever called for help and showed this number, a phone or a PBX; null: nobody did. */
function calledBack(directory: Directory, e164: E164, atMs: number): CalledBack | null {
  const target = directory.callbackTo?.(e164, atMs);
  if (target === undefined) return null;
  if (target.extensionId !== null) {
    const extension = directory.extensionById(target.extensionId);
    const tenant = extension && directory.tenantById(extension.tenantId);
    if (!extension || !tenant) return null;
    const called = { tenantId: tenant.id, extensionId: extension.id, number: extension.number };
    const destination = { kind: 'extension', ...called, e164 } as const;
    return {
      ...{ tenant, extension, destination },
      attempt: { kind: 'extension', ...called, ringsThrough: true },
    };
  }
  const pbx = target.trunkId === null ? undefined : directory.trunkById(target.trunkId);
  const tenant = pbx?.tenantId == null ? undefined : directory.tenantById(pbx.tenantId);
  if (!pbx || !tenant) return null;
  const free = { carrierId: null, buy: null, cost300Micro: 0n, price300Micro: null };
  return {
    ...{ tenant, extension: null, destination: { kind: 'e164', e164 } },
    attempt: { kind: 'trunk', trunkId: pbx.id, number: e164, ...free, ringsThrough: true },
  };
}

/** Whether a call is about help: it is taken while others are not. */
export function isForHelp(plan: Pick<PlannedCall, 'callClass' | 'attempts'>): boolean {
  const [first] = plan.attempts;
  return plan.callClass === 'emergency' || first?.ringsThrough === true;
}
