import { assert } from '@/lib/core/errors';
import type { ResponseInit } from './build';
import { bracketed } from './host-port';
import { inviteServerMachine } from './invite-server-machine';
import {
  type Effect,
  type Machine,
  responseEvent,
  type ServerEvent,
  type TimerName,
} from './machine';
import type { SipRequest } from './message';
import { nonInviteServerMachine } from './non-invite-server-machine';
import type { ServerTransaction, TransactionFailure } from './transaction';
import { type TransactionHost, TransactionTimers } from './transaction-host';
import { type Flow, isReliable } from './transport';
import { formatVia } from './via';
import { writeResponse } from './write-response';

/** What the layer hears of its server transactions. */
export interface ServerTransactionOwner {
  /** In Accepted an ACK is passed up (RFC 6026 §8.7). */
  onAck(ack: SipRequest, flow: Flow): void;
  /**
   * Non-INVITE over UDP: answered for good. The layer keeps the bytes for as long as timer J
   * would run; the transaction itself is over.
   */
  onAnswered(transaction: ServerTransactionDriver<string>, bytes: Buffer): void;
  /** INVITE: its call stands and the ACK is here; repetitions are to be absorbed (timer L). */
  onReleased(transaction: ServerTransactionDriver<string>): void;
  onTerminated(transaction: ServerTransactionDriver<string>): void;
}

const BARE_RPORT = ';rport';
const SEMICOLON = 0x3b;

/** The topmost Via with `received` and `rport` filled in from the flow (§18.2.1, RFC 3581 §4). */
export function receivedVia(request: SipRequest, flow: Flow): string | undefined {
  const { via } = request;
  const wantsPort = via.params.get('rport') === '';
  const differs = via.host !== bracketed(flow.remote.address);
  if (!wantsPort && !differs) return undefined;
  const written = request.headers('via')[0] ?? '';
  const bare = written.indexOf(BARE_RPORT);
  if (wantsPort && bare > 0 && !via.params.has('received')) {
    // As nearly all phones write it: the rest goes back as it came.
    const end = bare + BARE_RPORT.length;
    const isAlone = end === written.length || written.charCodeAt(end) === SEMICOLON;
    if (isAlone && !written.includes('"')) {
      return `${written.slice(0, end)}=${flow.remote.port};received=${flow.remote.address}${written.slice(end)}`;
    }
  }
  const params = new Map(via.params);
  params.set('received', flow.remote.address);
  if (wantsPort) params.set('rport', String(flow.remote.port));
  return formatVia({ ...via, params });
}

interface Outgoing {
  readonly bytes: Buffer;
  readonly status: number;
}

/** Under what else than its key the layer has filed a transaction. */
export interface ServerFiling {
  readonly kind: 'inviteServer' | 'nonInviteServer';
  /** Of an INVITE: see callAttemptKey. */
  readonly attempt: string | undefined;
  /** Of an INVITE: whose open INVITEs count it. */
  readonly source: string | undefined;
}

/** What makes a server transaction. */
export interface ServerOrigin {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly localTag: string;
  /** What the layer finds it by. */
  readonly key: string;
}

/** Drives a server machine: carries its effects out. */
export class ServerTransactionDriver<State extends string> implements ServerTransaction {
  readonly flow: Flow;
  readonly localTag: string;
  status: number | undefined;
  onCancel: ((cancel: SipRequest) => void) | undefined;
  onFailure: ((failure: TransactionFailure) => void) | undefined;
  readonly key: string;
  /** Where the layer has filed it; undefined before. */
  filing: ServerFiling | undefined;
  private readonly owner: ServerTransactionOwner;
  private readonly machine: Machine<State, ServerEvent>;
  private readonly host: TransactionHost;
  /** Made with the first timer: most are answered before they set one. */
  private running: TransactionTimers | undefined;
  private readonly topVia: string | undefined;
  /** Gone when the ACK of a 2xx is here: nothing more can be said (RFC 6026 §8.7). */
  private asked: SipRequest | undefined;
  private state: State;
  private lastSent: Buffer | undefined;
  private ended = false;

  constructor(
    machine: Machine<State, ServerEvent>,
    origin: ServerOrigin,
    host: TransactionHost & { readonly serverOwner: ServerTransactionOwner },
  ) {
    this.machine = machine;
    this.key = origin.key;
    this.owner = host.serverOwner;
    this.state = machine.initial;
    this.asked = origin.request;
    this.flow = origin.flow;
    this.localTag = origin.localTag;
    this.host = host;
    this.topVia = receivedVia(origin.request, origin.flow);
  }

  get request(): SipRequest {
    assert(this.asked, 'whoever answers an INVITE needs it no more once its ACK is here');
    return this.asked;
  }

  respond(status: number, reason?: string, init?: ResponseInit): void {
    if (this.asked === undefined) return;
    // Written first: what can't be sent throws here, before the state moves.
    this.apply(responseEvent(status), { bytes: this.written(status, reason, init), status });
  }

  respondOnce(status: number, reason?: string, init?: ResponseInit): void {
    if (this.ended) return;
    const bytes = this.written(status, reason, init);
    this.status = status;
    this.terminate();
    this.host.transmit(bytes, this.flow);
  }

  resend(): void {
    if (this.ended || this.lastSent === undefined) return;
    this.host.counts.retransmitsSent += 1;
    this.transmit(this.lastSent);
  }

  /** Tells the machine what happened. */
  apply(event: ServerEvent, outgoing?: Outgoing): void {
    if (this.ended) return;
    const step = this.machine.step(this.state, event);
    if (step === undefined) return;
    this.state = step.state;
    for (const effect of step.effects) {
      // An effect may have moved the machine on (a send that failed): the rest is void.
      if (this.state !== step.state || this.ended) return;
      this.perform(effect, outgoing);
    }
    if (this.state === 'terminated') this.terminate();
  }

  /** An ACK that matched: for a refusal it ends the repetition, for a 2xx it goes up. */
  acknowledge(ack: SipRequest, flow: Flow): void {
    if (this.state === 'accepted') this.owner.onAck(ack, flow);
    else this.apply('ack');
  }

  release(): void {
    if (this.state !== 'accepted' || this.ended) return;
    this.asked = undefined;
    this.lastSent = undefined;
    this.onCancel = undefined;
    this.onFailure = undefined;
    this.abandon();
    this.owner.onReleased(this);
  }

  /** Ends without a word to anybody. */
  abandon(): void {
    this.ended = true;
    this.running?.stopAll();
  }

  /** Whether nothing will come of it any more. */
  get isOver(): boolean {
    return this.ended;
  }

  private written(
    status: number,
    reason: string | undefined,
    init: ResponseInit | undefined,
  ): Buffer {
    const { localTag: toTag, topVia } = this;
    return writeResponse(this.request, { status, reason, toTag, topVia }, init);
  }

  private terminate(): void {
    if (this.ended) return;
    this.abandon();
    this.owner.onTerminated(this);
  }

  private transmit(bytes: Buffer): void {
    if (!this.host.transmit(bytes, this.flow)) this.apply('transportError');
  }

  private perform(effect: Effect, outgoing: Outgoing | undefined): void {
    switch (effect.do) {
      case 'send':
        if (outgoing === undefined) return;
        this.lastSent = outgoing.bytes;
        this.status = outgoing.status;
        this.transmit(outgoing.bytes);
        return;
      case 'resend':
        this.resend();
        return;
      case 'start':
        this.startTimer(effect.timer);
        return;
      case 'stop':
        this.running?.stop(effect.timer);
        return;
      case 'fail':
        this.reportFailure(effect.failure);
        return;
      case 'trying':
        this.respond(100);
        return;
      case 'pass':
      case 'acknowledge':
      case 'cancel':
        return;
    }
  }

  private reportFailure(failure: TransactionFailure): void {
    if (failure === 'timeout') this.host.counts.timeouts += 1;
    this.host.guard(() => this.onFailure?.(failure));
  }

  private startTimer(timer: TimerName): void {
    if (timer === 'J' && !isReliable(this.flow) && this.lastSent !== undefined) {
      this.abandon();
      this.owner.onAnswered(this, this.lastSent);
      return;
    }
    this.running ??= new TransactionTimers(this.host, isReliable(this.flow));
    this.running.start(timer, () => this.apply(`timer${timer}`));
  }
}

/** A server transaction of the kind that the request asks for. */
export function serverTransaction(
  origin: ServerOrigin,
  host: TransactionHost & { readonly serverOwner: ServerTransactionOwner },
): ServerTransactionDriver<string> {
  const machine = origin.request.method === 'INVITE' ? inviteServerMachine : nonInviteServerMachine;
  return new ServerTransactionDriver(machine, origin, host);
}
