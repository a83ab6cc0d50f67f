import type { DestinationClass } from '@/lib/core/destinations/classes';

/** What a fraud profile looks for; a rule's name is part of the API and never changed. */
export const FRAUD_RULES = [
  'country',
  'class',
  'rate',
  'connect_fee',
  'daily_spend',
  'velocity_calls',
  'velocity_spend',
  'long_call',
] as const;
export type FraudRule = (typeof FRAUD_RULES)[number];

/** How calls follow each other to numbers that begin alike; null = not looked at. */
export interface VelocityRule {
  readonly windowSeconds: number;
  /** So many first digits make numbers alike. */
  readonly digits: number;
  readonly maxCalls: number | null;
  readonly maxSpendMicro: bigint | null;
}

/**
 * What an account lets nobody below it do (itself included). In `shadow` nothing is refused: it is
 * only written down what would have been.
 */
export interface FraudProfile {
  readonly accountId: string;
  readonly mode: 'off' | 'shadow' | 'enforce';
  /** ISO 3166 alpha-2 of the countries that may be called; null = any. */
  readonly countries: readonly string[] | null;
  readonly blockedClasses: readonly DestinationClass[];
  readonly maxPerMinuteNano: bigint | null;
  readonly maxConnectFeeMicro: bigint | null;
  /** What the account may spend on a day of its billing time zone, at full price. */
  readonly maxDailySpendMicro: bigint | null;
  /** Calls longer than this are ended. */
  readonly longCallSeconds: number | null;
  readonly velocity: VelocityRule | null;
  /** Whoever breaks the velocity rules is blocked from calling out until released. */
  readonly blocksByItself: boolean;
}

/** What a profile found about a call. */
export interface FraudFlag {
  /** Whose profile. */
  readonly profileAccountId: string;
  readonly rule: FraudRule;
  /** It was only watched. */
  readonly isShadow: boolean;
  /** Whoever called is to be blocked. */
  readonly blocks: boolean;
  readonly class: DestinationClass;
  readonly country: string | null;
  /** The first digits of the number, without "+". */
  readonly prefix: string;
}

/** Digits of a number that a flag keeps: enough to see where it leads, not whom it reaches. */
export const FLAG_PREFIX_DIGITS = 7;

/**
 * Rules whose breach says that a machine calls, not that a caller does not know the rules. The day's
 * spending stops calls by itself for as long as it is used up.
 */
export const BLOCKING_RULES: ReadonlySet<FraudRule> = new Set(['velocity_calls', 'velocity_spend']);
