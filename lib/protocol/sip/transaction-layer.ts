import { isAppError } from '@/lib/core/errors';
import { TextTable } from '@/lib/core/text-table.server';
import { AnsweredCache } from './answered-cache';
import { ClientTransactions } from './client-transactions';
import { earlyAnswers } from './early-answers';
import { bracketed } from './host-port';
import type { HeaderInit, SipRequest } from './message';
import { OpenInvites } from './open-invites';
import { type Defect, parseMessage } from './parse';
import { serialize } from './serialize';
import {
  receivedVia,
  type ServerTransactionDriver,
  type ServerTransactionOwner,
  serverTransaction,
} from './server-transaction';
import { StreamTransactions } from './stream-transactions';
import type { TimerScheduler } from './timers';
import {
  type ClientHandlers,
  type ClientTransaction,
  DEFAULT_TIMING,
  type EarlyAnswers,
  type Timing,
  type TransactionCounters,
  type TransactionLayer,
  type TransactionLayerOptions,
  type TransactionUsers,
} from './transaction';
import type { MutableCounters, TransactionHost } from './transaction-host';
import { callAttemptKey, serverKey } from './transaction-key';
import { type Flow, flowKey, type InboundMessage, isReliable, type Transport } from './transport';
import { validate } from './validate';
import { MAGIC_COOKIE, parseVia } from './via';
import { writeResponse } from './write-response';

/** Live transactions of both kinds before new requests get 503; a leak or a flood, not a load. */
const DEFAULT_MAX_TRANSACTIONS = 200_000;
/**
 * What is kept for repetitions in each direction, by number and by size: an attacker's answers are as
 * large as a datagram. A call leaves three entries of a few hundred bytes, so this is half a minute
 * of 4,000 calls a second.
 */
const MAX_KEPT = 400_000;
const MAX_KEPT_BYTES = 128 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);
/** What a peer that we are too busy for shall wait. */
const RETRY_AFTER: HeaderInit = { 'retry-after': 5 };

type ServerDriver = ServerTransactionDriver<string>;

const VIA_TRANSPORT = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' } as const;

/** Nothing alive. */
const IDLE = { inviteServer: 0, inviteClient: 0, nonInviteServer: 0, nonInviteClient: 0 };

const NOTHING_YET: TransactionCounters = {
  ...IDLE,
  answered: 0,
  received: 0,
  sent: 0,
  retransmitsReceived: 0,
  retransmitsSent: 0,
  malformed: 0,
  strayResponses: 0,
  timeouts: 0,
  refusedByLimit: 0,
};

class Layer implements TransactionLayer, TransactionHost {
  readonly timers: TimerScheduler;
  readonly timing: Timing;
  readonly randomToken: () => string;
  readonly counts: MutableCounters = { ...NOTHING_YET };
  private readonly transport: Transport;
  private readonly users: TransactionUsers;
  private readonly sentBy: (flow: Flow) => string;
  private readonly maxTransactions: number;
  private readonly servers = new TextTable<ServerDriver>();
  /** INVITE server transactions by call attempt. */
  private readonly attempts = new TextTable<ServerDriver>();
  private readonly streams = new StreamTransactions();
  readonly clientOwner: ClientTransactions;
  /** Answers by key; nothing, of an INVITE whose call stands, and of its attempt. */
  private readonly answered: AnsweredCache;
  private readonly openInvites: OpenInvites;
  readonly early: EarlyAnswers;
  readonly serverOwner: ServerTransactionOwner = {
    onAck: (ack, flow) => this.guard(() => this.users.onAck(ack, flow)),
    onAnswered: (transaction, bytes) => {
      this.forgetServer(transaction);
      this.answered.set(transaction.key, bytes);
    },
    onReleased: (transaction) => {
      const attempt = transaction.filing?.attempt;
      this.forgetServer(transaction);
      this.answered.set(transaction.key, NOTHING);
      if (attempt !== undefined) this.answered.set(attempt, NOTHING);
    },
    onTerminated: (transaction) => this.forgetServer(transaction),
  };

  constructor(options: TransactionLayerOptions) {
    this.timers = options.timers;
    this.timing = { ...DEFAULT_TIMING, ...options.timing };
    this.randomToken = options.randomToken;
    this.transport = options.transport;
    this.users = options.users;
    this.maxTransactions = options.maxTransactions ?? DEFAULT_MAX_TRANSACTIONS;
    this.sentBy = options.sentBy ?? (({ local }) => `${bracketed(local.address)}:${local.port}`);
    this.openInvites = new OpenInvites(options.openInvites);
    const cache = {
      clock: options.clock,
      lifetimeMs: 64 * this.timing.t1Ms,
      maxEntries: MAX_KEPT,
      maxBytes: MAX_KEPT_BYTES,
    };
    this.answered = new AnsweredCache(cache);
    const { users, streams } = this;
    this.clientOwner = new ClientTransactions({
      ...{ host: this, users, streams },
      kept: new AnsweredCache(cache),
    });
    this.early = earlyAnswers(this.answered, this.counts);
  }

  receiveBatch(batch: readonly InboundMessage[]): void {
    for (const { bytes, flow } of batch) this.receive(bytes, flow);
  }

  receive(bytes: Buffer, flow: Flow): void {
    try {
      this.take(bytes, flow);
    } catch (error) {
      this.users.onError(error);
    }
  }

  request(message: SipRequest, flow: Flow, handlers: ClientHandlers): ClientTransaction {
    return this.clientOwner.begin({ request: message, via: this.newVia(flow), flow, handlers });
  }

  send(message: SipRequest, flow: Flow): boolean {
    return this.transmit(serialize(message, this.newVia(flow)), flow);
  }

  flowFailed(flow: Flow): void {
    this.streams.failed(flow);
  }

  counters(): TransactionCounters {
    return { ...this.counts, answered: this.answered.size + this.clientOwner.keptCount };
  }

  stop(): void {
    for (const transaction of this.servers.values()) transaction.abandon();
    this.clientOwner.stop();
    this.servers.clear();
    this.attempts.clear();
    this.streams.clear();
    this.answered.clear();
    Object.assign(this.counts, IDLE);
  }

  transmit(bytes: Buffer, flow: Flow): boolean {
    this.counts.sent += 1;
    try {
      return this.transport.send(bytes, flow);
    } catch (error) {
      this.users.onError(error);
      return false;
    }
  }

  guard(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.users.onError(error);
    }
  }

  report(error: unknown): void {
    this.users.onError(error);
  }

  private take(bytes: Buffer, flow: Flow): void {
    this.counts.received += 1;
    const parsed = parseMessage(bytes, flow.transport);
    if (!parsed.ok) {
      this.defect(parsed.reason, false, flow);
      return;
    }
    const { message } = parsed;
    const defect = parsed.defect ?? validate(message);
    if (message.kind === 'request') {
      if (defect === undefined) this.receiveRequest(message, flow);
      else this.defect(defect.reason, this.refuse(message, defect, flow), flow);
    } else if (defect === undefined) this.clientOwner.receive(message, flow);
    else this.defect(defect.reason, false, flow);
  }

  newVia(flow: Flow): string {
    const branch = `${MAGIC_COOKIE}${this.randomToken()}`;
    return `SIP/2.0/${VIA_TRANSPORT[flow.transport]} ${this.sentBy(flow)};branch=${branch};rport`;
  }

  private receiveRequest(request: SipRequest, flow: Flow): void {
    if (request.method === 'ACK') {
      this.receiveAck(request, flow);
      return;
    }
    const key = serverKey(request, request.method);
    if (this.absorbRepetition(key, flow)) return;
    if (request.method === 'CANCEL') {
      this.receiveCancel(request, flow, key);
      return;
    }
    if (this.users.isWelcome?.(request, flow) === false) return;
    if (this.isFull(request, flow)) {
      this.counts.refusedByLimit += 1;
      this.answerStateless(request, flow, { status: 503, headers: RETRY_AFTER });
      return;
    }
    if (this.isMerged(request)) {
      this.answerStateless(request, flow, { status: 482 });
      return;
    }
    this.openServer(request, flow, key);
  }

  private isFull(request: SipRequest, flow: Flow): boolean {
    if (this.servers.size + this.clientOwner.size >= this.maxTransactions) return true;
    return request.method === 'INVITE' && request.toTag === '' && this.openInvites.isFull(flow);
  }

  private openServer(request: SipRequest, flow: Flow, key: string): void {
    const transaction = this.makeServer(request, flow, key);
    // What is answered in this turn, as nearly everything but an INVITE is, need not be found again.
    const isLasting = request.method === 'INVITE' || isReliable(flow);
    if (isLasting) this.fileServer(transaction);
    transaction.apply('begin');
    try {
      this.users.onRequest(transaction, request, flow);
    } catch (error) {
      this.users.onError(error);
      if (transaction.status === undefined || transaction.status < 200) transaction.respond(500);
    }
    if (!isLasting && !transaction.isOver) this.fileServer(transaction);
  }

  private receiveAck(ack: SipRequest, flow: Flow): void {
    const transaction = this.servers.get(serverKey(ack, 'ACK'));
    if (transaction === undefined) this.users.onAck(ack, flow);
    else transaction.acknowledge(ack, flow);
  }

  /** A request that was seen before: its transaction or its kept answer deals with it. */
  private absorbRepetition(key: string, flow: Flow): boolean {
    const transaction = this.servers.get(key);
    const answer = transaction === undefined ? this.answered.get(key) : undefined;
    if (transaction === undefined && answer === undefined) return false;
    this.counts.retransmitsReceived += 1;
    transaction?.apply('retransmission');
    if (answer !== undefined && answer.length > 0) {
      this.counts.retransmitsSent += 1;
      // A copy: a socket may send later, when this memory holds another answer.
      this.transmit(Buffer.from(answer), flow);
    }
    return true;
  }

  /** §9.2: 200 (or 481) to the CANCEL; the INVITE is answered by its user. */
  private receiveCancel(cancel: SipRequest, flow: Flow, key: string): void {
    const inviteKey = serverKey(cancel, 'INVITE');
    const invite = this.servers.get(inviteKey) ?? this.inviteOf(cancel, flow);
    const localTag = invite?.localTag ?? this.randomToken();
    const transaction = serverTransaction({ request: cancel, flow, key, localTag }, this);
    this.fileServer(transaction);
    // One whose call stands has no effect on it, and is right all the same.
    const isKnown = invite !== undefined || this.answered.get(inviteKey) !== undefined;
    transaction.respond(isKnown ? 200 : 481);
    if (invite === undefined || (invite.status ?? 0) >= 200) return;
    if (invite.onCancel === undefined) invite.respond(487);
    else invite.onCancel(cancel);
  }

  /** The INVITE that a CANCEL means although its sent-by was changed on the way (facts: CANCEL). */
  private inviteOf(cancel: SipRequest, flow: Flow): ServerDriver | undefined {
    const invite = this.attempts.get(callAttemptKey(cancel));
    if (invite === undefined || flowKey(invite.flow) !== flowKey(flow)) return undefined;
    const branch = cancel.via.params.get('branch');
    return invite.request.via.params.get('branch') === branch ? invite : undefined;
  }

  /** §8.2.2.2: the same INVITE by another path while the first is being handled. */
  private isMerged(request: SipRequest): boolean {
    if (request.method !== 'INVITE' || request.toTag !== '') return false;
    const attempt = callAttemptKey(request);
    const first = this.attempts.get(attempt);
    if (first === undefined) return this.answered.get(attempt) !== undefined;
    return (first.status ?? 0) < 300;
  }

  private makeServer(request: SipRequest, flow: Flow, key: string): ServerDriver {
    return serverTransaction({ request, flow, key, localTag: this.randomToken() }, this);
  }

  private fileServer(transaction: ServerDriver): void {
    const { request, flow, key } = transaction;
    const isInvite = request.method === 'INVITE';
    const kind = isInvite ? 'inviteServer' : 'nonInviteServer';
    const attempt = isInvite ? callAttemptKey(request) : undefined;
    const source = isInvite ? this.openInvites.begin(flow) : undefined;
    transaction.filing = { kind, attempt, source };
    this.counts[kind] += 1;
    this.servers.set(key, transaction);
    if (attempt !== undefined) this.attempts.set(attempt, transaction);
    this.streams.add(transaction);
  }

  private forgetServer(transaction: ServerDriver): void {
    const { filing, key } = transaction;
    if (filing === undefined) return;
    const { kind, attempt, source } = filing;
    this.openInvites.end(source);
    this.counts[kind] -= 1;
    this.servers.delete(key);
    if (attempt !== undefined && this.attempts.get(attempt) === transaction) {
      this.attempts.delete(attempt);
    }
    this.streams.delete(transaction);
  }

  private defect(reason: string, answered: boolean, flow: Flow): void {
    this.counts.malformed += 1;
    this.users.onDefect?.({ reason, answered }, flow);
  }

  /** A stateless refusal of what is malformed, if it names a way back; never of an ACK. */
  private refuse(request: SipRequest, defect: Defect, flow: Flow): boolean {
    const top = request.headers('via')[0];
    if (request.method === 'ACK' || top === undefined || parseVia(top) === undefined) return false;
    try {
      this.answerStateless(request, flow, { status: defect.status, reason: defect.reason });
      return true;
    } catch (error) {
      // What would have to be copied back can't be sent (a NUL in From): silence it is.
      if (isAppError(error)) return false;
      throw error;
    }
  }

  private answerStateless(
    request: SipRequest,
    flow: Flow,
    answer: { status: number; reason?: string; headers?: HeaderInit },
  ): void {
    const { status, reason, headers } = answer;
    const topVia = receivedVia(request, flow);
    const start = { status, reason, toTag: this.randomToken(), topVia };
    this.transmit(writeResponse(request, start, { headers }), flow);
  }
}

/** Makes the transaction layer over a transport. */
export function createTransactionLayer(options: TransactionLayerOptions): TransactionLayer {
  return new Layer(options);
}
