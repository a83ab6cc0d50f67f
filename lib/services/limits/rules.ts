import { AppError } from '@/lib/core/errors';
import { reaches } from '@/lib/services/access/authorize';
import type { Actor } from '@/lib/services/context';
import type { LimitSubjectName, SetLimitsData } from './schemas';

/** Whose limits they are, and who set them. */
export interface LimitedPlace {
  readonly subject: LimitSubjectName;
  readonly accountId: string;
  readonly isRoot: boolean;
  /** The path of the account that set them; null = nobody did. */
  readonly setByPath: string | null;
}

/** Why the caller may not change limits; null where it may. */
export function whyNotLimit(actor: Actor, place: LimitedPlace): string | null {
  if (actor.kind === 'system') return null;
  if (place.subject === 'account' && place.accountId === actor.accountId && !place.isRoot) {
    return 'Nobody lifts their own limits: only whoever sells to this account may change them.';
  }
  if (place.setByPath !== null && !reaches(actor, place.setByPath)) {
    return 'These limits were set from above: only whoever set them may change them.';
  }
  return null;
}

/** Throws INVALID_INPUT where a limit is taken away that its subject always has. */
export function checkValues(subject: LimitSubjectName, data: SetLimitsData): void {
  const always =
    subject === 'account'
      ? (['maxConcurrentCalls', 'maxCallsPerSecond'] as const)
      : subject === 'trunk'
        ? (['maxConcurrentCalls'] as const)
        : [];
  const missing = always.find((name) => data[name] === null);
  if (missing === undefined) return;
  throw new AppError(
    'INVALID_INPUT',
    `${missing}: every ${subject} has one; say how many, up to what the house can carry.`,
    { meta: { issues: [{ path: missing, message: 'must be a number' }] } },
  );
}
