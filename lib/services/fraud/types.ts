import type { DestinationClass } from '@/lib/core/destinations/classes';
import type { FraudRule } from '@/lib/core/fraud/profile';

/** A call that a profile refused, ended, or would have refused. */
export interface FraudEventRecord {
  readonly id: string;
  /** Whose profile. */
  readonly profileAccountId: string;
  readonly callerAccountId: string;
  readonly tenantId: string;
  readonly extensionId: string | null;
  readonly callId: string;
  readonly rule: FraudRule;
  readonly isShadow: boolean;
  readonly class: DestinationClass;
  readonly country: string | null;
  readonly prefix: string;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** An extension, or an account that called without one, that the switch blocked by itself. */
export interface FraudBlockRecord {
  readonly id: string;
  readonly accountId: string;
  readonly subject: 'account' | 'extension';
  readonly subjectId: string;
  readonly rule: FraudRule;
  readonly profileAccountId: string;
  readonly callId: string;
  readonly prefix: string;
  readonly atMs: number;
}

/** What the switch has to tell since it last wrote. */
export interface FraudBatch {
  readonly events: readonly FraudEventRecord[];
  readonly blocks: readonly FraudBlockRecord[];
}
