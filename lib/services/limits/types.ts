import type { RuledSubject } from '@/lib/core/call-plan/call-rules';

/** Whose spending of a day is asked for. */
export interface SpendQuestion {
  readonly kind: RuledSubject;
  readonly id: string;
  /** The account that the subject belongs to. */
  readonly accountId: string;
  readonly timeZone: string;
  /** The day in that time zone, as "2026-11-28". */
  readonly day: string;
  /** Only calls that ended before (Unix ms). */
  readonly beforeMs: number;
}

/** What a subject has spent on a day by one node's calls. */
export interface NodeSpend {
  readonly kind: RuledSubject;
  readonly id: string;
  readonly day: string;
  readonly amountMicro: bigint;
}
