import type { ClassifiedNumber } from '@/lib/core/destinations/classes';
import type { FraudProfile } from '@/lib/core/fraud/profile';
import type { E164 } from '@/lib/core/phone-number';
import type { CallLimits } from './views';

/** Who may be given limits of its own beside those of its account's or trunk's columns. */
export type RuledSubject = 'account' | 'tenant' | 'extension' | 'trunk' | 'number';

/** What is ruled about calls beside the objects themselves: look-ups in memory, no waiting. */
export interface CallRules {
  /** Whether anybody has any: where nobody does, nobody is asked for. */
  readonly hasLimits: boolean;
  /** Limits that were set for a subject; undefined for the many that have none. */
  limitsOf(kind: RuledSubject, id: string): CallLimits | undefined;
  limitsOfNumber(number: E164): { readonly id: string; readonly limits: CallLimits } | undefined;
  /** Only profiles that are on. */
  profileOf(accountId: string): FraudProfile | undefined;
  /** Why an extension or a whole account may not call out for now; undefined where it may. */
  blockOf(kind: 'account' | 'extension', id: string): { readonly rule: string } | undefined;
  /** Whether a tenant has proven that somebody else's number is its own to show. */
  isVerified(tenantId: string, number: E164): boolean;
  /** `digits` bear no "+". */
  classOf(digits: string): ClassifiedNumber;
}
