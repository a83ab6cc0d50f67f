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

/** What makes a client transaction; the request bears our Via on top. */
export interface ClientOrigin {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly handlers: ClientHandlers;
  readonly onTerminated: () => void;
}

/** Nobody waits for what comes of a CANCEL: the INVITE's own end tells. */
const CANCEL_HANDLERS: ClientHandlers = { onResponse: () => {}, onFailure: () => {} };

const NOTHING = Buffer.alloc(0);

/** The ACK of a refusal: the INVITE's Via, Route and Request-URI (§17.1.1.3). */
function acknowledgement(invite: SipRequest, response: SipResponse): SipRequest {
  return hopByHop(invite, 'ACK', { to: response.header('to') });
}

/** A request that only the next hop sees, under the INVITE's branch: ACK or CANCEL (§9.1). */
function hopByHop(
  invite: SipRequest,
  method: 'ACK' | 'CANCEL',
  headers: Readonly<Record<string, string | undefined>>,
): SipRequest {
  return createRequest({
    method,
    uri: invite.uri,
    headers: {
      via: invite.headers('via')[0],
      route: invite.headers('route'),
      from: invite.header('from'),
      to: invite.header('to'),
      'call-id': invite.callId,
      cseq: `${invite.cseq.sequence} ${method}`,
      ...headers,
    },
  });
}

/** Drives a client machine: carries its effects out. */
export class ClientTransactionDriver<State extends string> implements ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  private readonly machine: Machine<State, ClientEvent>;
  private readonly origin: ClientOrigin;
  private readonly host: TransactionHost;
  private readonly timers: TransactionTimers;
  /** What is repeated until there is a final response. */
  private bytes: Buffer;
  private state: State;
  private isOver = false;
  private cancelWanted: CancelHeaders | undefined;
  private cancelIsSent = false;

  constructor(machine: Machine<State, ClientEvent>, origin: ClientOrigin, host: TransactionHost) {
    this.machine = machine;
    this.state = machine.initial;
    this.origin = origin;
    this.request = origin.request;
    this.flow = origin.flow;
    this.host = host;
    this.timers = new TransactionTimers(host, isReliable(origin.flow));
    this.bytes = serialize(origin.request);
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
    this.apply(responseEvent(response.status), response);
    if (response.status >= 200) this.bytes = NOTHING;
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
    this.origin.onTerminated();
    this.host.guard(() => this.origin.handlers.onTerminated?.());
  }

  /** §9.1: not before a provisional response, and no more once the final one is here. */
  private sendCancelIfDue(): void {
    if (this.cancelWanted === undefined || this.cancelIsSent) return;
    if (this.state !== 'proceeding' || this.isOver) return;
    this.cancelIsSent = true;
    this.apply('cancelSent');
    const cancel = hopByHop(this.request, 'CANCEL', this.cancelWanted);
    this.host.sendCancel(cancel, this.flow, CANCEL_HANDLERS);
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
          this.host.guard(() => this.origin.handlers.onResponse(response));
        }
        return;
      case 'acknowledge':
        if (response !== undefined) {
          this.host.transmit(serialize(acknowledgement(this.request, response)), this.flow);
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
    this.host.guard(() => this.origin.handlers.onFailure(failure));
  }

  private startTimer(timer: TimerName): void {
    // §17.1.2.2: in Proceeding a non-INVITE is repeated at T2.
    const patient = timer === 'E' && this.state === 'proceeding';
    this.timers.start(timer, () => this.apply(`timer${timer}`), patient);
  }
}

/** A client transaction of the kind that the request asks for. */
export function clientTransaction(
  origin: ClientOrigin,
  host: TransactionHost,
): ClientTransactionDriver<string> {
  const machine = origin.request.method === 'INVITE' ? inviteClientMachine : nonInviteClientMachine;
  return new ClientTransactionDriver(machine, origin, host);
}
