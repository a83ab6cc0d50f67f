import { createRequest } from '@/lib/protocol/sip/build';
import { Dialog } from '@/lib/protocol/sip/dialog';
import type { HeaderInit, SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { retransmitAnswer } from '@/lib/protocol/sip/retransmit-answer';
import type {
  ClientTransaction,
  ServerTransaction,
  TransactionLayer,
} from '@/lib/protocol/sip/transaction';
import type { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';

const SDP = { 'content-type': 'application/sdp' } as const;

export interface PhoneMessage {
  readonly headers?: HeaderInit;
  /** A word in place of an SDP; the fake engine does not read it. */
  readonly sdp?: string;
}

/** What became of a request of a phone. */
export interface PhoneRequest {
  readonly responses: SipResponse[];
  readonly transaction: ClientTransaction;
  /** The statuses of all responses but 100. */
  readonly statuses: () => number[];
  readonly final: () => SipResponse;
}

function init({ headers, sdp }: PhoneMessage) {
  return {
    headers: { ...(sdp === undefined ? {} : SDP), ...headers },
    body: sdp === undefined ? undefined : Buffer.from(sdp),
  };
}

/** A phone of another make at an address of the network, moved by hand. */
export class Phone {
  readonly address: string;
  readonly layer: TransactionLayer;
  readonly requests: SipRequest[] = [];
  readonly transactions: ServerTransaction[] = [];
  readonly acks: SipRequest[] = [];
  dialog: Dialog | undefined;
  /** Whether a 2xx to an INVITE is acknowledged at once. */
  acknowledges = true;
  /** What it does with a request; 200 unless said otherwise. */
  on: Partial<Record<string, (transaction: ServerTransaction) => void>> = {};
  private readonly network: VirtualNetwork;
  private readonly stopRepeating = new Map<number, () => void>();
  private readonly server: string;

  constructor(network: VirtualNetwork, address: string, server: string) {
    this.network = network;
    this.address = address;
    this.server = server;
    this.layer = network.host(address, {
      onRequest: (transaction) => this.take(transaction),
      onAck: (ack) => {
        this.acks.push(ack);
        this.stopRepeating.get(ack.cseq.sequence)?.();
      },
    });
  }

  get contact(): string {
    return `<sip:phone@${this.address}>`;
  }

  /** The requests of one method, in the order in which they came. */
  got(method: string): SipRequest[] {
    return this.requests.filter((request) => request.method === method);
  }

  /** The last transaction of a method that came. */
  latest(method: string): ServerTransaction {
    const found = this.transactions.findLast((one) => one.request.method === method);
    if (!found) throw new Error(`no ${method} came`);
    return found;
  }

  /** Calls somebody. */
  call(message: PhoneMessage = { sdp: 'offer' }): PhoneRequest {
    const { headers, body } = init(message);
    const request = createRequest({
      method: 'INVITE',
      uri: `sip:102@${this.server}`,
      headers: {
        from: '<sip:101@acme.test>;tag=caller',
        to: '<sip:102@acme.test>',
        'call-id': `call@${this.address}`,
        cseq: '1 INVITE',
        contact: this.contact,
        ...headers,
      },
      body,
    });
    return this.send(request, (response) => {
      this.dialog ??= Dialog.uac(request, response, this.flow);
      this.dialog?.receiveResponse(response);
    });
  }

  /** Sends a request in its dialog. */
  ask(method: string, message: PhoneMessage = {}): PhoneRequest {
    const dialog = this.known();
    const { headers, body } = init(message);
    const contact = this.contact;
    return this.send(dialog.request(method, { headers: { contact, ...headers }, body }));
  }

  /** Acknowledges a 2xx to an INVITE of its own. */
  ack(response: SipResponse, message: PhoneMessage = {}): void {
    const dialog = this.known();
    this.layer.send(dialog.ack(response.cseq.sequence, init(message)), this.flow);
  }

  /** Answers a request that came, 2xx with its Contact. */
  answer(transaction: ServerTransaction, status = 200, message: PhoneMessage = {}): void {
    const { headers, body } = init(message);
    transaction.respond(status, undefined, {
      headers: { contact: this.contact, ...headers },
      body,
    });
    if (status < 200) return;
    this.known().confirm();
    const { method, cseq } = transaction.request;
    if (method !== 'INVITE' || status >= 300) return;
    const { timers } = this.network;
    const repetition = retransmitAnswer(transaction, { timers, onGiveUp: () => undefined });
    this.stopRepeating.set(cseq.sequence, () => repetition.stop());
  }

  private get flow() {
    return this.network.flow(this.address, this.server);
  }

  private known(): Dialog {
    if (!this.dialog) throw new Error('there is no dialog yet');
    return this.dialog;
  }

  private take(transaction: ServerTransaction): void {
    this.requests.push(transaction.request);
    this.transactions.push(transaction);
    if (!this.dialog && transaction.request.method === 'INVITE') {
      this.dialog = Dialog.uas(transaction);
    } else this.dialog?.receiveRequest(transaction.request);
    const handle = this.on[transaction.request.method];
    if (handle) handle(transaction);
    else transaction.respond(200, undefined, { headers: { contact: this.contact } });
  }

  private send(
    request: SipRequest,
    onResponse: (response: SipResponse) => void = () => undefined,
  ): PhoneRequest {
    const responses: SipResponse[] = [];
    const transaction = this.layer.request(request, this.flow, {
      onResponse: (response) => {
        responses.push(response);
        onResponse(response);
        const isSuccess = response.status >= 200 && response.status < 300;
        if (request.method === 'INVITE' && isSuccess && this.acknowledges) this.ack(response);
      },
      onFailure: () => undefined,
    });
    return {
      responses,
      transaction,
      statuses: () => responses.map(({ status }) => status).filter((status) => status !== 100),
      final: () => {
        const found = responses.find(({ status }) => status >= 200);
        if (!found) throw new Error('no final response');
        return found;
      },
    };
  }
}
