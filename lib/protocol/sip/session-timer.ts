import type { SipRequest, SipResponse } from './message';
import type { Timer, TimerScheduler, TimerTarget } from './timers';

/** RFC 4028 §4: no session interval is shorter, whoever asks for it. */
export const MIN_SE_SECONDS = 90;
/** RFC 4028 §4: the interval that is recommended; we take no longer one, as a lost call costs. */
export const SESSION_SECONDS = 1_800;
/** A day: a Min-SE beyond it is no wish but nonsense, and is not followed. */
const MAX_MIN_SE_SECONDS = 86_400;
/** RFC 4028 §10: whoever does not refresh gives up this long before the end, or a third of it. */
const MAX_MARGIN_SECONDS = 32;

/** Who refreshes, by the roles of the request at hand. */
export type Refresher = 'uac' | 'uas';

/** What a message says about session timers. */
export interface SessionTimerFields {
  /** Whether the sender bears `timer` in Supported, or even requires it. */
  readonly isSupported: boolean;
  /** Session-Expires; null where there is none or it can't be read. */
  readonly expiresSeconds: number | null;
  readonly refresher: Refresher | null;
  /** Min-SE, or the standard's minimum. */
  readonly minSeconds: number;
}

/** What the two sides of a dialog agreed on. */
export interface SessionTerms {
  readonly intervalSeconds: number;
  readonly weRefresh: boolean;
  /** Whether the peer keeps time as well; if not, every answer to a refresh is a sign of life. */
  readonly peerKeepsTime: boolean;
}

/** Whether a request's interval will do; if not it gets 422 with our Min-SE (§9). */
export type SessionVerdict =
  | { readonly ok: true; readonly terms: SessionTerms }
  | { readonly ok: false; readonly minSeconds: number };

const SECONDS = /^(\d{1,9})\s*(?:;|$)/;
const REFRESHER = /;\s*refresher\s*=\s*(uac|uas)\s*(?:;|$)/i;

function secondsOf(value: string | undefined): number | null {
  const match = value === undefined ? null : SECONDS.exec(value);
  return match ? Number(match[1]) : null;
}

/** Reads Session-Expires, Min-SE and Supported (RFC 4028 §4, §5). */
export function readSessionTimer(message: SipRequest | SipResponse): SessionTimerFields {
  const value = message.header('session-expires');
  const refresher = REFRESHER.exec(value ?? '')?.[1]?.toLowerCase();
  return {
    isSupported: ['supported', 'require'].some((name) =>
      message.headers(name).some((option) => option.toLowerCase() === 'timer'),
    ),
    expiresSeconds: secondsOf(value),
    refresher: refresher === 'uac' || refresher === 'uas' ? refresher : null,
    minSeconds: Math.max(MIN_SE_SECONDS, secondsOf(message.header('min-se')) ?? 0),
  };
}

/**
 * UAS: what we agree to for an INVITE or UPDATE (§9). The interval is never raised above what was
 * asked, nor lowered below the asker's minimum. Whoever keeps time refreshes, unless it names us;
 * for a peer that knows no timers we do (table 2).
 */
export function answerSessionTimer(request: SipRequest): SessionVerdict {
  const asked = readSessionTimer(request);
  const isTooShort = asked.expiresSeconds !== null && asked.expiresSeconds < MIN_SE_SECONDS;
  // A proxy may have put it in: a caller that knows no timers can't do anything with a 422 (§8.1).
  if (isTooShort && asked.isSupported) return { ok: false, minSeconds: MIN_SE_SECONDS };
  const wanted = Math.min(asked.expiresSeconds ?? SESSION_SECONDS, SESSION_SECONDS);
  const limit = Math.max(asked.expiresSeconds ?? SESSION_SECONDS, MIN_SE_SECONDS);
  return {
    ok: true,
    terms: {
      intervalSeconds: Math.min(Math.max(wanted, asked.minSeconds), limit),
      weRefresh: !asked.isSupported || asked.refresher === 'uas',
      peerKeepsTime: asked.isSupported,
    },
  };
}

/** UAS: the headers of the 2xx (§9); `Require: timer` where the peer is the one to refresh. */
export function sessionAnswerHeaders(terms: SessionTerms): Readonly<Record<string, string>> {
  const refresher: Refresher = terms.weRefresh ? 'uas' : 'uac';
  return {
    'session-expires': `${terms.intervalSeconds};refresher=${refresher}`,
    ...(terms.weRefresh ? {} : { require: 'timer' }),
  };
}

/** UAC: the headers of an INVITE or UPDATE of ours (§7.1, §7.4). */
export function sessionRequestHeaders(wish: {
  readonly intervalSeconds: number;
  readonly minSeconds: number;
  /** Null in the first request of a dialog: the other side may choose. */
  readonly refresher: Refresher | null;
}): Readonly<Record<string, string>> {
  const suffix = wish.refresher === null ? '' : `;refresher=${wish.refresher}`;
  return {
    'session-expires': `${wish.intervalSeconds}${suffix}`,
    'min-se': String(wish.minSeconds),
  };
}

/**
 * UAC: what a 2xx settled (§7.2). Without Session-Expires the peer knows no timers and we refresh
 * by ourselves at the interval that we asked for. An answer below the minimum counts as the minimum.
 */
export function settledSessionTerms(askedSeconds: number, response: SipResponse): SessionTerms {
  const { expiresSeconds, refresher } = readSessionTimer(response);
  if (expiresSeconds === null) {
    return { intervalSeconds: askedSeconds, weRefresh: true, peerKeepsTime: false };
  }
  return {
    intervalSeconds: Math.min(Math.max(expiresSeconds, MIN_SE_SECONDS), MAX_MIN_SE_SECONDS),
    weRefresh: refresher !== 'uas',
    peerKeepsTime: true,
  };
}

/** UAC: the interval to ask for after a 422 (§7.3); null where it would not be another one. */
export function raisedInterval(askedSeconds: number, response: SipResponse): number | null {
  const minSeconds = secondsOf(response.header('min-se'));
  if (response.status !== 422 || minSeconds === null) return null;
  return minSeconds > askedSeconds && minSeconds <= MAX_MIN_SE_SECONDS ? minSeconds : null;
}

/** How long before the end a session is given up (§10). */
export function expiryMarginSeconds(intervalSeconds: number): number {
  return Math.min(MAX_MARGIN_SECONDS, Math.floor(intervalSeconds / 3));
}

/** How long a session lives that nobody refreshes. */
function lifeMs(intervalSeconds: number): number {
  return (intervalSeconds - expiryMarginSeconds(intervalSeconds)) * 1_000;
}

/** The terms of nearly every session, one object for all of one kind; calls are many. */
const usual: SessionTerms[] = [true, false].flatMap((weRefresh) =>
  [true, false].map((peerKeepsTime) => ({
    intervalSeconds: SESSION_SECONDS,
    weRefresh,
    peerKeepsTime,
  })),
);

function shared(terms: SessionTerms): SessionTerms {
  const isSame = (one: SessionTerms) =>
    one.intervalSeconds === terms.intervalSeconds &&
    one.weRefresh === terms.weRefresh &&
    one.peerKeepsTime === terms.peerKeepsTime;
  return usual.find(isSame) ?? terms;
}

/**
 * The clock of one dialog's session (§10): at half of the interval it asks for a refresh if that is
 * ours to send; a session that nobody refreshed is expired a margin before the interval ends.
 */
export abstract class SessionTimer implements TimerTarget {
  /** Until half of the interval where the refresh is ours, then until the end. */
  private timer: Timer | undefined;
  private isRefreshDue = false;
  /** A refresh that was refused. */
  private again: Timer | undefined;
  private current: SessionTerms | undefined;

  /** Where it gets its timers from. */
  protected abstract get timers(): TimerScheduler;

  /** Half of the interval is over, and it is ours to refresh. */
  protected abstract onRefresh(): void;

  /** Nobody refreshed in time: BYE. */
  protected abstract onExpired(): void;

  /** What is agreed at the moment; undefined before the first agreement and after the end. */
  get terms(): SessionTerms | undefined {
    return this.current;
  }

  /** A 2xx settled the terms, for the first time or anew: the interval begins again. */
  agree(terms: SessionTerms): void {
    this.stop();
    this.current = shared(terms);
    this.isRefreshDue = terms.weRefresh;
    const { intervalSeconds } = terms;
    this.timer = this.timers.after(
      terms.weRefresh ? intervalSeconds * 500 : lifeMs(intervalSeconds),
      this,
    );
  }

  onTimer(): void {
    const { current } = this;
    if (current === undefined) return;
    if (!this.isRefreshDue) {
      this.stop();
      this.onExpired();
      return;
    }
    this.isRefreshDue = false;
    const { intervalSeconds } = current;
    this.timer = this.timers.after(lifeMs(intervalSeconds) - intervalSeconds * 500, this);
    this.onRefresh();
  }

  /** Our refresh was refused: it is asked for again in that time, if the session lives so long. */
  refreshAgain(delaySeconds: number): void {
    if (!this.current) return;
    this.again?.cancel();
    this.again = this.timers.after(delaySeconds * 1_000, () => this.onRefresh());
  }

  /** The peer lives, which is all that can be asked of one that keeps no time. */
  proven(): void {
    if (this.current) this.agree(this.current);
  }

  /** The dialog is over. */
  stop(): void {
    this.timer?.cancel();
    this.again?.cancel();
    this.timer = undefined;
    this.again = undefined;
    this.current = undefined;
  }
}
