import { forbidsClass } from '@/lib/core/destinations/classes';
import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import type { ErrorCode } from '@/lib/core/errors';
import type { E164 } from '@/lib/core/phone-number';
import type { Rate } from '@/lib/core/rating/rate';
import type { CallRules, RuledSubject } from './call-rules';
import type { Side } from './chain';
import { dearerNano, feeMicro, leastMicro } from './limit-prices';
import type { PlannedHop, RefusedCall } from './plan';
import { refuse } from './refusal';
import type {
  AccountView,
  CallLimits,
  CountedSubject,
  ExtensionView,
  Limits,
  TrunkView,
} from './views';

/** Something whose limits a call has to respect, and the account that answers for it. */
export interface LimitSubject extends CountedSubject {
  readonly name: string;
  readonly limits: CallLimits;
  readonly hop: AccountView;
}

/** A limit that one more call would break: its code, its name and its value in words. */
export interface LimitHit {
  readonly code: LimitCode;
  readonly name: keyof CallLimits;
  readonly limit: string;
}
type LimitCode = Extract<
  ErrorCode,
  | 'LIMIT_CONCURRENT'
  | 'LIMIT_CPS'
  | 'LIMIT_DAILY_SPEND'
  | 'LIMIT_RATE'
  | 'LIMIT_CONNECT_FEE'
  | 'DESTINATION_BLOCKED'
>;

/**
 * A subject with the limits of its own object, and once more with those that were set for it beside:
 * both count. A level never replaces another one's.
 */
function withRules(rules: CallRules | undefined, subject: LimitSubject): readonly LimitSubject[] {
  const set = rules?.hasLimits
    ? rules.limitsOf(subject.kind as RuledSubject, subject.id)
    : undefined;
  return set ? [subject, { ...subject, limits: set }] : [subject];
}

/**
 * A side of a call: the extension (where there is one), its tenant, and all accounts above. Most
 * houses have no rules beside their objects, and most calls are planned by this: nothing is spread.
 */
export function subjectsOf(
  side: Side,
  extension: ExtensionView | null,
  of: SideOptions = CALLING,
): LimitSubject[] {
  const { tenant, account: hop, chain } = side;
  const { isCalled } = of;
  const subjects: LimitSubject[] = [];
  if (extension) {
    const { id, number, limits } = extension;
    subjects.push({ kind: 'extension', id, name: `extension ${number}`, limits, hop, isCalled });
  }
  const { id, domain: name, limits } = tenant;
  subjects.push({ kind: 'tenant', id, name, limits, hop, isCalled });
  for (const account of chain) {
    subjects.push({
      kind: 'account',
      id: account.id,
      name: account.name,
      limits: account.limits,
      hop: account,
      isCalled,
    });
  }
  const { rules } = of;
  return rules?.hasLimits ? subjects.flatMap((subject) => withRules(rules, subject)) : subjects;
}

interface SideOptions {
  readonly rules?: CallRules | undefined;
  readonly isCalled?: true | undefined;
}
const CALLING: SideOptions = {};

/** The trunk that a call came in by, on a side's account: in all, and inbound alone. */
export function trunkSubjects(
  trunk: TrunkView,
  hop: AccountView,
  rules?: CallRules,
): LimitSubject[] {
  const { id, name, limits, limitsIn } = trunk;
  return [
    ...withRules(rules, { kind: 'trunk', id, name, limits, hop }),
    { kind: 'trunk_in', id, name: `${name} (inbound)`, limits: limitsIn, hop },
  ];
}

/** A number that has limits of its own: the one that is called, or that a call shows as its caller. */
export function numberSubjects(
  rules: CallRules | undefined,
  number: E164 | string | null,
  as: { readonly hop: AccountView; readonly isCalled?: true },
): LimitSubject[] {
  const found = number === null ? undefined : rules?.limitsOfNumber(number as E164);
  if (!found) return [];
  return [{ kind: 'number', id: found.id, name: `${number}`, limits: found.limits, ...as }];
}

/** Where a call counts while it is tried at a trunk. */
export function trunkCounts(id: string): CountedSubject[] {
  return [
    { kind: 'trunk', id },
    { kind: 'trunk_out', id },
  ];
}

/** Which of its limits one more call to a trunk would break, or null. */
export function trunkLimitHit(
  limits: Limits,
  { id, limits: both, limitsOut }: TrunkView,
  rules?: CallRules,
): LimitHit | null {
  const set = rules?.limitsOf('trunk', id);
  return (
    limitHit(limits, { kind: 'trunk', id, limits: both }, false) ??
    limitHit(limits, { kind: 'trunk_out', id, limits: limitsOut }, false) ??
    (set ? limitHit(limits, { kind: 'trunk', id, limits: set }, true) : null)
  );
}

/** Each subject once, by its name alone; one on both sides as the one that calls. */
export function countedOnce(subjects: readonly LimitSubject[]): CountedSubject[] {
  const counted: CountedSubject[] = [];
  for (const { kind, id, isCalled } of subjects) {
    const isKnown = counted.some((other) => other.id === id && other.kind === kind);
    if (!isKnown) counted.push(isCalled ? { kind, id, isCalled } : { kind, id });
  }
  return counted;
}

/** Which limit one more call would break, or null. */
function limitHit(
  limits: Limits,
  subject: Pick<LimitSubject, 'kind' | 'id' | 'limits' | 'isCalled'>,
  priced: boolean,
): LimitHit | null {
  const { maxConcurrentCalls, maxConcurrentIn, maxConcurrentOut } = subject.limits;
  const { maxCallsPerSecond, maxDailySpendMicro } = subject.limits;
  const directed = subject.isCalled ? maxConcurrentIn : maxConcurrentOut;
  const spendCounts = priced && maxDailySpendMicro !== null;
  if (maxConcurrentCalls === null && directed === null) {
    if (maxCallsPerSecond === null && !spendCounts) return null;
  }
  const usage = limits.usage(subject.kind, subject.id);
  const code = 'LIMIT_CONCURRENT';
  if (maxConcurrentCalls !== null && usage.concurrentCalls >= maxConcurrentCalls) {
    return { code, name: 'maxConcurrentCalls', limit: `${maxConcurrentCalls} calls at a time` };
  }
  const { outgoingCalls } = usage;
  const sameWay = subject.isCalled ? usage.concurrentCalls - outgoingCalls : outgoingCalls;
  if (directed !== null && sameWay >= directed) {
    return subject.isCalled
      ? { code, name: 'maxConcurrentIn', limit: `${directed} calls in at a time` }
      : { code, name: 'maxConcurrentOut', limit: `${directed} calls out at a time` };
  }
  if (maxCallsPerSecond !== null && usage.callsThisSecond >= maxCallsPerSecond) {
    const limit = `${maxCallsPerSecond} calls a second`;
    return { code: 'LIMIT_CPS', name: 'maxCallsPerSecond', limit };
  }
  return spendCounts && usage.spentTodayMicro >= maxDailySpendMicro ? SPENT : null;
}

const SPENT: LimitHit = {
  code: 'LIMIT_DAILY_SPEND',
  name: 'maxDailySpendMicro',
  limit: 'spending for the day',
};

function refusedBy(subject: LimitSubject, { code, name, limit }: LimitHit): RefusedCall {
  const value = subject.limits[name];
  return refuse({
    code,
    hop: subject.hop,
    message: `${subject.name} has reached its limit: ${limit}`,
    detail: {
      subject: subject.kind,
      subjectId: subject.id,
      limit,
      limitName: name,
      value: value === null ? null : String(value),
    },
  });
}

/**
 * Checks every subject, from the extension up to the operator; the refusal names the first that hit:
 * whose limit, which and its value.
 */
export function checkLimits(
  limits: Limits,
  subjects: readonly LimitSubject[],
  priced: boolean,
): RefusedCall | null {
  for (const subject of subjects) {
    const hit = limitHit(limits, subject, priced);
    if (hit) return refusedBy(subject, hit);
  }
  return null;
}

/** Checks the classes of destination that subjects may not call. */
export function checkClasses(
  rules: CallRules | undefined,
  subjects: readonly LimitSubject[],
  digits: string,
): RefusedCall | null {
  const subject = subjects.find(({ limits }) => limits.blockedClasses.length > 0);
  if (!rules || !subject) return null;
  const found = rules.classOf(digits);
  const by = subjects.find(({ limits }) => forbidsClass(limits.blockedClasses, found.class));
  if (!by) return null;
  const limit = `no calls of the class ${found.class}`;
  return refusedBy(by, { code: 'DESTINATION_BLOCKED', name: 'blockedClasses', limit });
}

/** Which limit of price a rate breaks, what was spent today counted; null: none. */
export function priceHit(
  limits: Limits,
  subject: Pick<LimitSubject, 'kind' | 'id' | 'limits'>,
  rate: Rate,
): LimitHit | null {
  const { maxPerMinuteNano, maxConnectFeeMicro, maxDailySpendMicro } = subject.limits;
  if (maxPerMinuteNano !== null && dearerNano(rate) > maxPerMinuteNano) {
    return { code: 'LIMIT_RATE', name: 'maxPerMinuteNano', limit: 'price of a minute' };
  }
  if (maxConnectFeeMicro !== null && feeMicro(rate) > maxConnectFeeMicro) {
    return { code: 'LIMIT_CONNECT_FEE', name: 'maxConnectFeeMicro', limit: 'connect fee' };
  }
  if (maxDailySpendMicro === null) return null;
  const { spentTodayMicro } = limits.usage(subject.kind, subject.id);
  return spentTodayMicro + leastMicro(rate) > maxDailySpendMicro ? SPENT : null;
}

/**
 * The rate at which a call costs a subject: an account what it pays its seller, everything below
 * what the payer pays. The operator pays carriers, whose rates are looked at per route.
 */
export function rateOf(
  subject: Pick<LimitSubject, 'kind' | 'id'>,
  hops: readonly PlannedHop[],
): Rate | undefined {
  if (subject.kind !== 'account') return hops[0]?.rate;
  return hops.find(({ buyerAccountId }) => buyerAccountId === subject.id)?.rate;
}

/** Checks what a call costs each subject against what it may cost, and what it has left for today. */
export function checkPrices(
  limits: Limits,
  subjects: readonly LimitSubject[],
  hops: readonly PlannedHop[],
): RefusedCall | null {
  for (const subject of subjects) {
    const rate = rateOf(subject, hops);
    const hit = rate && priceHit(limits, subject, rate);
    if (hit) return refusedBy(subject, hit);
  }
  return null;
}

/** The shortest of all maximum lengths; without any, the absolute one. */
export function shortestMaximum(limits: readonly CallLimits[]): number {
  return limits.reduce(
    (shortest, { maxCallSeconds }) => Math.min(shortest, maxCallSeconds ?? shortest),
    MAX_CALL_SECONDS,
  );
}
