import type { ErrorCode } from '@/lib/core/errors';
import type { FraudFlag } from '@/lib/core/fraud/profile';
import type { AmountMicro } from '@/lib/core/money';
import type { E164 } from '@/lib/core/phone-number';
import type { Rate } from '@/lib/core/rating/rate';
import type { Feature } from './feature-codes';
import type { CountedSubject, VelocityKey } from './views';

/** The length of the call by which routes are compared and losses found (facts: LCR, loss guard). */
export const COMPARED_SECONDS = 300;

/** Who calls, already authenticated. */
export type CallOrigin =
  | { readonly kind: 'extension'; readonly tenantId: string; readonly number: string }
  | { readonly kind: 'trunk'; readonly trunkId: string };

export interface CallRequest {
  readonly origin: CallOrigin;
  /** The user part of the Request-URI, as received. */
  readonly dialled: string;
  /** The caller ID that the caller asks for, as received; null = none. */
  readonly callerId: string | null;
  /** The caller asks not to be named, or came without a name (RFC 3323). */
  readonly isWithheld?: boolean;
  /** `callerId` is asserted by a trunk whose word is taken (RFC 3325). */
  readonly isAsserted?: boolean;
  /** What it asked to be shown as though it is not the caller's to show; null = nothing such. */
  readonly claimed?: string | null;
}

export type CallClass = 'internal' | 'onnet' | 'outbound' | 'inbound' | 'emergency';

/** Where a call goes, once understood. */
export type Destination =
  | {
      readonly kind: 'extension';
      readonly tenantId: string;
      readonly extensionId: string;
      /** The extension's number. */
      readonly number: string;
      /** The number that led there; null = the extension was dialled. */
      readonly e164: E164 | null;
    }
  | { readonly kind: 'e164'; readonly e164: E164 }
  | { readonly kind: 'emergency'; readonly digits: string }
  /** The switch itself, by a code. */
  | { readonly kind: 'feature'; readonly feature: Feature; readonly digits: string };

/** Why a number may be shown. */
export const CALLER_ID_RIGHTS = [
  'owned',
  'verified',
  'default',
  'asserted',
  'received',
  'none',
] as const;
export type CallerIdRight = (typeof CALLER_ID_RIGHTS)[number];

/** What the called side is shown. */
export interface CallerId {
  /** E.164, an extension's number, or what a carrier sent; null = there is none. */
  readonly number: string | null;
  /**
   * By what right: asked for and owned, somebody else's that the tenant has proven to be its own, ours
   * by default, asserted by a trusted trunk, passed on as received, none.
   */
  readonly right: CallerIdRight;
  /** Only those whom we trust may learn the number, marked as private; nobody may show it. */
  readonly isWithheld: boolean;
}

/** One charge to be: a buyer pays its seller at a pinned rate. Level 0 is the payer. */
export interface PlannedHop {
  readonly level: number;
  readonly buyerAccountId: string;
  readonly sellerAccountId: string;
  readonly rate: Rate;
  /** The price of 300 s at this hop, fees included. */
  readonly price300Micro: AmountMicro;
}

/** What the operator pays a carrier. */
export interface PlannedBuy {
  readonly carrierId: string;
  /** The operator. */
  readonly buyerAccountId: string;
  readonly rate: Rate;
}

/** Something to dial. Attempts are tried in order. */
export type PlannedAttempt =
  | {
      readonly kind: 'extension';
      readonly tenantId: string;
      readonly extensionId: string;
      readonly number: string;
      /** Its phones ring whatever it forwards: a call back to whoever called for help. */
      readonly ringsThrough?: true;
    }
  | {
      readonly kind: 'trunk';
      readonly trunkId: string;
      /** null only for an emergency trunk that is no carrier's. */
      readonly carrierId: string | null;
      /** What to dial there: E.164, or an emergency number's digits. */
      readonly number: string;
      /** null = nothing is bought: emergency. */
      readonly buy: PlannedBuy | null;
      /** The cost of 300 s, fees included: what LCR compares. */
      readonly cost300Micro: AmountMicro;
      /** Behind the others for a while, as too many of its calls fail. */
      readonly isDemoted?: boolean;
      /** What the operator gets for 300 s; null = nobody pays it. */
      readonly price300Micro: AmountMicro | null;
      /** A call back to a PBX that called for help. */
      readonly ringsThrough?: true;
    };

export type SkipReason =
  | 'TRUNK_UNAVAILABLE'
  | 'NO_BUY_RATE'
  | 'DESTINATION_BLOCKED'
  | 'CURRENCY_MISMATCH'
  | 'LIMIT_CONCURRENT'
  | 'LIMIT_CPS'
  | 'LIMIT_DAILY_SPEND'
  | 'LIMIT_RATE'
  | 'LIMIT_CONNECT_FEE'
  | 'MARGIN_NEGATIVE';

/** A route that was not taken, and why, with the figures that decided. */
export interface SkippedRoute {
  readonly trunkId: string;
  readonly trunkName: string;
  readonly reason: SkipReason;
  readonly cost300Micro: AmountMicro | null;
  readonly price300Micro: AmountMicro | null;
}

export interface RefusedCall {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  /** The account at which it failed; null = nobody of ours is involved. */
  readonly hopAccountId: string | null;
  /** For the person who reads it; names the hop. May name others than the caller may see. */
  readonly message: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
  readonly skipped: readonly SkippedRoute[];
  /** What fraud profiles found, that which refused it the last; absent: nothing. */
  readonly flags?: readonly FraudFlag[];
}

export interface PlannedCall {
  readonly kind: 'planned';
  readonly callClass: CallClass;
  /** Who pays hop 0; null = the call is free. */
  readonly payerAccountId: string | null;
  /** The account and tenant whose call it is: the caller's, or for inbound the called one's. */
  readonly accountId: string;
  readonly tenantId: string;
  /** The account of the called tenant where that is another one (on-net). */
  readonly peerAccountId: string | null;
  /** The called tenant where it is another one's (on-net). */
  readonly peerTenantId: string | null;
  readonly destination: Destination;
  readonly callerId: CallerId;
  /** From the payer up to the operator; empty = free. The same for every attempt. */
  readonly hops: readonly PlannedHop[];
  /** What the operator pays the carrier that brings the call, whoever answers; absent = nothing. */
  readonly buy?: PlannedBuy;
  readonly attempts: readonly PlannedAttempt[];
  readonly skipped: readonly SkippedRoute[];
  /**
   * At whom the call counts while it lasts: all those whose limits were checked, on both sides,
   * each once. The trunk of an attempt counts while that attempt is tried, and is not in here.
   */
  readonly subjects: readonly CountedSubject[];
  /** The longest that it may last, by the limits of all concerned; funds are not looked at here. */
  readonly maxSeconds: number;
  /** What fraud profiles in shadow mode would have refused it for; absent: nothing. */
  readonly flags?: readonly FraudFlag[];
  /** Where the call counts for how fast calls follow each other; absent: nowhere. */
  readonly velocity?: readonly VelocityKey[];
}

export type CallPlan = RefusedCall | PlannedCall;
