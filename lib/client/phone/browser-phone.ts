import type { WireBrowserCredential } from '@/lib/services/extensions/schemas';
import {
  type CallNews,
  type EndReason,
  isThere,
  MAX_CALLS,
  nextCalls,
  type PhoneCall,
} from './calls';
import type { Line, LineCall, LineState, OpenLine } from './line';
import type { HeardCounters } from './quality';

/** Asked for anew when four fifths of their time are over, and sooner after a failure. */
const RENEW_AT = 0.8;
const RETRY_MINT_MS = 20_000;
/** How long the end of a call stays in sight. */
const ENDED_SHOWN_MS = 6_000;

/** What is shown of the phone. `none`: no extension is this person's. */
export interface PhoneSnapshot {
  readonly line: LineState | 'off' | 'none';
  readonly extension: WireBrowserCredential['extension'] | null;
  /** Whose network's tones are heard; '' while that is not known. */
  readonly country: string;
  readonly calls: readonly PhoneCall[];
}

const OFF: PhoneSnapshot = { line: 'off', extension: null, country: '', calls: [] };

/** What the phone stands on. */
export interface BrowserPhoneOptions {
  /** Resolves to null where no extension is this person's; rejects where nothing answers. */
  readonly mint: () => Promise<WireBrowserCredential | null>;
  readonly openLine: OpenLine;
  readonly nowMs: () => number;
  /** Runs something later; returns how to call that off. */
  readonly later: (run: () => void, afterMs: number) => () => void;
  /** Where the voice of a call goes; null when it is over. */
  readonly play: (callId: string, stream: MediaStream | null) => void;
}

/**
 * The phone of a page: its line with credentials that are renewed before they end, and its calls, of
 * which one is talked on at a time. A store: `watch` and `current` are what React asks for.
 */
export class BrowserPhone {
  private readonly options: BrowserPhoneOptions;
  private readonly watchers = new Set<() => void>();
  private readonly lineCalls = new Map<string, LineCall>();
  private snapshot = OFF;
  private line: Line | undefined;
  private cancelRenewal = (): void => undefined;
  /** Told apart from a start that was given up meanwhile. */
  private round = 0;

  constructor(options: BrowserPhoneOptions) {
    this.options = options;
  }

  readonly watch = (onChange: () => void): (() => void) => {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  };

  readonly current = (): PhoneSnapshot => this.snapshot;

  /** Goes on the line; does nothing when it is on it. */
  async start(): Promise<void> {
    if (this.snapshot.line !== 'off' && this.snapshot.line !== 'none') return;
    this.round += 1;
    this.show({ line: 'connecting' });
    await this.mint(this.round);
  }

  /** Leaves the line; calls that stand are hung up. */
  async stop(): Promise<void> {
    this.round += 1;
    this.cancelRenewal();
    const { line } = this;
    this.line = undefined;
    await Promise.allSettled([...this.lineCalls.values()].map((call) => call.end()));
    this.lineCalls.clear();
    this.show(OFF);
    await line?.close();
  }

  /** The network is back, or the person asks. */
  reconnect(): void {
    this.line?.reconnect();
  }

  /**
   * Calls a number, showing one of ours where asked; whoever is talked to is held. Returns whether it is
   * being made.
   */
  async dial(number: string, callAs: string | null = null): Promise<boolean> {
    const { line } = this;
    if (!line || this.snapshot.calls.filter(isThere).length >= MAX_CALLS) return false;
    await this.holdAllBut(null);
    this.take(line.dial(number, callAs), { direction: 'out', callAs });
    return true;
  }

  async answer(id: string): Promise<void> {
    await this.holdAllBut(id);
    await this.lineCalls.get(id)?.accept();
  }

  async end(id: string): Promise<void> {
    await this.lineCalls.get(id)?.end();
  }

  mute(id: string, isMuted: boolean): void {
    this.lineCalls.get(id)?.mute(isMuted);
    this.tell({ type: 'muted', id, isMuted });
  }

  /** Holds a call, or takes it up again; then the others are held. Rejects where it is refused. */
  async hold(id: string, isHeld: boolean): Promise<void> {
    if (!isHeld) await this.holdAllBut(id);
    await this.lineCalls.get(id)?.hold(isHeld);
    this.tell({ type: 'held', id, isHeld });
  }

  sendDigit(id: string, digit: string): boolean {
    return this.lineCalls.get(id)?.sendDigit(digit) ?? false;
  }

  /** What a call's connection has counted of what is heard; null while nothing is. */
  async heard(id: string): Promise<HeardCounters | null> {
    return (await this.lineCalls.get(id)?.heard()) ?? null;
  }

  /** Another microphone was chosen: it is spoken through from now on, by every call. */
  async changeMicrophone(): Promise<void> {
    const calls = [...this.lineCalls.values()];
    await Promise.allSettled(calls.map((call) => call.changeMicrophone()));
  }

  async transferTo(id: string, target: string): Promise<void> {
    await this.lineCalls.get(id)?.transferTo(target);
  }

  /** Puts the other ends of two calls together, and leaves. */
  async join(id: string, otherId: string): Promise<void> {
    const other = this.lineCalls.get(otherId);
    if (other) await this.lineCalls.get(id)?.joinWith(other);
  }

  private async mint(round: number): Promise<void> {
    let credential: WireBrowserCredential | null;
    try {
      credential = await this.options.mint();
    } catch {
      if (round !== this.round) return;
      if (!this.line) this.show({ line: 'lost' });
      this.renewLater(round, RETRY_MINT_MS);
      return;
    }
    if (round !== this.round) return;
    if (credential === null) {
      this.show({ line: 'none', extension: null });
      return;
    }
    const { extension, country, expiresAt } = credential;
    this.show({ extension, country });
    const leftMs = Date.parse(expiresAt) - this.options.nowMs();
    this.renewLater(round, Math.max(leftMs * RENEW_AT, RETRY_MINT_MS));
    if (this.line) this.line.renew(credential);
    else this.openLine(credential, round);
  }

  private openLine(credential: WireBrowserCredential, round: number): void {
    this.line = this.options.openLine(credential, {
      onState: (line) => {
        if (round === this.round) this.show({ line });
      },
      onIncoming: (call) => {
        const isFull = this.snapshot.calls.filter(isThere).length >= MAX_CALLS;
        if (round !== this.round || isFull) void call.end();
        else this.take(call, { direction: 'in', callAs: null });
      },
    });
  }

  private renewLater(round: number, afterMs: number): void {
    this.cancelRenewal();
    this.cancelRenewal = this.options.later(() => void this.mint(round), afterMs);
  }

  private take(call: LineCall, how: Pick<PhoneCall, 'direction' | 'callAs'>): void {
    const { id, peer } = call;
    const { play, nowMs } = this.options;
    this.lineCalls.set(id, call);
    this.tell({ type: 'began', call: { id, peer, ...how } });
    call.handlers = {
      rings: () => this.tell({ type: 'rings', id }),
      heardEarly: () => this.tell({ type: 'heardEarly', id }),
      answered: () => this.tell({ type: 'answered', id, atMs: nowMs() }),
      heard: (stream) => play(id, stream),
      ended: (reason) => this.over(id, reason),
    };
  }

  private over(id: string, reason: EndReason): void {
    if (!this.lineCalls.delete(id)) return;
    this.options.play(id, null);
    this.tell({ type: 'ended', id, reason });
    this.options.later(() => this.tell({ type: 'dismissed', id }), ENDED_SHOWN_MS);
  }

  private async holdAllBut(id: string | null): Promise<void> {
    const talking = this.snapshot.calls.filter(
      (call) => call.stage === 'talking' && !call.isHeld && call.id !== id,
    );
    for (const call of talking) await this.hold(call.id, true);
  }

  private tell(news: CallNews): void {
    this.show({ calls: nextCalls(this.snapshot.calls, news) });
  }

  private show(change: Partial<PhoneSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const onChange of this.watchers) onChange();
  }
}
