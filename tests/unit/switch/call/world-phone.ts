import { createRequest } from '@/lib/protocol/sip/build';
import { Dialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type {
  ClientTransaction,
  ServerTransaction,
  TransactionLayer,
} from '@/lib/protocol/sip/transaction';
import type { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import { sdpOf } from './fake-media';

/** What a phone does with a call that comes in; the default is to ring. */
export type Manner = (phone: Phone, transaction: ServerTransaction) => void;

export const rings: Manner = (phone, transaction) => phone.respond(transaction, 180);
export const answers: Manner = (phone, transaction) => {
  phone.respond(transaction, 180);
  phone.accept(transaction);
};
export const refuses =
  (status: number): Manner =>
  (phone, transaction) =>
    phone.respond(transaction, status);

/** A call of a phone, from either side. */
export interface PhoneCall {
  dialog: Dialog | undefined;
  /** Final status of an outgoing INVITE. */
  status: number | undefined;
  readonly provisional: SipResponse[];
  readonly final: SipResponse[];
  invite: ClientTransaction | ServerTransaction;
  ended: boolean;
}

/** A SIP phone (or carrier) on the virtual network: does what it is told, notes what it hears. */
export class Phone {
  readonly name: string;
  readonly layer: TransactionLayer;
  manner: Manner = rings;
  readonly calls: PhoneCall[] = [];
  /** Requests received, in order. */
  readonly heard: SipRequest[] = [];
  /** Bodies of NOTIFY with what the subscription said, "SIP/2.0 100 Trying (active)". */
  readonly notified: string[] = [];
  /** By what it calls. */
  transport: 'udp' | 'tls' = 'udp';
  /** Whether it lets whom it calls make the offer. */
  isLate = false;
  /** How re-INVITEs are answered; 0 = not at all. */
  reinviteStatus = 200;
  private readonly network: VirtualNetwork;
  private sequence = 0;

  constructor(network: VirtualNetwork, name: string) {
    this.network = network;
    this.name = name;
    this.layer = network.host(name, {
      onRequest: (transaction, request) => this.received(transaction, request),
    });
  }

  get call(): PhoneCall {
    const call = this.calls.at(-1);
    if (!call) throw new Error(`${this.name} has no call`);
    return call;
  }

  methods(): string[] {
    return this.heard.map((request) => request.method);
  }

  /** Dials as a phone of `user`@`domain`; somebody like it, or a whole URI. */
  dial(from: string, to: string, headers: Readonly<Record<string, string>> = {}): PhoneCall {
    const uri = /^sips?:/.test(to) ? to : `sip:${to}`;
    this.sequence += 1;
    const { isLate } = this;
    const call: PhoneCall = {
      dialog: undefined,
      status: undefined,
      provisional: [],
      final: [],
      ended: false,
      invite: this.layer.request(
        createRequest({
          method: 'INVITE',
          uri,
          headers: {
            from: `<sip:${from}>;tag=${this.name}-${this.sequence}`,
            to: `<${uri}>`,
            'call-id': `${this.name}-${this.sequence}`,
            cseq: '1 INVITE',
            contact: `<sip:${this.name}>`,
            ...(isLate ? {} : { 'content-type': 'application/sdp' }),
            ...headers,
          },
          body: isLate ? undefined : sdpOf(this.name),
        }),
        this.network.flow(this.name, 'switch', this.transport),
        { onResponse: (response) => this.responded(call, response), onFailure: () => {} },
      ),
    };
    this.calls.push(call);
    return call;
  }

  respond(transaction: ServerTransaction, status: number): void {
    transaction.respond(status, undefined, { headers: { contact: `<sip:${this.name}>` } });
  }

  accept(transaction: ServerTransaction, sdp: Buffer = sdpOf(this.name)): void {
    transaction.respond(200, 'OK', {
      headers: { contact: `<sip:${this.name}>`, 'content-type': 'application/sdp' },
      body: sdp,
    });
    const call = this.calls.find((each) => each.invite === transaction);
    call?.dialog?.confirm();
  }

  /** Answers the call that rings. */
  answer(): void {
    const { invite } = this.call;
    if ('respond' in invite) this.accept(invite);
  }

  hangUp(call: PhoneCall = this.call): void {
    call.ended = true;
    this.ask(call, 'BYE');
  }

  cancel(call: PhoneCall = this.call): void {
    if ('cancel' in call.invite) call.invite.cancel();
  }

  /** Asks the switch to transfer; resolves the status by `final`. */
  refer(to: string, call: PhoneCall = this.call, headers: Record<string, string> = {}): Asked {
    return this.ask(call, 'REFER', { 'refer-to': to, contact: `<sip:${this.name}>`, ...headers });
  }

  /** Acknowledges the first reliable provisional of a call, with an answer where it offers. */
  prack(call: PhoneCall, answer?: Buffer): Asked {
    const rack = `${call.provisional[0]?.header('rseq')} 1 INVITE`;
    return this.say(call, { method: 'PRACK', headers: { rack }, body: answer });
  }

  ask(call: PhoneCall, method: string, headers: Record<string, string> = {}): Asked {
    return this.say(call, { method, headers });
  }

  /** Offers anew inside a call (RFC 3311). */
  update(sdp: Buffer, call: PhoneCall = this.call): Asked {
    return this.say(call, {
      method: 'UPDATE',
      headers: { contact: `<sip:${this.name}>` },
      body: sdp,
    });
  }

  private say(
    call: PhoneCall,
    {
      method,
      headers,
      body,
    }: { method: string; headers: Record<string, string>; body?: Buffer | undefined },
  ): Asked {
    const asked: Asked = { status: undefined };
    if (!call.dialog) throw new Error(`${this.name} has no dialog`);
    const said = body ? { 'content-type': 'application/sdp', ...headers } : headers;
    const request = call.dialog.request(method, { headers: said, ...(body ? { body } : {}) });
    this.layer.request(request, this.network.flow(this.name, 'switch'), {
      onResponse: (response) => {
        if (response.status >= 200) asked.status = response.status;
      },
      onFailure: () => {},
    });
    return asked;
  }

  private responded(call: PhoneCall, response: SipResponse): void {
    if (response.status < 200) {
      if (response.status > 100) call.provisional.push(response);
      if (!call.dialog && response.toTag !== '') call.dialog = this.dialogOf(call, response);
      return;
    }
    call.status = response.status;
    call.final.push(response);
    if (response.status >= 300) return;
    call.dialog ??= this.dialogOf(call, response);
    call.dialog?.receiveResponse(response);
    const ack = call.dialog?.ack(response.cseq.sequence);
    if (ack) this.layer.send(ack, this.network.flow(this.name, 'switch'));
  }

  private dialogOf(call: PhoneCall, response: SipResponse): Dialog | undefined {
    if (!('cancel' in call.invite)) return undefined;
    const { request } = call.invite;
    return Dialog.uac(request, response, this.network.flow(this.name, 'switch'));
  }

  private received(transaction: ServerTransaction, request: SipRequest): void {
    this.heard.push(request);
    const call = this.calls.find((each) => each.dialog?.localTag === request.toTag);
    switch (request.method) {
      case 'INVITE':
        if (request.toTag === '') this.rung(transaction);
        else if (this.reinviteStatus === 200) this.accept(transaction);
        else if (this.reinviteStatus > 0) transaction.respond(this.reinviteStatus);
        return;
      case 'BYE':
        if (call) call.ended = true;
        transaction.respond(call ? 200 : 481);
        return;
      case 'NOTIFY': {
        const state = request.header('subscription-state')?.split(';')[0] ?? '';
        this.notified.push(`${request.body.toString().split('\r\n')[0]} (${state})`);
        transaction.respond(200);
        return;
      }
      default:
        transaction.respond(200);
    }
  }

  private rung(transaction: ServerTransaction): void {
    const call: PhoneCall = {
      dialog: Dialog.uas(transaction),
      status: undefined,
      provisional: [],
      final: [],
      ended: false,
      invite: transaction,
    };
    this.calls.push(call);
    transaction.onCancel = () => {
      call.ended = true;
      transaction.respond(487);
    };
    this.manner(this, transaction);
  }
}

/** A request under way. */
export interface Asked {
  status: number | undefined;
}
