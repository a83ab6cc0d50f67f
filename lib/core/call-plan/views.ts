import type { DestinationClass } from '@/lib/core/destinations/classes';
import type { Currency } from '@/lib/core/money';
import type { E164 } from '@/lib/core/phone-number';
import type { RateDeck } from '@/lib/core/rating/rate';
import type { CallRules } from './call-rules';

/** What calls somebody may have; null = no limit at this level. */
export interface CallLimits {
  readonly maxConcurrentCalls: number | null;
  /** Of those, the ones that it receives. */
  readonly maxConcurrentIn: number | null;
  /** Of those, the ones that it makes. */
  readonly maxConcurrentOut: number | null;
  readonly maxCallsPerSecond: number | null;
  /** Spent since the start of the day in the account's billing time zone, at full price. */
  readonly maxDailySpendMicro: bigint | null;
  readonly maxCallSeconds: number | null;
  /** What a minute may cost it at most, in the dearer of a rate's two intervals. */
  readonly maxPerMinuteNano: bigint | null;
  readonly maxConnectFeeMicro: bigint | null;
  /** Classes of destination that it may not call. */
  readonly blockedClasses: readonly DestinationClass[];
}

/** A level that sets no limit of its own. */
export const NO_LIMITS: CallLimits = {
  maxConcurrentCalls: null,
  maxConcurrentIn: null,
  maxConcurrentOut: null,
  maxCallsPerSecond: null,
  maxDailySpendMicro: null,
  maxCallSeconds: null,
  maxPerMinuteNano: null,
  maxConnectFeeMicro: null,
  blockedClasses: [],
};

/** A node of the one tree, as far as calls need it. */
export interface AccountView {
  readonly id: string;
  /** null: the operator. */
  readonly parentId: string | null;
  readonly kind: 'operator' | 'reseller' | 'customer';
  readonly name: string;
  readonly status: 'active' | 'suspended' | 'terminated';
  readonly currency: Currency;
  /** The parent's sell deck at which this account buys. */
  readonly sellDeckId: string | null;
  /** Another one of the parent's, asked first: rates of this account's own. */
  readonly ownDeckId: string | null;
  readonly billedBy: 'portal' | 'external';
  readonly limits: CallLimits;
  /** Prefixes (digits) that its subtree may call; null = no restriction at this level. */
  readonly allowedDestinations: readonly string[] | null;
  /**
   * What this account must at least earn on a call of 300 s that it sells, in its currency:
   * 0 = never at a loss; null = it sells at any price.
   */
  readonly marginFloorMicro: bigint | null;
}

/** A SIP domain owned by an account. */
export interface TenantView {
  readonly id: string;
  readonly accountId: string;
  readonly domain: string;
  readonly status: 'active' | 'suspended';
  /** ISO 3166 alpha-2: how dialled digits are read. */
  readonly country: string;
  /** Prefixes (digits) that may be called; nothing else may (deny by default). */
  readonly allowedDestinations: readonly string[];
  /** Shown by extensions without a number of their own; null = none owned. */
  readonly callerNumber: E164 | null;
  /** What becomes of a call that asks to be shown as a number it has no right to; absent: replace. */
  readonly callerIdPolicy?: 'replace' | 'refuse';
  /** Where help is sent to, and the number shown with it; absent: nobody has said. */
  readonly emergencyLocationId?: string | null;
  readonly emergencyNumber?: E164 | null;
  readonly limits: CallLimits;
}

export interface ExtensionView {
  readonly id: string;
  readonly tenantId: string;
  /** What is dialled; also the SIP user name. */
  readonly number: string;
  readonly status: 'active' | 'suspended';
  /** The number that it shows to those it calls; null = the tenant's. */
  readonly callerNumber: E164 | null;
  readonly limits: CallLimits;
}

/** A SIP connection: to a carrier, or to a customer's own PBX. */
export interface TrunkView {
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  /** Set where it leads to a carrier; its calls come in, never out again. */
  readonly carrierId: string | null;
  /** Set where it leads to a customer's PBX; its calls are this tenant's. */
  readonly tenantId: string | null;
  /** It keeps to RFC 3325: what it asserts is taken, and private numbers may be told to it. */
  readonly trustedIdentity?: boolean;
  /** Whether there is a place to call it at; one known by a range of addresses may have none. */
  readonly isDialable: boolean;
  /** Of both directions together. */
  readonly limits: CallLimits;
  /** Of calls from it, and of calls to it. */
  readonly limitsIn: CallLimits;
  readonly limitsOut: CallLimits;
}

export interface CarrierView {
  readonly id: string;
  readonly name: string;
  readonly buyDeckId: string | null;
}

/** A DID of the inventory. */
export interface NumberView {
  readonly e164: E164;
  readonly inService: boolean;
  readonly tenantId: string | null;
  readonly extensionId: string | null;
  /** The tenant's PBX that it is delivered to, in place of an extension. */
  readonly trunkId: string | null;
  /** Where its caller is sent help to, if that is another place than the tenant's own. */
  readonly emergencyLocationId?: string | null;
}

export interface RouteGroupMemberView {
  readonly trunkId: string;
  /** Lower is tried first. */
  readonly priority: number;
  /** Among equals, the share of calls that try it first. */
  readonly weight: number;
}

export interface RouteGroupView {
  readonly id: string;
  readonly name: string;
  readonly strategy: 'lcr' | 'priority';
  readonly members: readonly RouteGroupMemberView[];
}

/** Who called for help and may be called back: an extension's phone, or else a PBX. */
export interface CallbackTarget {
  readonly extensionId: string | null;
  readonly trunkId: string | null;
}

/** Everything about the house that a plan reads: look-ups in memory, no waiting. */
export interface Directory {
  accountById(id: string): AccountView | undefined;
  tenantById(id: string): TenantView | undefined;
  /** `domain` in lower case. */
  tenantByDomain(domain: string): TenantView | undefined;
  extension(tenantId: string, number: string): ExtensionView | undefined;
  extensionById(id: string): ExtensionView | undefined;
  trunkById(id: string): TrunkView | undefined;
  /** Whether a trunk was found not to answer: no call is tried there until it does again. */
  isTrunkDown(id: string): boolean;
  /** Whether a trunk is put behind the others: its calls fail more often than they should. */
  isTrunkDemoted(id: string): boolean;
  carrierById(id: string): CarrierView | undefined;
  /** What a unit of a currency is worth in another one at a time, in 10⁻⁹; undefined = not known. */
  exchangeRate(base: Currency, quote: Currency, atMs: number): bigint | undefined;
  numberByE164(number: E164): NumberView | undefined;
  /** The group by which calls leave of whom the operator sells to at a deck; null: it calls itself. */
  routeGroupFor(sellDeckId: string | null): RouteGroupView | undefined;
  /** Trunks that take a country's emergency calls, in the order they are tried. */
  emergencyTrunks(country: string): readonly TrunkView[];
  /** Limits, fraud profiles, blocks and verified numbers; absent where nobody has any. */
  readonly rules?: CallRules;
  /** Whom a number rings through to, after a call for help that showed it. */
  callbackTo?(number: E164, atMs: number): CallbackTarget | undefined;
}

/** The active decks. */
export interface Decks {
  deckById(id: string): RateDeck | undefined;
}

/** What may be limited. */
export type LimitSubjectKind =
  | 'account'
  | 'tenant'
  | 'extension'
  | 'trunk'
  | 'trunk_in'
  | 'trunk_out'
  | 'number';

/** Somebody whose calls are counted. */
export interface CountedSubject {
  readonly kind: LimitSubjectKind;
  readonly id: string;
  /** It receives the call; absent: it makes it, or is on both sides. */
  readonly isCalled?: true | undefined;
}

/** What is going on at a subject now, the call in question not counted. */
export interface LimitUsage {
  readonly concurrentCalls: number;
  /** Of those, the ones that it makes. */
  readonly outgoingCalls: number;
  /** Begun within the last second. */
  readonly callsThisSecond: number;
  /** Ended calls and those in progress; 0 for whom nobody limits it. */
  readonly spentTodayMicro: bigint;
}

/** Calls that went to numbers that begin alike, within a window that ends now. */
export interface VelocityUsage {
  readonly calls: number;
  readonly spentMicro: bigint;
}

/** The counters behind the limits. */
export interface Limits {
  usage(kind: LimitSubjectKind, id: string): LimitUsage;
  /** Absent: nobody counts them. */
  velocity?(key: VelocityKey): VelocityUsage;
}

/** Whose calls are counted for whose profile, to which beginning of numbers, and how far back. */
export interface VelocityKey {
  readonly profileAccountId: string;
  readonly callerAccountId: string;
  readonly prefix: string;
  readonly windowSeconds: number;
}

/** What a plan is made from: all of it in memory, none of it changed. */
export interface PlanContext {
  readonly directory: Directory;
  readonly decks: Decks;
  readonly limits: Limits;
  /** In [0, 1): by what lot routes of the same priority share calls; absent: the heaviest is first. */
  readonly draw?: () => number;
}
