import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createDigestClient } from '@/lib/protocol/digest/client';
import type { SipMessage, SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { parseMessage } from '@/lib/protocol/sip/parse';

const DEFAULT_WAIT_MS = 5_000;

/** What a request says beside the lines that every request has. */
export interface RawRequest {
  readonly method: string;
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
  /** Whole lines. */
  readonly lines?: readonly string[];
  readonly body?: string;
  /** Whole Via line, for those that lie in it. */
  readonly via?: string;
}

/** Who a phone is. */
export interface RawIdentity {
  readonly user: string;
  readonly domain: string;
  readonly secret: string;
}

/** Somebody of the lab, by tenant and number. */
export function labIdentity(tenant: 'acme' | 'birch' | 'cedar', user: string): RawIdentity {
  return { user, domain: `${tenant}.lab.test`, secret: `lab-${tenant}-${user}` };
}

function ha1Of(user: string, realm: string, secret: string) {
  const hash = (name: string) =>
    createHash(name).update(`${user}:${realm}:${secret}`).digest('hex');
  return { md5: hash('md5'), sha256: hash('sha256') };
}

let serial = 0;
const unique = (): string => {
  serial += 1;
  return `${process.pid.toString(36)}${serial.toString(36)}`;
};

/**
 * A UDP phone whose every byte a test can choose, at an address of its own: for attacks. It answers
 * what rings it the way `onRequest` says (200 to BYE, 180 and 200 to INVITE unless told otherwise).
 * For conversations over any transport there is wire/phone.ts, which does nothing by itself.
 */
export class RawPhone {
  readonly received: SipMessage[] = [];
  /** Set to see or answer requests; return true where it was dealt with. */
  onRequest: ((request: SipRequest) => boolean) | undefined;
  private readonly socket: Socket;
  private readonly server: number;
  private readonly identity: RawIdentity;
  private readonly waiting = new Set<() => void>();

  private constructor(socket: Socket, server: number, identity: RawIdentity) {
    this.socket = socket;
    this.server = server;
    this.identity = identity;
    socket.on('message', (bytes) => this.receive(bytes));
    socket.on('error', () => {});
  }

  static async open(server: number, address: string, identity: RawIdentity): Promise<RawPhone> {
    const socket = createSocket('udp4');
    socket.unref();
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new RawPhone(socket, server, identity);
  }

  close(): void {
    this.socket.close();
  }

  get address(): string {
    const { address, port } = this.socket.address();
    return `${address}:${port}`;
  }

  get contact(): string {
    return `<sip:${this.identity.user}@${this.address}>`;
  }

  /** The bytes of a request. */
  wire(request: RawRequest): string {
    const { user, domain } = this.identity;
    const { method, body = '' } = request;
    const via = request.via ?? `SIP/2.0/UDP ${this.address};rport;branch=z9hG4bK${unique()}`;
    return [
      `${method} ${request.uri ?? `sip:${domain}`} SIP/2.0`,
      `Via: ${via}`,
      'Max-Forwards: 70',
      `From: ${request.from ?? `<sip:${user}@${domain}>;tag=${unique()}`}`,
      `To: ${request.to ?? `<sip:${user}@${domain}>`}`,
      `Call-ID: ${request.callId ?? unique()}`,
      `CSeq: ${request.cseq ?? 1} ${method}`,
      `Contact: ${this.contact}`,
      ...(request.lines ?? []),
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
  }

  send(text: string | Buffer): void {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
    this.socket.send(bytes, this.server, '127.0.0.1');
  }

  /** The final response to a Call-ID and CSeq; undefined where none comes in time. */
  async final(callId: string, cseq: number, waitMs = DEFAULT_WAIT_MS): Promise<SipResponse> {
    const found = await this.find(
      (message): message is SipResponse =>
        message.kind === 'response' &&
        message.status >= 200 &&
        message.callId === callId &&
        message.cseq.sequence === cseq,
      waitMs,
    );
    if (found === undefined) throw new Error(`no final response to ${callId} ${cseq}`);
    return found;
  }

  /** The first message received, now or soon, that passes a test. */
  async find<M extends SipMessage>(
    test: (message: SipMessage) => message is M,
    waitMs = DEFAULT_WAIT_MS,
  ): Promise<M | undefined> {
    const until = Date.now() + waitMs;
    for (;;) {
      const found = this.received.find(test);
      if (found !== undefined) return found;
      const leftMs = until - Date.now();
      if (leftMs <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Sends a request, answers its challenge if it gets one; the final response. */
  async ask(request: RawRequest, secret = this.identity.secret): Promise<SipResponse> {
    const callId = request.callId ?? unique();
    const cseq = request.cseq ?? 1;
    const from =
      request.from ?? `<sip:${this.identity.user}@${this.identity.domain}>;tag=${unique()}`;
    const first = { ...request, callId, cseq, from };
    this.send(this.wire(first));
    const challenged = await this.final(callId, cseq);
    if (challenged.status !== 401) return challenged;
    if (request.method === 'INVITE') this.acknowledge(first, challenged);
    const line = this.authorization(request, challenged, secret);
    const second = { ...first, cseq: cseq + 1, lines: [...(request.lines ?? []), line] };
    this.send(this.wire(second));
    const answer = await this.final(callId, cseq + 1);
    if (request.method === 'INVITE' && answer.status >= 300) this.acknowledge(second, answer);
    return answer;
  }

  /** The Authorization line that answers a challenge. */
  authorization(request: RawRequest, challenged: SipResponse, secret: string): string {
    const { user, domain } = this.identity;
    const client = createDigestClient(
      { username: user, realm: domain, ha1: ha1Of(user, domain, secret) },
      unique,
    );
    const answered = client.answer({
      method: request.method,
      uri: request.uri ?? `sip:${domain}`,
      challenges: challenged.headers('www-authenticate'),
    });
    return `Authorization: ${answered}`;
  }

  async register(options: { secret?: string; lines?: readonly string[] } = {}): Promise<number> {
    const lines = options.lines ?? ['Expires: 300'];
    const response = await this.ask({ method: 'REGISTER', lines }, options.secret);
    return response.status;
  }

  /** An INVITE with an offer. */
  async invite(number: string, more: Partial<RawRequest> = {}): Promise<SipResponse> {
    const { domain } = this.identity;
    const uri = `sip:${number}@${domain}`;
    return await this.ask({ method: 'INVITE', uri, to: `<${uri}>`, body: this.sdp(), ...more });
  }

  /** What the next request inside the dialog of a 200 looks like, from the caller's side. */
  within(answer: SipResponse, method: string, cseq: number): RawRequest {
    const target = /<([^>]+)>/.exec(answer.header('contact') ?? '')?.[1] ?? '';
    return {
      method,
      uri: target,
      from: answer.header('from') ?? '',
      to: answer.header('to') ?? '',
      callId: answer.callId,
      cseq,
    };
  }

  respond(
    request: SipRequest,
    status: string,
    more: { readonly lines?: readonly string[]; readonly body?: string } = {},
  ): void {
    const body = more.body ?? '';
    const to = request.header('to') ?? '';
    this.send(
      [
        `SIP/2.0 ${status}`,
        ...request.headers('via').map((via) => `Via: ${via}`),
        `From: ${request.header('from')}`,
        `To: ${to}${to.includes('tag=') || status.startsWith('100') ? '' : `;tag=callee${this.address}`}`,
        `Call-ID: ${request.callId}`,
        `CSeq: ${request.header('cseq')}`,
        `Contact: ${this.contact}`,
        ...(more.lines ?? []),
        ...(body === '' ? [] : ['Content-Type: application/sdp']),
        `Content-Length: ${Buffer.byteLength(body)}`,
        '',
        body,
      ].join('\r\n'),
    );
  }

  sdp(): string {
    const [address = ''] = this.address.split(':');
    return [
      'v=0',
      `o=- 1 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      'm=audio 40000 RTP/AVP 8 0',
      'a=rtpmap:8 PCMA/8000',
      '',
    ].join('\r\n');
  }

  private acknowledge(invite: RawRequest, answer: SipResponse): void {
    const via = answer.headers('via')[0] ?? '';
    this.send(
      this.wire({
        ...invite,
        method: 'ACK',
        to: answer.header('to') ?? '',
        body: '',
        via: via.replace(/;rport=\d+/, ';rport').replace(/;received=[^;]+/, ''),
      }),
    );
  }

  private receive(bytes: Buffer): void {
    const parsed = parseMessage(bytes, 'udp');
    if (!parsed.ok) return;
    const { message } = parsed;
    this.received.push(message);
    for (const wake of [...this.waiting]) wake();
    this.waiting.clear();
    if (message.kind !== 'request' || this.onRequest?.(message) === true) return;
    if (message.method === 'INVITE') {
      this.respond(message, '180 Ringing');
      this.respond(message, '200 OK', { body: this.sdp() });
    } else if (message.method !== 'ACK') this.respond(message, '200 OK');
  }
}
