import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import type { ErrorCode } from '@/lib/core/errors';
import type { Side } from './chain';
import type { RefusedCall } from './plan';
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

/** A side of a call: the extension (where there is one), its tenant, and all accounts above. */
export function subjectsOf(side: Side, extension: ExtensionView | null): LimitSubject[] {
  const { tenant, account: hop } = side;
  const subjects: LimitSubject[] = side.chain.map((account) => ({
    kind: 'account',
    id: account.id,
    name: account.name,
    limits: account.limits,
    hop: account,
  }));
  subjects.unshift({
    kind: 'tenant',
    id: tenant.id,
    name: tenant.domain,
    limits: tenant.limits,
    hop,
  });
  if (extension) {
    const { id, number, limits } = extension;
    subjects.unshift({ kind: 'extension', id, name: `extension ${number}`, limits, hop });
  }
  return subjects;
}

/** The trunk that a call came in by, on a side's account: in all, and inbound alone. */
export function trunkSubjects(trunk: TrunkView, hop: AccountView): LimitSubject[] {
  const { id, name, limits, limitsIn } = trunk;
  return [
    { kind: 'trunk', id, name, limits, hop },
    { kind: 'trunk_in', id, name: `${name} (inbound)`, limits: limitsIn, hop },
  ];
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
): { code: ErrorCode; limit: string } | null {
  return (
    limitHit(limits, { kind: 'trunk', id, limits: both }, false) ??
    limitHit(limits, { kind: 'trunk_out', id, limits: limitsOut }, false)
  );
}

/** Each subject once, by its name alone. */
export function countedOnce(subjects: readonly LimitSubject[]): CountedSubject[] {
  const counted: CountedSubject[] = [];
  for (const { kind, id } of subjects) {
    const isKnown = counted.some((other) => other.id === id && other.kind === kind);
    if (!isKnown) counted.push({ kind, id });
  }
  return counted;
}

/** Which limit one more call would break, or null. */
function limitHit(
  limits: Limits,
  subject: Pick<LimitSubject, 'kind' | 'id' | 'limits'>,
  priced: boolean,
): { code: ErrorCode; limit: string } | null {
  const { maxConcurrentCalls, maxCallsPerSecond, maxDailySpendMicro } = subject.limits;
  const spendCounts = priced && maxDailySpendMicro !== null;
  if (maxConcurrentCalls === null && maxCallsPerSecond === null && !spendCounts) return null;
  const usage = limits.usage(subject.kind, subject.id);
  if (maxConcurrentCalls !== null && usage.concurrentCalls >= maxConcurrentCalls) {
    return { code: 'LIMIT_CONCURRENT', limit: `${maxConcurrentCalls} calls at a time` };
  }
  if (maxCallsPerSecond !== null && usage.callsThisSecond >= maxCallsPerSecond) {
    return { code: 'LIMIT_CPS', limit: `${maxCallsPerSecond} calls a second` };
  }
  if (spendCounts && usage.spentTodayMicro >= maxDailySpendMicro) {
    return { code: 'LIMIT_DAILY_SPEND', limit: 'spending for the day' };
  }
  return null;
}

/** Checks every subject; the refusal names the one that hit. */
export function checkLimits(
  limits: Limits,
  subjects: readonly LimitSubject[],
  priced: boolean,
): RefusedCall | null {
  for (const subject of subjects) {
    const hit = limitHit(limits, subject, priced);
    if (!hit) continue;
    return refuse({
      code: hit.code,
      hop: subject.hop,
      message: `${subject.name} has reached its limit: ${hit.limit}`,
      detail: { subject: subject.kind, subjectId: subject.id, limit: hit.limit },
    });
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
