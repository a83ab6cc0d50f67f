import { TextTable } from '@/lib/core/text-table.server';
import type { AnsweredCache } from './answered-cache';
import {
  type Acknowledgement,
  type ClientOrigin,
  type ClientTransactionDriver,
  type ClientTransactionOwner,
  clientTransaction,
} from './client-transaction';
import type { SipRequest, SipResponse } from './message';
import { serialize } from './serialize';
import type { StreamTransactions } from './stream-transactions';
import type { ClientHandlers, TransactionUsers } from './transaction';
import type { TransactionHost } from './transaction-host';
import { clientKey, viaBranch } from './transaction-key';
import type { Flow } from './transport';

type Driver = ClientTransactionDriver<string>;

/** Nobody waits for what comes of a CANCEL: the INVITE's own end tells. */
const CANCEL_HANDLERS: ClientHandlers = { onResponse: () => {}, onFailure: () => {} };
/** Branches of one INVITE that may still answer after the first; each costs us an ACK and a BYE. */
const MAX_LATE_BRANCHES = 12;

function isAnswer({ status, cseq }: SipResponse): boolean {
  return cseq.method === 'INVITE' && status >= 200 && status < 300;
}

/**
 * The requests that we wait for answers to, and a few bytes of those that have theirs: what comes
 * again is dealt with by them alone, since a thousand calls a second leave as many transactions
 * behind, each for half a minute.
 */
export class ClientTransactions implements ClientTransactionOwner {
  private readonly host: TransactionHost & { readonly clientOwner: ClientTransactionOwner };
  private readonly users: TransactionUsers;
  private readonly streams: StreamTransactions;
  private readonly live = new TextTable<Driver>();
  /**
   * By key: the ACK of a refusal; one byte, how many branches may still answer, of an INVITE that
   * was answered; nothing of anything else. By key and To-tag: the ACK of an answer.
   */
  private readonly kept: AnsweredCache;

  constructor(options: {
    readonly host: TransactionHost & { readonly clientOwner: ClientTransactionOwner };
    readonly users: TransactionUsers;
    readonly streams: StreamTransactions;
    readonly kept: AnsweredCache;
  }) {
    this.host = options.host;
    this.users = options.users;
    this.streams = options.streams;
    this.kept = options.kept;
  }

  get size(): number {
    return this.live.size;
  }

  get keptCount(): number {
    return this.kept.size;
  }

  /** Sends a request under a Via of ours. */
  begin({ request, via, flow, handlers }: Omit<ClientOrigin, 'key'>): Driver {
    const key = `${viaBranch(via)}|${request.method}`;
    const transaction = clientTransaction({ request, via, key, flow, handlers }, this.host);
    this.count(request, 1);
    this.live.set(key, transaction);
    this.streams.add(transaction);
    transaction.begin();
    return transaction;
  }

  receive(response: SipResponse, flow: Flow): void {
    const key = clientKey(response);
    const transaction = this.live.get(key);
    if (transaction !== undefined) transaction.receive(response);
    else if (!this.absorb(key, response, flow)) this.stray(response, flow);
  }

  sendCancel(cancel: SipRequest, via: string, flow: Flow): void {
    this.begin({ request: cancel, via, flow, handlers: CANCEL_HANDLERS });
  }

  onAnswered(transaction: Driver, reply: Buffer): void {
    this.onTerminated(transaction);
    this.kept.set(transaction.key, reply);
  }

  onAcknowledged(transaction: Driver, { response, ack, flow }: Acknowledgement): void {
    this.onTerminated(transaction);
    this.kept.set(transaction.key, Buffer.of(MAX_LATE_BRANCHES));
    this.acknowledge(transaction.key, response, { ack, flow });
  }

  onTerminated(transaction: Driver): void {
    this.count(transaction.request, -1);
    this.live.delete(transaction.key);
    this.streams.delete(transaction);
  }

  /** Drops everything without a word. */
  stop(): void {
    for (const transaction of this.live.values()) transaction.abandon();
    this.live.clear();
    this.kept.clear();
  }

  /** A response that was here before, or a further answer to an INVITE that has its own. */
  private absorb(key: string, response: SipResponse, flow: Flow): boolean {
    const kept = this.kept.get(key);
    if (kept === undefined) return false;
    this.host.counts.retransmitsReceived += 1;
    const ack = isAnswer(response) ? this.kept.get(`${key}|${response.toTag}`) : undefined;
    if (ack !== undefined) this.repeat(ack, flow);
    else if (isAnswer(response)) return this.answeredLate(key, response, flow);
    else if (response.status >= 300 && kept.length > 1) this.repeat(kept, flow);
    return true;
  }

  private answeredLate(key: string, response: SipResponse, flow: Flow): boolean {
    const branches = this.kept.get(key);
    const left = branches?.length === 1 ? (branches[0] ?? 0) : 0;
    if (branches === undefined || left === 0) return false;
    // The kept bytes themselves: what is written here is what is read next time.
    branches[0] = left - 1;
    const ack = this.users.onLateAnswer?.(response, flow);
    if (ack === undefined) return false;
    this.acknowledge(key, response, { ack, flow });
    return true;
  }

  private acknowledge(
    key: string,
    { toTag }: SipResponse,
    { ack, flow }: Omit<Acknowledgement, 'response'>,
  ): void {
    const bytes = serialize(ack, this.host.newVia(flow));
    this.host.transmit(bytes, flow);
    this.kept.set(`${key}|${toTag}`, bytes);
  }

  private repeat(bytes: Buffer, flow: Flow): void {
    this.host.counts.retransmitsSent += 1;
    // A copy: what is sent may wait in the socket for longer than what is kept is left alone.
    this.host.transmit(Buffer.from(bytes), flow);
  }

  private stray(response: SipResponse, flow: Flow): void {
    this.host.counts.strayResponses += 1;
    this.users.onStrayResponse(response, flow);
  }

  private count({ method }: SipRequest, change: number): void {
    this.host.counts[method === 'INVITE' ? 'inviteClient' : 'nonInviteClient'] += change;
  }
}
