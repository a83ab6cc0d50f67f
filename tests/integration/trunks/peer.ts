import { createHash, randomBytes } from 'node:crypto';
import { systemClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { silentLogger } from '@/lib/infra/log';
import { createDigestClient } from '@/lib/protocol/digest/client';
import { createDigestServer } from '@/lib/protocol/digest/server';
import { createRequest } from '@/lib/protocol/sip/build';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { TimerWheel } from '@/lib/protocol/sip/timers';
import type { ServerTransaction, TransactionLayer } from '@/lib/protocol/sip/transaction';
import { createTransactionLayer } from '@/lib/protocol/sip/transaction-layer';
import { createEdge } from '@/lib/switch/edge/edge';
import type { Edge } from '@/lib/switch/edge/types';

export interface Credentials {
  readonly username: string;
  readonly realm: string;
  readonly secret: string;
}

const token = () => randomBytes(8).toString('hex');
const ha1 = ({ username, realm, secret }: Credentials) => {
  const of = (hash: 'md5' | 'sha256') =>
    createHash(hash).update(`${username}:${realm}:${secret}`).digest('hex');
  return { md5: of('md5'), sha256: of('sha256') };
};

/** Somebody at the other end of a trunk, over real UDP: a carrier or a PBX. */
export class Peer {
  readonly requests: SipRequest[] = [];
  /** What it does with a request; 200 unless told otherwise. */
  answer: (transaction: ServerTransaction, request: SipRequest) => void = (transaction) =>
    transaction.respond(200);
  private readonly wheel = new TimerWheel({
    monotonicMs: () => systemClock.monotonicMs(),
    onError: () => undefined,
  });
  private readonly edge: Edge;
  private readonly layer: TransactionLayer;
  private readonly digest = createDigestServer({ secret: randomBytes(32), clock: systemClock });
  private readonly address: string;
  private sequence = 0;

  private constructor(address: string) {
    this.address = address;
    this.edge = createEdge({
      listen: { udp: { host: address, port: 0 } },
      exempt: ['127.0.0.0/8'],
      log: silentLogger,
      clock: systemClock,
      newId,
      onMessages: (batch) => this.layer.receiveBatch(batch),
      onFlowClosed: () => undefined,
    });
    this.layer = createTransactionLayer({
      transport: this.edge,
      timers: this.wheel,
      clock: systemClock,
      randomToken: token,
      users: {
        onRequest: (transaction, request) => {
          this.requests.push(request);
          this.answer(transaction, request);
        },
        onAck: () => undefined,
        onStrayResponse: () => undefined,
        onError: () => undefined,
      },
    });
  }

  static async at(address: string): Promise<Peer> {
    const peer = new Peer(address);
    await peer.edge.start();
    peer.wheel.start();
    return peer;
  }

  get port(): number {
    return this.edge.addresses().udp[0]?.port ?? 0;
  }

  /** Requests of a method, in order. */
  of(method: string): readonly SipRequest[] {
    return this.requests.filter((request) => request.method === method);
  }

  /** Challenges until a request proves these credentials; then `admitted`. */
  demand(
    credentials: Credentials,
    admitted: (transaction: ServerTransaction, request: SipRequest) => void,
  ): void {
    const source = '127.0.0.1';
    this.answer = (transaction, request) => {
      const verdict = this.digest.verify(
        {
          method: request.method,
          uri: request.uri,
          authorization: request.headers('authorization'),
        },
        {
          realm: credentials.realm,
          source,
          lookUp: (username) => (username === credentials.username ? ha1(credentials) : undefined),
        },
      );
      if (verdict.ok) admitted(transaction, request);
      else {
        const challenge = this.digest.challenge(credentials.realm, { source });
        transaction.respond(401, undefined, { headers: { 'www-authenticate': challenge } });
      }
    };
  }

  /** Sends a request outside any dialog; with credentials it answers one challenge. */
  async ask(
    method: string,
    to: {
      readonly port: number;
      readonly uri: string;
      readonly from?: string;
      readonly to?: string;
    },
    init: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Buffer;
      readonly credentials?: Credentials;
      readonly callId?: string;
    } = {},
  ): Promise<SipResponse> {
    const callId = init.callId ?? token();
    const from = `<${to.from ?? to.uri}>;tag=${token()}`;
    const send = (headers: Readonly<Record<string, string>>) => {
      this.sequence += 1;
      const request = createRequest({
        method,
        uri: to.uri,
        headers: {
          from,
          to: `<${to.to ?? to.uri}>`,
          'call-id': callId,
          cseq: `${this.sequence} ${method}`,
          contact: `<sip:peer@${this.address}:${this.port}>`,
          ...init.headers,
          ...headers,
          ...(init.body ? { 'content-type': 'application/sdp' } : {}),
        },
        ...(init.body ? { body: init.body } : {}),
      });
      return this.send(request, to.port);
    };
    const first = await send({});
    if (first.status !== 401 || !init.credentials) return first;
    const client = createDigestClient({ ...init.credentials, ha1: ha1(init.credentials) }, token);
    const challenges = first.headers('www-authenticate');
    const authorization = client.answer({ method, uri: to.uri, challenges });
    return authorization === undefined ? first : await send({ authorization });
  }

  async close(): Promise<void> {
    this.layer.stop();
    this.wheel.stop();
    await this.edge.stop();
  }

  private send(request: SipRequest, port: number): Promise<SipResponse> {
    const flow = this.edge.flowTo({ transport: 'udp', remote: { address: '127.0.0.1', port } });
    return new Promise((resolve, reject) => {
      if (!flow) throw new Error('no flow');
      this.layer.request(request, flow, {
        onResponse: (response) => {
          if (response.status >= 200) resolve(response);
        },
        onFailure: (failure) => reject(new Error(failure)),
      });
    });
  }
}
