import type { DigestClient } from '@/lib/protocol/digest/client';
import { createRequest } from '@/lib/protocol/sip/build';
import type { HeaderInit, SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { parseMessage } from '@/lib/protocol/sip/parse';
import { serialize } from '@/lib/protocol/sip/serialize';
import type { ServerTransaction, TransactionLayer } from '@/lib/protocol/sip/transaction';
import type { Flow, TransportName } from '@/lib/protocol/sip/transport';
import type { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';

let connections = 0;

export interface PhoneInit {
  readonly house: { readonly network: VirtualNetwork; receive(bytes: Buffer, flow: Flow): void };
  readonly server: string;
  readonly user: string;
  readonly domain: string;
  readonly address: string;
  readonly transport: TransportName;
  readonly digest: DigestClient;
}

/** A phone that answers challenges, on an address of its own. */
export class Phone {
  readonly flow: Flow;
  /** What it was asked, the latest last. */
  readonly requests: SipRequest[] = [];
  /** How it answers a request. */
  answer: (transaction: ServerTransaction, request: SipRequest) => void = (transaction) =>
    transaction.respond(200);
  private readonly init: PhoneInit;
  private readonly layer: TransactionLayer;
  private sequence = 0;
  private isBehindProxy = false;

  constructor(init: PhoneInit) {
    this.init = init;
    const { house, server, address, transport } = init;
    this.layer = house.network.host(address, {
      onRequest: (transaction, request) => {
        this.requests.push(request);
        this.answer(transaction, request);
      },
    });
    if (transport !== 'udp') connections += 1;
    const connectionId = transport === 'udp' ? undefined : connections;
    this.flow = { ...house.network.flow(address, server, transport), connectionId };
  }

  get aor(): string {
    return `sip:${this.init.user}@${this.init.domain}`;
  }

  get contact(): string {
    return `<sip:${this.init.user}@${this.init.address}:5060>`;
  }

  /** REGISTER, challenge answered; the final response. */
  register(headers: HeaderInit = {}): SipResponse {
    return this.ask('REGISTER', `sip:${this.init.domain}`, {
      to: `<${this.aor}>`,
      contact: this.contact,
      ...headers,
    });
  }

  /** Any request, challenge answered; the final response after at most a second. */
  ask(method: string, uri: string, headers: HeaderInit): SipResponse {
    const first = this.exchange(method, uri, headers);
    if (first.status !== 401) return first;
    const challenges = first.headers('www-authenticate');
    const authorization = this.init.digest.answer({ method, uri, challenges });
    return this.exchange(method, uri, { ...headers, authorization });
  }

  /** A REGISTER that came through a proxy: the phone's Via lies below the proxy's. */
  throughProxy(headers: HeaderInit): SipResponse {
    this.isBehindProxy = true;
    const response = this.register(headers);
    this.isBehindProxy = false;
    return response;
  }

  /** One request as it is, and its final response. */
  exchange(method: string, uri: string, headers: HeaderInit): SipResponse {
    this.sequence += 1;
    let final: SipResponse | undefined;
    const request = createRequest({
      method,
      uri,
      headers: {
        from: `<${this.aor}>;tag=phone`,
        to: `<${uri}>`,
        'call-id': `call of ${this.init.address}`.replaceAll(' ', '-'),
        cseq: `${this.sequence} ${method}`,
        ...headers,
      },
    });
    if (this.isBehindProxy) {
      final = this.relay(request);
    } else {
      this.layer.request(request, this.flow, {
        onResponse: (response) => {
          if (response.status >= 200) final ??= response;
        },
        onFailure: () => undefined,
      });
      this.init.house.network.advance(50);
    }
    if (!final) throw new Error(`no answer to ${method}`);
    return final;
  }

  /** As a proxy at the phone's address passes it on. */
  private relay(request: SipRequest): SipResponse {
    const branch = `z9hG4bK${this.sequence}`;
    const via = [`SIP/2.0/UDP proxy;branch=${branch}p`, `SIP/2.0/UDP 10.0.0.9;branch=${branch}`];
    const { local, remote } = this.flow;
    const { house } = this.init;
    house.receive(serialize(request.withHeaders({ via })), {
      ...this.flow,
      local: remote,
      remote: local,
    });
    house.network.advance(50);
    const bytes = Buffer.from(house.network.log.at(-1) ?? '', 'latin1');
    const parsed = parseMessage(bytes, this.flow.transport);
    if (!parsed.ok || parsed.message.kind !== 'response') throw new Error('no response');
    return parsed.message;
  }
}
