import type { CallClass, CallerIdRight, PlannedBuy } from '@/lib/core/call-plan/plan';
import type { VelocityKey } from '@/lib/core/call-plan/views';
import type { AppError, ErrorCode } from '@/lib/core/errors';
import type { FraudFlag } from '@/lib/core/fraud/profile';
import type { Rate } from '@/lib/core/rating/rate';

/** Plain JSON, as it lies in a jsonb column. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** One charge to be at one hop; a `PlannedHop` is one. Hop 0 is the payer's. */
export interface ChargedHop {
  readonly buyerAccountId: string;
  readonly sellerAccountId: string;
  /** Pinned at INVITE. */
  readonly rate: Rate;
}

/** One SIP dialog (or attempt) of a call while it lives. seq 0 is the caller's; attempts follow. */
export interface LegFacts {
  readonly seq: number;
  readonly sipCallId: string;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
  /** The Request-URI or contact it was sent to (for seq 0: where it came from). */
  readonly target: string;
  readonly address: string;
  readonly transport: string;
  readonly startedAtMs: number;
  readonly ringingAtMs: number | null;
  readonly answeredAtMs: number | null;
}

/** A leg that is over. */
export interface LegResult extends LegFacts {
  readonly endedAtMs: number;
  readonly sipStatus: number;
  readonly q850Cause: number | null;
  readonly codec: string | null;
  readonly media: JsonValue;
}

/** How a call came of another one, at whose party's expense it goes on. */
export type CallLinkKind = 'forward' | 'transfer' | 'attended_transfer' | 'pickup';

/** The call that another one continues. */
export interface CallLink {
  readonly callId: string;
  readonly kind: CallLinkKind;
}

/** How a caller was shown to whom it called, and why it may be. */
export interface ShownCaller {
  /** What it asked for, as received; null = nothing, or it is withheld from us as well. */
  readonly asked: string | null;
  /** What was shown, normalised; null = nothing was. */
  readonly shown: string | null;
  readonly right: CallerIdRight;
  readonly isWithheld: boolean;
}

/** What is known of a call once it is planned; stored with its holds, so that a recoverer has it. */
export interface CallFacts {
  readonly callClass: CallClass;
  /** The account and tenant whose call it is. */
  readonly accountId: string;
  readonly tenantId: string;
  readonly payerAccountId: string | null;
  readonly fromExtensionId: string | null;
  readonly toExtensionId: string | null;
  /** The account and tenant of the called extension where it is another's (on-net). */
  readonly peerAccountId: string | null;
  readonly peerTenantId: string | null;
  readonly fromNumber: string;
  readonly callerId?: ShownCaller | undefined;
  readonly dialled: string;
  readonly toNumber: string;
  /** What the payer's deck calls the destination. */
  readonly destination: string | null;
  readonly startedAtMs: number;
  /** From the payer up to the operator; empty = nobody pays. */
  readonly hops: readonly ChargedHop[];
  /** What the operator pays the carrier that brought the call, whoever answers; absent = nothing. */
  readonly buy?: PlannedBuy | undefined;
  /** Absent: the call stands for itself. */
  readonly link?: CallLink | undefined;
  /** What fraud profiles found; not stored with the call. */
  readonly flags?: readonly FraudFlag[];
  /** Where the call counts for how fast calls follow each other; not stored. */
  readonly velocity?: readonly VelocityKey[];
}

export interface HoldRequest {
  /** UUIDv7 of the call's start. */
  readonly callId: string;
  readonly facts: CallFacts;
  /** The caller's leg, so that it stands in the CDR even after a crash. */
  readonly legs: readonly LegFacts[];
  /** The longest that the call may last (`PlannedCall.maxSeconds`). */
  readonly maxSeconds: number;
  /** For each hop, calls in progress on that buyer's account, this one included. */
  readonly activeCalls: readonly number[];
}

export interface ExtendRequest {
  readonly callId: string;
  /** As in the hold's facts. */
  readonly hops: readonly ChargedHop[];
  readonly maxSeconds: number;
  readonly activeCalls: readonly number[];
}

/** Time that a call was given. */
export interface GrantedTime {
  /** From the answer, in total. */
  readonly grantedSeconds: number;
  /** No more can be had (funds or the maximum length): arm the hard stop. */
  readonly final: boolean;
  /**
   * From the answer, how long it may last in all by the funds that there are now, shared alike with the
   * other calls on them: an outlook, nothing of which is held beyond `grantedSeconds`.
   */
  readonly reachSeconds: number;
}

/** What a call may do next. */
export type GrantResult =
  | ({ readonly ok: true } & GrantedTime)
  | { readonly ok: false; readonly refusal: AppError };

/** The moment of the 200 OK. */
export interface AnswerFacts {
  readonly callId: string;
  readonly answeredAtMs: number;
  /** The trunk that answered; null = an extension. */
  readonly trunkId: string | null;
  /** What the answered attempt is bought at; null = nothing is bought. */
  readonly buy: PlannedBuy | null;
  /** Attempts made so far, this one included. */
  readonly attempts: number;
  /** Both legs (and failed attempts) as they stand now. */
  readonly legs: readonly LegFacts[];
  /** Stored state of both dialogs for the BYEs after a crash; given back as it is. */
  readonly dialogs: JsonValue;
  /** Where the call came to continue another one only after its answer. */
  readonly link?: CallLink | undefined;
}

export type HungUpBy = 'caller' | 'callee' | 'switch' | 'node_failure';

/** Why a call was refused: the code, the account (hop) at which, and the words. */
export interface CallRefusal {
  readonly code: ErrorCode;
  readonly hopAccountId: string | null;
  readonly text: string;
}

/** Everything about a call that is over; the one thing that `settle` takes. */
export interface CallResult {
  readonly callId: string;
  readonly facts: CallFacts;
  readonly ringingAtMs: number | null;
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number;
  /** From the answer, by the monotonic clock; 0 where nobody answered. */
  readonly durationMs: number;
  /** Seconds to charge; 0 where nobody answered: then all holds are released. */
  readonly ratedSeconds: number;
  readonly hungUpBy: HungUpBy | null;
  readonly sipStatus: number;
  readonly q850Cause: number | null;
  readonly refusal: CallRefusal | null;
  readonly trunkId: string | null;
  /** What the answered attempt is bought at; null = nothing is bought. */
  readonly buy: PlannedBuy | null;
  readonly attempts: number;
  readonly codec: string | null;
  readonly media: JsonValue;
  readonly legs: readonly LegResult[];
}

/** What a call cost at one hop. */
export interface SettledCharge {
  readonly hop: number;
  readonly buyerAccountId: string;
  /** null = a carrier sells. */
  readonly sellerAccountId: string | null;
  readonly carrierId: string | null;
  readonly currency: string;
  readonly amountMicro: bigint;
  readonly billedSeconds: number;
}

/** `alreadySettled`: somebody else was first (a recoverer, an earlier try); nothing was changed. */
export interface Settlement {
  readonly callId: string;
  readonly alreadySettled: boolean;
  readonly ratedSeconds: number;
  readonly charges: readonly SettledCharge[];
}

/** A call that its node did not live to end, settled now; the switch still owes it the BYEs. */
export interface RecoveredCall {
  readonly callId: string;
  readonly answered: boolean;
  readonly ratedSeconds: number;
  readonly dialogs: JsonValue;
}

/** A node's right to hold money: what an earlier epoch began is fenced. */
export interface NodeLease {
  readonly nodeId: string;
  readonly epoch: bigint;
}
