import { createRequest } from './build';
import { inviteClientMachine } from './invite-client-machine';
import {
  type ClientEvent,
  type Effect,
  type Machine,
  responseEvent,
  type TimerName,
} from './machine';
import type { SipRequest, SipResponse } from './message';
import { nonInviteClientMachine } from './non-invite-client-machine';
import { serialize } from './serialize';
import type {
  CancelHeaders,
  ClientHandlers,
  ClientTransaction,
  TransactionFailure,
} from './transaction';
import { type TransactionHost, TransactionTimers } from './transaction-host';
import { type Flow, isReliable } from './transport';

/** What makes a client transaction. */
export interface ClientOrigin {
  /** Without a Via. */
  readonly request: SipRequest;
  /** Ours: the only one, since no request passes through us. */
  readonly via: string;
  /** What its responses are found by. */
  readonly key: string;
  readonly flow: Flow;
  readonly handlers: ClientHandlers;
}

/** What the layer hears of its client transactions. */
export interface ClientTransactionOwner {
  /** An INVITE gives up: a transaction of its own, under the INVITE's Via. */
  sendCancel(cancel: SipRequest, via: string, flow: Flow): void;
  /**
   * The transaction is over; whatever comes again is to be absorbed for as long as its timer would
   * run (D or K, over UDP), a refusal with these bytes: its ACK.
   */
  onAnswered(transaction: ClientTransactionDriver<string>, reply: Buffer): void;
  /** As `onAnswered`, after a 2xx to an INVITE: the ACK is to be sent, now and whenever it repeats. */
  onAcknowledged(transaction: ClientTransactionDriver<string>, sent: Acknowledgement): void;
  onTerminated(transaction: ClientTransactionDriver<string>): void;
}

/** The ACK of a 2xx. */
export interface Acknowledgement {
  readonly response: SipResponse;
  readonly ack: SipRequest;
  readonly flow: Flow;
}

const NOTHING = Buffer.alloc(0);

/** A request that only the next hop sees, under the INVITE's Via: ACK or CANCEL (§9.1, §17.1.1.3). */
function hopByHop(
  invite: SipRequest,
  method: 'ACK' | 'CANCEL',
  headers: Readonly<Record<string, string | undefined>>,
): SipRequest {
  return createRequest({
    method,
    uri: invite.uri,
    headers: {
      route: invite.headers('route'),
      from: invite.header('from'),
      to: invite.header('to'),
      'call-id': invite.callId,
      cseq: `${invite.cseq.sequence} ${method}`,
      ...headers,
    },
  });
}

type ClientHost = TransactionHost & { readonly clientOwner: ClientTransactionOwner };

/** Drives a client machine: carries its effects out. */
export class ClientTransactionDriver<State extends string> implements ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  private readonly machine: Machine<State, ClientEvent>;
  private readonly handlers: ClientHandlers;
  private readonly via: string;
  private readonly host: ClientHost;
  private readonly timers: TransactionTimers;
  /** What is repeated until there is a final response; then the ACK of a refusal. */
  private bytes: Buffer;
  private state: State;
  private isOver = false;
  private cancelWanted: CancelHeaders | undefined;
  private cancelIsSent = false;

  constructor(machine: Machine<State, ClientEvent>, origin: ClientOrigin, host: ClientHost) {
    this.machine = machine;
    this.state = machine.initial;
    this.key = origin.key;
    this.handlers = origin.handlers;
    this.request = origin.request;
    this.via = origin.via;
    this.flow = origin.flow;
    this.host = host;
    this.timers = new TransactionTimers(host, isReliable(origin.flow));
    this.bytes = serialize(origin.request, origin.via);
  }

  /** Sends the request for the first time. */
  begin(): void {
    this.apply('begin');
  }

  cancel(headers: CancelHeaders = {}): void {
    if (this.request.method !== 'INVITE' || this.isOver || this.cancelWanted !== undefined) return;
    this.cancelWanted = headers;
    this.sendCancelIfDue();
  }

  acknowledge(response: SipResponse, ack: SipRequest, flow: Flow): void {
    if (this.isOver) {
      this.host.transmit(serialize(ack, this.host.newVia(flow)), flow);
      return;
    }
    this.abandon();
    this.host.clientOwner.onAcknowledged(this, { response, ack, flow });
  }

  /** Tells the machine of a response, or of anything else. */
  apply(event: ClientEvent, response?: SipResponse): void {
    if (this.isOver) return;
    const step = this.machine.step(this.state, event);
    if (step === undefined) return;
    this.state = step.state;
    for (const effect of step.effects) {
      // An effect may have moved the machine on: the rest is void.
      if (this.state !== step.state || this.isOver) return;
      this.perform(effect, response);
    }
    if (this.state === 'terminated') this.terminate();
  }

  receive(response: SipResponse): void {
    if (response.status >= 200) this.bytes = NOTHING;
    this.apply(responseEvent(response.status), response);
    this.sendCancelIfDue();
  }

  /** Ends without a word to anybody. */
  abandon(): void {
    this.isOver = true;
    this.timers.stopAll();
  }

  private terminate(): void {
    if (this.isOver) return;
    this.abandon();
    this.host.clientOwner.onTerminated(this);
  }

  /** §9.1: not before a provisional response, and no more once the final one is here. */
  private sendCancelIfDue(): void {
    if (this.cancelWanted === undefined || this.cancelIsSent) return;
    if (this.state !== 'proceeding' || this.isOver) return;
    this.cancelIsSent = true;
    this.apply('cancelSent');
    const cancel = hopByHop(this.request, 'CANCEL', this.cancelWanted);
    this.host.clientOwner.sendCancel(cancel, this.via, this.flow);
  }

  private transmit(bytes: Buffer): void {
    // Told on the next tick: the caller of layer.request() does not hold the transaction yet.
    if (!this.host.transmit(bytes, this.flow)) {
      this.host.timers.after(0, () => this.apply('transportError'));
    }
  }

  private perform(effect: Effect, response: SipResponse | undefined): void {
    switch (effect.do) {
      case 'send':
        this.transmit(this.bytes);
        return;
      case 'resend':
        this.host.counts.retransmitsSent += 1;
        this.transmit(this.bytes);
        return;
      case 'pass':
        if (response !== undefined) {
          this.tell(response);
        }
        return;
      case 'acknowledge':
        if (response !== undefined) {
          const ack = hopByHop(this.request, 'ACK', { to: response.header('to') });
          this.bytes = serialize(ack, this.via);
          this.host.transmit(this.bytes, this.flow);
        }
        return;
      case 'start':
        this.startTimer(effect.timer);
        return;
      case 'stop':
        this.timers.stop(effect.timer);
        return;
      case 'cancel':
        this.cancel();
        return;
      case 'fail':
        this.reportFailure(effect.failure);
        return;
      case 'trying':
        return;
    }
  }

  private reportFailure(failure: TransactionFailure): void {
    if (failure === 'timeout') this.host.counts.timeouts += 1;
    this.host.guard(() => this.handlers.onFailure(failure));
  }

  private tell(response: SipResponse): void {
    try {
      this.handlers.onResponse(response);
    } catch (error) {
      this.host.report(error);
    }
  }

  private startTimer(timer: TimerName): void {
    if ((timer === 'D' || timer === 'K') && !isReliable(this.flow)) {
      this.abandon();
      this.host.clientOwner.onAnswered(this, this.bytes);
      return;
    }
    // §17.1.2.2: in Proceeding a non-INVITE is repeated at T2.
    const patient = timer === 'E' && this.state === 'proceeding';
    this.timers.start(timer, () => this.apply(`timer${timer}`), patient);
  }
}

/** A client transaction of the kind that the request asks for. */
export function clientTransaction(
  origin: ClientOrigin,
  host: ClientHost,
): ClientTransactionDriver<string> {
  const machine = origin.request.method === 'INVITE' ? inviteClientMachine : nonInviteClientMachine;
  return new ClientTransactionDriver(machine, origin, host);
}
