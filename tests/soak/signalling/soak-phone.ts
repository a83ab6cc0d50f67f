import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { systemClock } from '@/lib/core/clock';
import { createDigestClient } from '@/lib/protocol/digest/client';
import { createRequest } from '@/lib/protocol/sip/build';
import { Dialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { type AnswerRetransmission, retransmitAnswer } from '@/lib/protocol/sip/retransmit-answer';
import type { TimerWheel } from '@/lib/protocol/sip/timers';
import type { ClientTransaction, ServerTransaction } from '@/lib/protocol/sip/transaction';
import { createTransactionLayer } from '@/lib/protocol/sip/transaction-layer';
import type { Endpoint, Flow } from '@/lib/protocol/sip/transport';
import { audioSdp } from '@/tests/support/wire/message';

const token = (): string => randomBytes(8).toString('hex');
const hashOf = (name: string, text: string) => createHash(name).update(text).digest('hex');
const SDP_TYPE = 'application/sdp';

export interface SoakPhoneOptions {
  readonly user: string;
  readonly domain: string;
  readonly secret: string;
  readonly server: Endpoint;
  readonly timers: TimerWheel;
  /** What to do with a call that comes in: take it, refuse it, or let it ring. */
  readonly decide: () => 'answer' | 'busy' | 'ring';
  readonly onError: (error: unknown) => void;
}

/** How a call that a phone placed came to its end. */
export type CallOutcome = 'talked' | 'cancelled' | 'refused' | 'failed' | 'ended by the other side';

/** What a caller does. */
export interface CallScript {
  readonly number: string;
  /** How long it talks once answered. */
  readonly talkMs: number;
  /** Gives up after that long if nobody answered; null waits. */
  readonly patienceMs: number | null;
  /** Puts the call on hold in its middle. */
  readonly hold: boolean;
}

/** A request outside dialogs. */
interface Outside {
  readonly method: string;
  readonly uri: string;
  readonly sequence: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Talk {
  readonly dialog: Dialog;
  onBye: () => void;
  repetition?: AnswerRetransmission;
}

/**
 * A phone with proper transactions of its own (it repeats what is lost), for hours of ordinary calls
 * over a bad network.
 */
export class SoakPhone {
  private readonly options: SoakPhoneOptions;
  private readonly socket: Socket;
  private readonly flow: Flow;
  private readonly layer;
  private readonly talks = new Map<string, Talk>();
  private readonly digest;

  private constructor(options: SoakPhoneOptions, socket: Socket) {
    this.options = options;
    this.socket = socket;
    const { user, domain, secret, server } = options;
    const identity = `${user}:${domain}:${secret}`;
    const ha1 = { md5: hashOf('md5', identity), sha256: hashOf('sha256', identity) };
    const credentials = { username: user, realm: domain, ha1 };
    this.digest = createDigestClient(credentials, token);
    const local = { address: '127.0.0.1', port: socket.address().port };
    this.flow = { transport: 'udp', local, remote: server };
    this.layer = createTransactionLayer({
      transport: {
        send: (bytes) => {
          socket.send(bytes, server.port, server.address);
          return true;
        },
      },
      timers: options.timers,
      clock: systemClock,
      randomToken: token,
      users: {
        onRequest: (transaction, request) => this.requested(transaction, request),
        onAck: (request) => this.talks.get(request.toTag)?.repetition?.stop(),
        onStrayResponse: () => undefined,
        onError: options.onError,
      },
    });
    socket.on('message', (bytes) => this.layer.receive(bytes, this.flow));
  }

  static async open(options: SoakPhoneOptions): Promise<SoakPhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new SoakPhone(options, socket);
  }

  get talking(): number {
    return this.talks.size;
  }

  close(): void {
    this.layer.stop();
    this.socket.close();
  }

  /** Registers; false where it was refused. */
  async register(): Promise<boolean> {
    const { domain } = this.options;
    const response = await this.ask('REGISTER', `sip:${domain}`, { expires: '600' });
    return response?.status === 200;
  }

  /** Places a call and sees it to its end. */
  async call(script: CallScript): Promise<CallOutcome> {
    const { domain } = this.options;
    const started = await this.invite(`sip:${script.number}@${domain}`, script.patienceMs);
    if (typeof started === 'string') return started;
    const dialog = started;
    const talk: Talk = { dialog, onBye: () => undefined };
    this.talks.set(dialog.localTag, talk);
    const ended = new Promise<CallOutcome>((resolve) => {
      talk.onBye = () => resolve('ended by the other side');
    });
    if (script.hold) {
      this.options.timers.after(script.talkMs / 2, () => this.reinvite(dialog));
    }
    const talked = this.after(script.talkMs).then(async (): Promise<CallOutcome> => {
      if (!this.talks.delete(dialog.localTag)) return 'ended by the other side';
      const bye = await this.send(dialog.request('BYE'));
      return bye === null ? 'failed' : 'talked';
    });
    return await Promise.race([ended, talked]);
  }

  private after(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.options.timers.after(delayMs, resolve));
  }

  private contact(): string {
    return `<sip:${this.options.user}@127.0.0.1:${this.flow.local.port}>`;
  }

  private first(request: Outside): SipRequest {
    const { user, domain } = this.options;
    const { method, uri, sequence, headers } = request;
    const to = method === 'REGISTER' ? `<sip:${user}@${domain}>` : `<${uri}>`;
    return createRequest({
      method,
      uri,
      headers: {
        'max-forwards': '70',
        from: headers['from'] ?? '',
        to,
        'call-id': headers['call-id'] ?? '',
        cseq: `${sequence} ${method}`,
        contact: this.contact(),
        ...headers,
      },
      ...(method === 'INVITE' ? { body: Buffer.from(audioSdp(41_000)) } : {}),
    });
  }

  private identity(): Record<string, string> {
    const { user, domain } = this.options;
    return { from: `<sip:${user}@${domain}>;tag=${token()}`, 'call-id': token() };
  }

  /** A request outside dialogs, its challenge answered. */
  private async ask(method: string, uri: string, extra: Record<string, string>) {
    const headers = { ...this.identity(), ...extra };
    const first = await this.send(this.first({ method, uri, sequence: 1, headers }));
    if (first?.status !== 401) return first;
    const authorization = this.authorize(first, method, uri);
    return await this.send(
      this.first({ method, uri, sequence: 2, headers: { ...headers, authorization } }),
    );
  }

  private authorize(challenge: SipResponse, method: string, uri: string): string {
    const challenges = challenge.headers('www-authenticate');
    return this.digest.answer({ method, uri, challenges }) ?? '';
  }

  private send(request: SipRequest): Promise<SipResponse | null> {
    return new Promise((resolve) => {
      this.layer.request(request, this.flow, {
        onResponse: (response) => {
          if (response.status >= 200) resolve(response);
        },
        onFailure: () => resolve(null),
      });
    });
  }

  private async invite(uri: string, patienceMs: number | null): Promise<Dialog | CallOutcome> {
    const headers = { ...this.identity(), 'content-type': SDP_TYPE };
    const first = await this.send(this.first({ method: 'INVITE', uri, sequence: 1, headers }));
    if (first === null) return 'failed';
    if (first.status !== 401) return 'refused';
    const authorization = this.authorize(first, 'INVITE', uri);
    const request = this.first({
      method: 'INVITE',
      uri,
      sequence: 2,
      headers: { ...headers, authorization },
    });
    return await new Promise<Dialog | CallOutcome>((resolve) => {
      let gaveUp = false;
      const acknowledged = new Map<string, Dialog>();
      const transaction: ClientTransaction = this.layer.request(request, this.flow, {
        onResponse: (response) => {
          if (response.status < 200) return;
          if (response.status >= 300) {
            resolve(gaveUp ? 'cancelled' : 'refused');
            return;
          }
          const key = response.toTag;
          const dialog =
            acknowledged.get(key) ?? Dialog.uac(transaction.request, response, this.flow);
          if (!dialog) return;
          const isNew = !acknowledged.has(key);
          acknowledged.set(key, dialog);
          if (isNew) dialog.receiveResponse(response);
          this.layer.send(dialog.ack(response.cseq.sequence), this.flow);
          if (!isNew) return;
          if (gaveUp) {
            // It answered while our CANCEL was on its way.
            this.send(dialog.request('BYE')).then(() => resolve('cancelled'), this.options.onError);
          } else resolve(dialog);
        },
        onFailure: () => resolve('failed'),
      });
      if (patienceMs === null) return;
      this.options.timers.after(patienceMs, () => {
        if (acknowledged.size > 0) return;
        gaveUp = true;
        transaction.cancel();
      });
    });
  }

  private reinvite(dialog: Dialog): void {
    if (!this.talks.has(dialog.localTag)) return;
    const request = dialog.request('INVITE', {
      headers: { contact: this.contact(), 'content-type': SDP_TYPE },
      body: Buffer.from(audioSdp(41_000, 'sendonly', 2)),
    });
    this.layer.request(request, this.flow, {
      onResponse: (response) => {
        if (response.status < 200 || response.status >= 300) return;
        this.layer.send(dialog.ack(response.cseq.sequence), this.flow);
      },
      onFailure: () => undefined,
    });
  }

  private requested(transaction: ServerTransaction, request: SipRequest): void {
    if (request.toTag !== '') {
      this.requestedInDialog(transaction, request);
      return;
    }
    if (request.method !== 'INVITE') {
      transaction.respond(request.method === 'OPTIONS' ? 200 : 405);
      return;
    }
    const decision = this.options.decide();
    if (decision === 'busy') {
      transaction.respond(486);
      return;
    }
    const dialog = Dialog.uas(transaction);
    if (!dialog) {
      transaction.respond(400);
      return;
    }
    const headers = { contact: this.contact() };
    transaction.onCancel = () => transaction.respond(487);
    transaction.respond(180, undefined, { headers });
    if (decision === 'ring') return;
    this.options.timers.after(20, () => {
      if ((transaction.status ?? 0) >= 200) return;
      const body = Buffer.from(audioSdp(41_002));
      transaction.respond(200, 'OK', { headers: { ...headers, 'content-type': SDP_TYPE }, body });
      dialog.confirm();
      this.talks.set(dialog.localTag, this.answered(transaction, dialog));
    });
  }

  private answered(transaction: ServerTransaction, dialog: Dialog): Talk {
    const repetition = retransmitAnswer(transaction, {
      timers: this.options.timers,
      onGiveUp: () => this.talks.delete(dialog.localTag),
    });
    return { dialog, repetition, onBye: () => repetition.stop() };
  }

  private requestedInDialog(transaction: ServerTransaction, request: SipRequest): void {
    const key = request.toTag;
    const talk = this.talks.get(key);
    if (!talk) {
      transaction.respond(481);
      return;
    }
    const verdict = talk.dialog.receiveRequest(request);
    if (!verdict.ok) {
      transaction.respond(verdict.status);
      return;
    }
    if (request.method === 'BYE') {
      transaction.respond(200);
      this.talks.delete(key);
      talk.onBye();
      return;
    }
    if (request.method === 'INVITE' || request.method === 'UPDATE') {
      const hasOffer = request.body.length > 0;
      transaction.respond(200, 'OK', {
        headers: { contact: this.contact(), ...(hasOffer ? { 'content-type': SDP_TYPE } : {}) },
        ...(hasOffer ? { body: Buffer.from(audioSdp(41_002, 'recvonly', 2)) } : {}),
      });
      if (request.method === 'INVITE') {
        talk.repetition?.stop();
        talk.repetition = retransmitAnswer(transaction, {
          timers: this.options.timers,
          onGiveUp: () => undefined,
        });
      }
      return;
    }
    transaction.respond(200);
  }
}
