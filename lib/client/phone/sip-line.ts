import {
  type Invitation,
  Inviter,
  Registerer,
  RequestPendingError,
  type Session,
  SessionState,
  type URI,
  UserAgent,
  Web,
} from 'sip.js';
import type { IncomingResponse } from 'sip.js/lib/core';
import type { SessionDescriptionHandler } from 'sip.js/lib/platform/web';
import type { WireBrowserCredential } from '@/lib/services/extensions/schemas';
import { type EndReason, endReasonOf, type Peer, peerName } from './calls';
import { openMicrophone, voiceConstraints } from './device-choice';
import type { Line, LineCall, LineCallHandlers, LineHandlers, OpenLine } from './line';
import { countersOf, type HeardCounters } from './quality';

/** Renewed long before; a tab that is closed is forgotten within five minutes. */
const REGISTRATION_SECONDS = 300;
/** The switch is a public host: candidates of our own address are there at once. */
const ICE_GATHERING_MS = 500;
/** How often a new offer is made that collided with one of the other side, and how far apart. */
const MAX_OFFERS = 4;
const GLARE_MS = 500;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** The library is named: it takes a challenge by MD5 alone (lib/protocol/digest/challenge-policy). */
const USER_AGENT = 'Browser phone (SIP.js/0.21)';
const NOBODY: LineCallHandlers = {
  rings: () => undefined,
  heardEarly: () => undefined,
  answered: () => undefined,
  ended: () => undefined,
  heard: () => undefined,
};

/** The web handler, where the session has one. */
function mediaOf(session: Session): SessionDescriptionHandler | undefined {
  return session.sessionDescriptionHandler as SessionDescriptionHandler | undefined;
}

function peerOf(uri: URI, displayName: string | undefined): Peer {
  return { number: uri.user ?? uri.host, name: peerName(displayName) };
}

/** What the microphone is asked for; sip.js passes it through. */
function handlerOptions(): object {
  return { constraints: voiceConstraints() };
}

/** How media is set up, with the relays that are there now. */
function mediaOptions({ iceServers }: WireBrowserCredential): object {
  return {
    iceGatheringTimeout: ICE_GATHERING_MS,
    peerConnectionConfiguration: { iceServers, bundlePolicy: 'max-bundle' },
  };
}

class SipCall implements LineCall {
  readonly id: string;
  readonly peer: Peer;
  readonly session: Session;
  handlers = NOBODY;
  private reason: EndReason = 'hung_up';
  private isMuted = false;
  private isHeld = false;
  private readonly addressOf: (number: string) => URI;

  constructor(session: Session, peer: Peer, addressOf: (number: string) => URI) {
    this.id = session.id;
    this.session = session;
    this.peer = peer;
    this.addressOf = addressOf;
    session.stateChange.addListener((state) => this.changed(state));
  }

  /** A final answer that was no 200. */
  refused(status: number): void {
    this.reason = endReasonOf(status);
  }

  failed(error: unknown): void {
    const isDenied = error instanceof DOMException && error.name.startsWith('Not');
    this.reason = isDenied ? 'no_microphone' : 'failed';
    if (this.session.state === SessionState.Initial) this.handlers.ended(this.reason);
  }

  async accept(): Promise<void> {
    try {
      await (this.session as Invitation).accept({
        sessionDescriptionHandlerOptions: handlerOptions(),
      });
    } catch (error) {
      this.failed(error);
      // Where the browser refuses before anything was said, the caller is still waiting.
      const isOpen = this.session.state === SessionState.Initial;
      if (isOpen) await (this.session as Invitation).reject({ statusCode: 480 });
    }
  }

  async end(): Promise<void> {
    const { session } = this;
    switch (session.state) {
      case SessionState.Initial:
      case SessionState.Establishing:
        if (session instanceof Inviter) await session.cancel();
        else await (session as Invitation).reject({ statusCode: 603 });
        return;
      case SessionState.Established:
        await session.bye();
        return;
      default:
    }
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.speak();
  }

  async hold(isHeld: boolean): Promise<void> {
    const before = this.isHeld;
    this.isHeld = isHeld;
    // At once: whoever is held hears nothing of the room from here on, whatever becomes of the offer.
    this.speak();
    try {
      await this.offerHold(isHeld);
    } catch (error) {
      this.isHeld = before;
      this.speak();
      throw error;
    }
    // The connection may have other tracks than before.
    this.speak();
  }

  /** What the microphone hears goes out, or silence. */
  private speak(): void {
    mediaOf(this.session)?.enableSenderTracks(!this.isMuted && !this.isHeld);
  }

  /** Both sides may offer at once: then the same is said again a little later (RFC 3261 §14.1). */
  private async offerHold(isHeld: boolean): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.offerOnce(isHeld);
        return;
      } catch (error) {
        if (!(error instanceof RequestPendingError) || tries === MAX_OFFERS) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, GLARE_MS * (1 + Math.random())));
    }
  }

  private async offerOnce(isHeld: boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const options: object = { hold: isHeld, ...handlerOptions() };
      this.session.sessionDescriptionHandlerOptionsReInvite = options;
      const requestDelegate = {
        onAccept: () => resolve(),
        onReject: ({ message }: IncomingResponse) => {
          const isGlare = message.statusCode === 491;
          reject(isGlare ? new RequestPendingError() : new Error('the other side refused'));
        },
      };
      this.session.invite({ requestDelegate }).catch(reject);
    });
  }

  sendDigit(digit: string): boolean {
    return mediaOf(this.session)?.sendDtmf(digit) ?? false;
  }

  async heard(): Promise<HeardCounters | null> {
    const connection = mediaOf(this.session)?.peerConnection;
    return connection ? countersOf(await connection.getStats()) : null;
  }

  /**
   * The way to the switch has changed: a new offer finds another for the voice (ICE restart, RFC 8445 §9)
   * and tells the switch where we are now. Refused or unanswered, the call stays as it is.
   */
  async findNewWay(): Promise<void> {
    if (this.session.state !== SessionState.Established) return;
    const options: object = {
      hold: this.isHeld,
      ...handlerOptions(),
      offerOptions: { iceRestart: true },
    };
    this.session.sessionDescriptionHandlerOptionsReInvite = options;
    await this.session.invite();
    this.speak();
  }

  async changeMicrophone(): Promise<void> {
    const sender = mediaOf(this.session)
      ?.peerConnection?.getSenders()
      .find(({ track }) => track?.kind === 'audio');
    const before = sender?.track;
    if (!sender || !before) return;
    const stream = await openMicrophone();
    const [track] = stream.getAudioTracks();
    if (!track) return;
    await sender.replaceTrack(track);
    this.speak();
    before.stop();
  }

  async transferTo(target: string): Promise<void> {
    await this.refer(this.addressOf(target));
  }

  async joinWith(other: LineCall): Promise<void> {
    if (!(other instanceof SipCall)) throw new Error('a call of another line');
    await this.refer(other.session);
  }

  private async refer(to: URI | Session): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const requestDelegate = {
        onAccept: () => resolve(),
        onReject: () => reject(new Error('the transfer was refused')),
      };
      this.session.refer(to, { requestDelegate }).catch(reject);
    });
  }

  private changed(state: SessionState): void {
    if (state === SessionState.Established) {
      const stream = mediaOf(this.session)?.remoteMediaStream;
      if (stream) this.handlers.heard(stream);
      this.handlers.answered();
    }
    // The answer that ended it is told after its end.
    if (state === SessionState.Terminated) setTimeout(() => this.handlers.ended(this.reason), 0);
  }
}

class SipLine implements Line {
  private readonly handlers: LineHandlers;
  private readonly agent: UserAgent;
  private readonly registerer: Registerer;
  private readonly domain: string;
  private retryMs = FIRST_RETRY_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;
  private wasLost = false;
  private readonly calls = new Set<SipCall>();

  constructor(credential: WireBrowserCredential, handlers: LineHandlers) {
    this.handlers = handlers;
    this.domain = credential.domain;
    this.agent = new UserAgent({
      uri: this.addressOf(credential.extension.number),
      displayName: credential.extension.name,
      authorizationUsername: credential.username,
      authorizationPassword: credential.secret,
      transportOptions: { server: credential.webSocketUrls[0] ?? '', keepAliveInterval: 20 },
      logBuiltinEnabled: false,
      userAgentString: USER_AGENT,
      noAnswerTimeout: 120,
      sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(openMicrophone),
      sessionDescriptionHandlerFactoryOptions: mediaOptions(credential),
      delegate: {
        onConnect: () => this.connected(),
        onDisconnect: () => this.disconnected(),
        onInvite: (invitation) => this.invited(invitation),
      },
    });
    this.registerer = new Registerer(this.agent, { expires: REGISTRATION_SECONDS });
    this.connect();
  }

  dial(number: string, callAs: string | null): LineCall {
    const target = this.addressOf(number);
    const inviter = new Inviter(this.agent, target, {
      earlyMedia: true,
      // RFC 3325 §9.2; the switch shows it where it is this tenant's.
      extraHeaders:
        callAs === null ? [] : [`P-Preferred-Identity: <${this.addressOf(callAs).toString()}>`],
      sessionDescriptionHandlerOptions: handlerOptions(),
    });
    const call = new SipCall(inviter, peerOf(target, undefined), (to) => this.addressOf(to));
    const requestDelegate = {
      onProgress: ({ message }: IncomingResponse) => {
        const stream = mediaOf(inviter)?.remoteMediaStream;
        if (stream) call.handlers.heard(stream);
        if (message.body !== '') call.handlers.heardEarly();
        if ((message.statusCode ?? 0) > 100) call.handlers.rings();
      },
      onReject: ({ message }: IncomingResponse) => call.refused(message.statusCode ?? 0),
    };
    inviter.invite({ requestDelegate }).catch((error: unknown) => call.failed(error));
    return this.keep(call);
  }

  renew(credential: WireBrowserCredential): void {
    const { username, secret } = credential;
    const { configuration } = this.agent;
    configuration.sessionDescriptionHandlerFactoryOptions = mediaOptions(credential);
    configuration.authorizationUsername = username;
    configuration.authorizationPassword = secret;
  }

  reconnect(): void {
    clearTimeout(this.retry);
    if (!this.agent.isConnected()) this.connect();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.retry);
    try {
      if (this.agent.isConnected()) await this.registerer.unregister();
    } finally {
      await this.agent.stop();
    }
  }

  private addressOf(number: string): URI {
    const uri = UserAgent.makeURI(`sip:${encodeURIComponent(number)}@${this.domain}`);
    if (!uri) throw new Error(`not a number: ${number}`);
    return uri;
  }

  private keep(call: SipCall): SipCall {
    this.calls.add(call);
    call.session.stateChange.addListener((state) => {
      if (state === SessionState.Terminated) this.calls.delete(call);
    });
    return call;
  }

  private connect(): void {
    this.handlers.onState('connecting');
    const start = this.agent.isConnected() ? Promise.resolve() : this.agent.start();
    start.catch(() => this.disconnected());
  }

  private connected(): void {
    this.retryMs = FIRST_RETRY_MS;
    const requestDelegate = {
      // Told here, for a registration that is made anew after a loss is no change to the library.
      onAccept: () => this.handlers.onState('ready'),
      onReject: ({ message }: IncomingResponse) =>
        this.handlers.onState(message.statusCode === 403 ? 'refused' : 'lost'),
    };
    this.registerer.register({ requestDelegate }).catch(() => this.handlers.onState('lost'));
    if (!this.wasLost) return;
    this.wasLost = false;
    for (const call of this.calls) call.findNewWay().catch(() => undefined);
  }

  private disconnected(): void {
    if (this.isClosed) return;
    this.wasLost = true;
    this.handlers.onState('lost');
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      this.handlers.onState('connecting');
      this.agent.reconnect().catch(() => this.disconnected());
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private invited(invitation: Invitation): void {
    const { remoteIdentity } = invitation;
    const peer = peerOf(remoteIdentity.uri, remoteIdentity.displayName);
    const call = new SipCall(invitation, peer, (to) => this.addressOf(to));
    invitation.delegate = { onCancel: () => call.refused(487) };
    this.handlers.onIncoming(this.keep(call));
  }
}

/** A line by SIP over WebSocket (RFC 7118), its media by WebRTC. */
export const openSipLine: OpenLine = (credential, handlers) => new SipLine(credential, handlers);
