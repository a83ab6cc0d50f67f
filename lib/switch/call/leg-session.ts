import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import {
  answerSessionTimer,
  MIN_SE_SECONDS,
  SESSION_SECONDS,
  SessionTimer,
  type SessionVerdict,
  sessionAnswerHeaders,
  sessionRequestHeaders,
  settledSessionTerms,
} from '@/lib/protocol/sip/session-timer';
import type { TimerScheduler } from '@/lib/protocol/sip/timers';
import type { AskInit } from './leg-requests';
import type { PeerAbilities } from './peer-abilities';

/** How soon a refused refresh is tried again, where the peer does not say: it may be busy only. */
const REFRESH_AGAIN_SECONDS = 10;

/** What a leg lends to its session timer. */
export interface SessionHost {
  readonly timers: TimerScheduler;
  readonly peer: PeerAbilities;
  /** The peer refused an UPDATE that its Allow had named. */
  refusesUpdate(): void;
  /** What was said last; the refresh by re-INVITE repeats it. */
  readonly agreedSdp: { readonly local: Buffer } | undefined;
  ask(
    method: 'INVITE' | 'UPDATE',
    init: AskInit,
    onFinal: (response: SipResponse | null) => void,
  ): void;
  breakOff(cause: { readonly q850: number; readonly text: string }): void;
}

/**
 * The session timer of one leg (RFC 4028): each leg has its own agreement, whatever the other one's
 * is. Refreshes go by UPDATE where the peer takes it, else by a re-INVITE that changes nothing.
 */
export class LegSession extends SessionTimer {
  private readonly host: SessionHost;
  /** What a peer found to be the least that will do (422); our wish from then on. */
  private raisedSeconds: number | undefined;

  constructor(host: SessionHost) {
    super();
    this.host = host;
  }

  protected override get timers(): TimerScheduler {
    return this.host.timers;
  }

  protected override onExpired(): void {
    this.host.breakOff({ q850: 102, text: 'session timer expired' });
  }

  /** What we would ask for in a new dialog. */
  get wishedSeconds(): number {
    return this.raisedSeconds ?? SESSION_SECONDS;
  }

  /** Whether an INVITE or UPDATE of the peer asks for an interval that will do. */
  receive(request: SipRequest): SessionVerdict {
    return answerSessionTimer(request);
  }

  /** We accept a request of the peer: the headers of the 2xx. The interval begins. */
  accept(request: SipRequest): Readonly<Record<string, string>> {
    const verdict = answerSessionTimer(request);
    if (!verdict.ok) return {};
    this.agree(verdict.terms);
    return { supported: 'timer', ...sessionAnswerHeaders(verdict.terms) };
  }

  /** The peer accepted a request of ours. The interval begins. */
  accepted(response: SipResponse): void {
    const terms = settledSessionTerms(this.wishedSeconds, response);
    const before = this.terms;
    // An answer that forgets its Session-Expires does not unmake a peer that keeps time.
    this.agree(before?.peerKeepsTime && !terms.peerKeepsTime ? before : terms);
  }

  /** Session-Expires and Min-SE of a request of ours; who refreshes stays who it is (§7.4). */
  requestHeaders(): Readonly<Record<string, string>> {
    const terms = this.terms;
    const refresher = terms === undefined ? null : terms.weRefresh ? 'uac' : 'uas';
    return sessionRequestHeaders({
      intervalSeconds: terms?.intervalSeconds ?? this.wishedSeconds,
      minSeconds: this.raisedSeconds ?? MIN_SE_SECONDS,
      refresher,
    });
  }

  /** The peer wants a longer interval than we asked for (422). */
  raise(intervalSeconds: number): void {
    this.raisedSeconds = intervalSeconds;
    const terms = this.terms;
    if (terms) this.agree({ ...terms, intervalSeconds });
  }

  protected override onRefresh(): void {
    const isUpdate = this.host.peer.takesUpdate;
    const sdp = this.host.agreedSdp?.local;
    if (!isUpdate && !sdp) return;
    const body = isUpdate || !sdp ? {} : { body: sdp };
    this.host.ask(isUpdate ? 'UPDATE' : 'INVITE', { ...body, retriesGlare: true }, (response) => {
      if (!response || response.status < 300) return;
      if (isUpdate && (response.status === 405 || response.status === 501)) {
        this.host.refusesUpdate();
        this.onRefresh();
      } else if (this.terms?.peerKeepsTime === false) this.proven();
      else this.refreshAgain(retryAfterOf(response));
    });
  }
}

/** The wait that a refusal asks for, but never less than ours: the peer is not to be flooded. */
function retryAfterOf(response: SipResponse): number {
  const seconds = Number.parseInt(response.header('retry-after') ?? '', 10);
  return Math.max(
    REFRESH_AGAIN_SECONDS,
    Number.isNaN(seconds) ? 0 : Math.min(seconds, SESSION_SECONDS),
  );
}
