import type { Clock } from '@/lib/core/clock';
import type { AnswerKey } from './answered-cache';
import type { ResponseInit } from './build';
import type { SipRequest, SipResponse } from './message';
import type { TimerScheduler } from './timers';
import type { Flow, InboundMessage, Transport } from './transport';

/**
 * A request that somebody sent us, until it is answered for good (RFC 3261 §17.2). The layer
 * absorbs retransmissions, repeats our answers, sends 100 for an INVITE not answered within
 * 200 ms, and answers a CANCEL with 200.
 */
export interface ServerTransaction {
  /** Not to be asked for any more after `release`. */
  readonly request: SipRequest;
  /** Where the request came from and every response goes. */
  readonly flow: Flow;
  /** The To-tag of all our responses, where the request came without; the dialog's local tag. */
  readonly localTag: string;
  /** The last status that was sent; undefined before the first. */
  readonly status: number | undefined;
  /**
   * INVITE: the caller gave up. Answer 487; the 200 to the CANCEL is sent by us. Set it before
   * onRequest returns: without one the layer answers 487 itself.
   */
  onCancel: ((cancel: SipRequest) => void) | undefined;
  /** INVITE: our final response ≥ 300 was never acknowledged, or a response could not be sent. */
  onFailure: ((failure: TransactionFailure) => void) | undefined;
  /**
   * Sends a response. After a final one further calls do nothing, except that a 2xx to INVITE
   * may be sent again, as its retransmission demands (see retransmitAnswer).
   */
  respond(status: number, reason?: string, init?: ResponseInit): void;
  /**
   * Sends a final response once and forgets the request: the challenge of somebody unknown. There is
   * nothing to remember (its repetition is a new request), and a forged source gets no more bytes
   * from us than were sent in its name (RFC 3261 §26.3.2.4).
   */
  respondOnce(status: number, reason?: string, init?: ResponseInit): void;
  /** Sends the last response again, if the transaction still lives. */
  resend(): void;
  /**
   * INVITE: the ACK of our 2xx came, or nobody waits for it any more. Repetitions of the INVITE are
   * absorbed for 64·T1 still (timer L), but at a thousand calls a second that is no time to keep a
   * transaction: the layer remembers a few bytes in its place.
   */
  release(): void;
}

/** timeout: nobody answered (treat as 408). transport: the flow is gone (as 503). §8.1.3.1 */
export type TransactionFailure = 'timeout' | 'transport';

/** How a client transaction tells what came of its request. */
export interface ClientHandlers {
  /**
   * Each provisional response and the final one. INVITE: a 2xx comes again until it is acknowledged
   * (see ClientTransaction.acknowledge), and so does another branch's. A final response ≥ 300 was
   * acknowledged already.
   */
  onResponse(response: SipResponse): void;
  /** In place of a final response; comes once and last. */
  onFailure(failure: TransactionFailure): void;
}

/** A request of ours, until it is over (RFC 3261 §17.1). */
export interface ClientTransaction {
  /** As it was given: without our Via. */
  readonly request: SipRequest;
  readonly flow: Flow;
  /**
   * INVITE: gives up. The CANCEL waits for a provisional response (§9.1); the call ends by the
   * final response that follows, usually 487, else by onFailure('timeout') 64·T1 later. A 2xx
   * may still win the race: acknowledge it and send BYE. Any other method: does nothing.
   */
  cancel(headers?: CancelHeaders): void;
  /**
   * INVITE: sends the ACK of a 2xx, our Via on top, and lets go of the transaction. For 64·T1 (timer
   * M, RFC 6026) the layer by itself repeats the ACK when that 2xx comes again, and tells
   * TransactionUsers.onLateAnswer of the 2xx of another branch.
   */
  acknowledge(response: SipResponse, ack: SipRequest, flow: Flow): void;
}

/** Headers that a CANCEL may bring, such as Reason (RFC 3326). */
export type CancelHeaders = Readonly<Record<string, string>>;

/** T1, T2, T4 and timer C of RFC 3261 (table 4). */
export interface Timing {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
  /** How long an INVITE of ours may ring since its last provisional response (§16.6 step 11). */
  readonly timerCMs: number;
}

/** What a layer tells the transaction users above it. */
export interface TransactionUsers {
  /**
   * Whether a new request is worth an answer at all; false drops it as if it had never come. Asked
   * before anything is kept of it.
   */
  isWelcome?(request: SipRequest, flow: Flow): boolean;
  /** A new request that is neither ACK nor CANCEL, valid and not seen before. */
  onRequest(transaction: ServerTransaction, request: SipRequest, flow: Flow): void;
  /** The ACK for a 2xx: it belongs to a dialog. */
  onAck(request: SipRequest, flow: Flow): void;
  /**
   * Another branch's 2xx to an INVITE of ours that was acknowledged already. What is returned is
   * sent as its ACK, and again whenever it comes again; ending its dialog is the user's part.
   */
  onLateAnswer?(response: SipResponse, flow: Flow): SipRequest | undefined;
  /** A response that nobody waits for. */
  onStrayResponse(response: SipResponse, flow: Flow): void;
  /** A user or handler threw: the request was answered with 500 if it could be; log it. */
  onError(error: unknown): void;
  /** Something came in that is not a message, or one too broken to use. */
  onDefect?(defect: { readonly reason: string; readonly answered: boolean }, flow: Flow): void;
}

export interface TransactionLayerOptions {
  readonly transport: Transport;
  readonly timers: TimerScheduler;
  readonly clock: Clock;
  readonly users: TransactionUsers;
  /** A new unguessable token (≥ 64 bits) for branches and tags. */
  readonly randomToken: () => string;
  /** `host` or `host:port` for our Via on a flow; the flow's local address unless given. */
  readonly sentBy?: (flow: Flow) => string;
  readonly timing?: Partial<Timing>;
  readonly maxTransactions?: number;
  /**
   * Bounds the INVITEs that one source has open with us at a time, refusals without their ACK
   * included; beyond, it gets 503. `sourceOf` names the source; undefined is not bounded.
   */
  readonly openInvites?: {
    readonly maxPerSource: number;
    sourceOf(flow: Flow): string | undefined;
  };
}

/** Live transactions by kind (all 0 when idle: the leak check) and totals since the start. */
export interface TransactionCounters {
  readonly inviteServer: number;
  readonly inviteClient: number;
  readonly nonInviteServer: number;
  readonly nonInviteClient: number;
  /** What is kept in place of transactions, for what is repeated (timers D, J, K, L and M). */
  readonly answered: number;
  readonly received: number;
  readonly sent: number;
  readonly retransmitsReceived: number;
  readonly retransmitsSent: number;
  readonly malformed: number;
  readonly strayResponses: number;
  readonly timeouts: number;
  readonly refusedByLimit: number;
}

/**
 * For whoever answers some requests over UDP before they become messages: the same answers to
 * repetitions as the layer's own, the same figures. Keys are serverKey's, as bytes (latin1).
 */
export interface EarlyAnswers {
  /**
   * The answer that a request got when it came before, counted as a repetition; undefined for a new
   * one. To be copied at once.
   */
  repeated(key: AnswerKey): Buffer | undefined;
  /** Counts a request that is answered now, and its answer. */
  count(): void;
  /** Keeps an answer for repetitions (timer J). */
  keep(key: AnswerKey, answer: Buffer): void;
}

/** The middle of the stack: bytes below, requests and responses above. */
export interface TransactionLayer {
  /** Parses, validates and matches one message. Never throws on what came off the wire. */
  receive(bytes: Buffer, flow: Flow): void;
  receiveBatch(batch: readonly InboundMessage[]): void;
  /** Sends a request in a new client transaction, our Via on top. */
  request(message: SipRequest, flow: Flow, handlers: ClientHandlers): ClientTransaction;
  /** Sends a request outside any transaction, our Via on top: the ACK for a 2xx. */
  send(message: SipRequest, flow: Flow): boolean;
  /** A stream broke: its transactions fail at once. UDP has no such news, its timers tell. */
  flowFailed(flow: Flow): void;
  counters(): TransactionCounters;
  readonly early: EarlyAnswers;
  /** Drops every transaction without a word. */
  stop(): void;
}

/** RFC 3261 table 4; timer C must exceed three minutes. */
export const DEFAULT_TIMING: Timing = {
  t1Ms: 500,
  t2Ms: 4_000,
  t4Ms: 5_000,
  timerCMs: 185_000,
};
