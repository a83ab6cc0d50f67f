import { randomBytes } from 'node:crypto';
import { eventually } from '@/tests/support/eventually';
import {
  answerDigest,
  headerOf,
  readMessage,
  tagOf,
  uriIn,
  type WireHeaders,
  type WireMessage,
  writeMessage,
} from './message';
import { openWire, type Wire, type WireTransport } from './wire';

export interface WirePhoneOptions {
  readonly user: string;
  readonly domain: string;
  readonly secret: string;
  /** The user of its digests, where that is another one. */
  readonly authUser?: string;
  readonly server: string;
  readonly transport?: WireTransport;
  readonly localAddress?: string;
  readonly localPort?: number;
}

/** A dialog as the phone keeps it. */
export interface WireDialog {
  readonly callId: string;
  /** From of our requests, tag and all. */
  readonly ours: string;
  readonly theirs: string;
  readonly target: string;
  sequence: number;
}

export interface WireRequest {
  readonly method: string;
  readonly uri: string;
  readonly to?: string;
  readonly from?: string;
  readonly callId?: string;
  readonly sequence?: number;
  readonly headers?: WireHeaders;
  readonly body?: string;
  readonly branch?: string;
}

const token = (): string => randomBytes(6).toString('hex');
const SDP = ['Content-Type', 'application/sdp'] as const;

/**
 * A phone of which every message can be told apart and left out: for what no ordinary client does
 * on request (glare, silence, a lost ACK). It sends nothing by itself.
 */
export class WirePhone {
  readonly options: WirePhoneOptions;
  /** All that came in, the oldest first. */
  readonly heard: WireMessage[] = [];
  /** Whether its stream was ended by the switch. */
  isClosed = false;
  private readonly taken = new Set<WireMessage>();
  private readonly wire: Wire;

  private constructor(options: WirePhoneOptions, wire: Wire) {
    this.options = options;
    this.wire = wire;
  }

  static async open(options: WirePhoneOptions): Promise<WirePhone> {
    let phone: WirePhone | undefined;
    const { transport = 'udp', server, localAddress, localPort } = options;
    const wire = await openWire({
      transport,
      server,
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(localPort === undefined ? {} : { localPort }),
      onMessage: (text) => phone?.heard.push(readMessage(text)),
      onClosed: () => {
        if (phone) phone.isClosed = true;
      },
    });
    phone = new WirePhone(options, wire);
    return phone;
  }

  get identity(): string {
    return `sip:${this.options.user}@${this.options.domain}`;
  }

  get contact(): string {
    const { transport } = this.wire;
    return `<sip:${this.options.user}@${this.wire.local};transport=${transport}>`;
  }

  /** Sends bytes as they are. */
  sendRaw(text: string): void {
    this.wire.send(text);
  }

  /** Waits for the next message that fits and was not waited for before. */
  async next(fits: (message: WireMessage) => boolean, withinMs = 8_000): Promise<WireMessage> {
    const find = () => this.heard.find((message) => !this.taken.has(message) && fits(message));
    await eventually(() => find() !== undefined, withinMs).catch((cause: unknown) => {
      const told = this.heard.map(({ start }) => start).join('\n');
      throw new Error(`${this.options.user} heard only:\n${told}`, { cause });
    });
    const found = find();
    if (!found) throw new Error('impossible');
    this.taken.add(found);
    return found;
  }

  /** Waits for a request. */
  async request(method: string, withinMs?: number): Promise<WireMessage> {
    return await this.next((message) => message.method === method, withinMs);
  }

  /** Waits for a final response to a request of ours. */
  async response(method: string, sequence: number, withinMs?: number): Promise<WireMessage> {
    return await this.next(
      (message) =>
        (message.status ?? 0) >= 200 && headerOf(message, 'cseq') === `${sequence} ${method}`,
      withinMs,
    );
  }

  /** Writes a request and sends it; returns what was sent. */
  send(request: WireRequest): string {
    const { method, uri, body, headers = [] } = request;
    const via = `SIP/2.0/${this.wire.transport.toUpperCase()} ${this.wire.local};branch=${
      request.branch ?? `z9hG4bK${token()}`
    };rport`;
    const text = writeMessage(
      `${method} ${uri} SIP/2.0`,
      [
        ['Via', via],
        ['Max-Forwards', '70'],
        ['From', request.from ?? `<${this.identity}>;tag=${token()}`],
        ['To', request.to ?? `<${uri}>`],
        ['Call-ID', request.callId ?? token()],
        ['CSeq', `${request.sequence ?? 1} ${method}`],
        ['Contact', method === 'ACK' || method === 'BYE' ? undefined : this.contact],
        ...headers,
        ...(body === undefined ? [] : [SDP]),
      ],
      body,
    );
    this.wire.send(text);
    return text;
  }

  /** Sends a request, answers its challenge, and returns the final answer to the second try. */
  async ask(
    request: WireRequest,
    withinMs?: number,
  ): Promise<{ reply: WireMessage; sent: WireRequest }> {
    const whole = {
      ...request,
      from: request.from ?? `<${this.identity}>;tag=${token()}`,
      callId: request.callId ?? token(),
      sequence: request.sequence ?? 1,
    };
    this.send({ ...whole, branch: `z9hG4bKfirst${whole.callId}` });
    const first = await this.response(whole.method, whole.sequence, withinMs);
    if (first.status !== 401) return { reply: first, sent: whole };
    if (whole.method === 'INVITE') this.ackRefusal(first, whole, `z9hG4bKfirst${whole.callId}`);
    const sent = {
      ...whole,
      sequence: whole.sequence + 1,
      headers: [...(whole.headers ?? []), ['Authorization', this.authorize(first, whole)] as const],
    };
    this.send({ ...sent, branch: `z9hG4bKsecond${whole.callId}` });
    return { reply: await this.response(whole.method, sent.sequence, withinMs), sent };
  }

  async register(expiresSeconds = 300): Promise<WireMessage> {
    const { reply } = await this.ask({
      method: 'REGISTER',
      uri: `sip:${this.options.domain}`,
      to: `<${this.identity}>`,
      headers: [['Expires', String(expiresSeconds)]],
    });
    return reply;
  }

  /** Calls, waits for the answer and acknowledges it. Throws where it is refused. */
  async call(number: string, sdp: string, headers: WireHeaders = []): Promise<WireDialog> {
    const uri = `sip:${number}@${this.options.domain}`;
    const { reply, sent } = await this.ask({ method: 'INVITE', uri, body: sdp, headers });
    if (reply.status !== 200) throw new Error(`${number}: ${reply.start}`);
    const dialog: WireDialog = {
      callId: headerOf(reply, 'call-id'),
      ours: headerOf(reply, 'from'),
      theirs: headerOf(reply, 'to'),
      target: uriIn(headerOf(reply, 'contact')),
      sequence: sent.sequence ?? 1,
    };
    this.ack(dialog);
    return dialog;
  }

  /** Waits for an INVITE and takes it: 180, 200 with this answer. */
  async answer(sdp: string, headers: WireHeaders = []): Promise<WireDialog> {
    const invite = await this.request('INVITE');
    return this.accept(invite, sdp, headers);
  }

  /** Takes an INVITE that was waited for. */
  accept(invite: WireMessage, sdp: string, headers: WireHeaders = []): WireDialog {
    const ours = `${headerOf(invite, 'to')};tag=${token()}`;
    this.reply(invite, 180, { to: ours });
    this.reply(invite, 200, { to: ours, body: sdp, headers });
    return {
      callId: headerOf(invite, 'call-id'),
      ours,
      theirs: headerOf(invite, 'from'),
      target: uriIn(headerOf(invite, 'contact')),
      sequence: 100,
    };
  }

  /** Answers a request. */
  reply(
    request: WireMessage,
    status: number,
    init: { to?: string; body?: string; headers?: WireHeaders; reason?: string } = {},
  ): void {
    const vias = (request.headers.get('via') ?? []).map((via) => ['Via', via] as const);
    const to = init.to ?? headerOf(request, 'to');
    this.wire.send(
      writeMessage(
        `SIP/2.0 ${status} ${init.reason ?? 'Said'}`,
        [
          ...vias,
          ['From', headerOf(request, 'from')],
          ['To', tagOf(to) === '' && status > 100 ? `${to};tag=${token()}` : to],
          ['Call-ID', headerOf(request, 'call-id')],
          ['CSeq', headerOf(request, 'cseq')],
          ['Contact', this.contact],
          ...(init.headers ?? []),
          ...(init.body === undefined ? [] : [SDP]),
        ],
        init.body,
      ),
    );
  }

  /** Sends a request inside a dialog; returns its CSeq. */
  inDialog(
    dialog: WireDialog,
    method: string,
    init: { body?: string; headers?: WireHeaders } = {},
  ): number {
    dialog.sequence += 1;
    this.send({ ...this.within(dialog), method, sequence: dialog.sequence, ...init });
    return dialog.sequence;
  }

  /** Acknowledges the 2xx to the dialog's last INVITE. */
  ack(dialog: WireDialog, sequence = dialog.sequence): void {
    this.send({ ...this.within(dialog), method: 'ACK', sequence });
  }

  /** Says BYE and waits for the answer. */
  async hangUp(dialog: WireDialog): Promise<WireMessage> {
    const sequence = this.inDialog(dialog, 'BYE');
    return await this.response('BYE', sequence);
  }

  /** Waits for the other side's BYE and answers it. */
  async hungUp(withinMs?: number): Promise<WireMessage> {
    const bye = await this.request('BYE', withinMs);
    this.reply(bye, 200);
    return bye;
  }

  close(): void {
    this.wire.close();
  }

  private within(dialog: WireDialog): Pick<WireRequest, 'uri' | 'from' | 'to' | 'callId'> {
    return { uri: dialog.target, from: dialog.ours, to: dialog.theirs, callId: dialog.callId };
  }

  private authorize(challenge: WireMessage, request: WireRequest): string {
    const { user, authUser = user, secret } = this.options;
    return answerDigest({
      challenges: challenge.headers.get('www-authenticate') ?? [],
      user: authUser,
      secret,
      method: request.method,
      uri: request.uri,
    });
  }

  /** §17.1.1.3: hop by hop, under the INVITE's own branch. */
  private ackRefusal(refusal: WireMessage, invite: WireRequest, branch: string): void {
    this.send({
      method: 'ACK',
      uri: invite.uri,
      to: headerOf(refusal, 'to'),
      branch,
      ...(invite.from === undefined ? {} : { from: invite.from }),
      ...(invite.callId === undefined ? {} : { callId: invite.callId }),
      ...(invite.sequence === undefined ? {} : { sequence: invite.sequence }),
    });
  }
}
