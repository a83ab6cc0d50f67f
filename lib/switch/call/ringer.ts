import type { PlannedAttempt } from '@/lib/core/call-plan/plan';
import type { Leg } from './leg';

/** What rings for a call just now, as somebody sees it who wants to take the call (pick-up.ts). */
export interface Ringer {
  readonly attempt: PlannedAttempt;
  /** Whether this leg is one of those that ring. */
  rings(leg: Leg): boolean;
  /**
   * Somebody is taking the call: until it is settled no phone gets it, and nobody's no ends it.
   * False where it is too late.
   */
  hold(): boolean;
  /** The call is taken and all phones stop; or it is not, and they go on. */
  settle(isTaken: boolean): void;
}
