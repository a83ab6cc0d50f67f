import type { SipRequest, SipResponse } from './message';
import type { Timer, TimerScheduler } from './timers';
import { DEFAULT_TIMING, type Timing } from './transaction';

/** Provisionals that wait behind one without a PRACK; a callee that rings more often is broken. */
const MAX_WAITING = 8;
/** RFC 3262 §3: RSeq begins below 2^31, so that it never wraps. */
const MAX_FIRST_RSEQ = 2 ** 31 - 1;

/** What a PRACK acknowledges (RFC 3262 §7.2). */
export interface Rack {
  readonly rseq: number;
  readonly sequence: number;
  readonly method: string;
}

const RACK = /^(\d{1,10})\s+(\d{1,10})\s+([^\s]{1,32})$/;
const RSEQ = /^\d{1,10}$/;

/** Reads RAck; undefined where there is none or it can't be read. */
export function readRack(prack: SipRequest): Rack | undefined {
  const match = RACK.exec(prack.header('rack') ?? '');
  if (!match) return undefined;
  return { rseq: Number(match[1]), sequence: Number(match[2]), method: match[3] ?? '' };
}

/** The RSeq of a provisional that was sent reliably (§4); undefined for every other response. */
export function reliableSequence(response: SipResponse): number | undefined {
  if (response.status <= 100 || response.status >= 200) return undefined;
  const isRequired = response
    .headers('require')
    .some((option) => option.toLowerCase() === '100rel');
  const rseq = response.header('rseq')?.trim() ?? '';
  return isRequired && RSEQ.test(rseq) ? Number(rseq) : undefined;
}

/** Our first RSeq: anything from 1 on (§3), unguessable so that no PRACK can be forged ahead. */
export function firstRseq(share: number): number {
  return 1 + Math.floor(share * (MAX_FIRST_RSEQ - 1));
}

/** One provisional on its way. */
interface Reliable {
  /** Sends it for the first time, under that RSeq. */
  readonly send: (rseq: number) => void;
  readonly hasSdp: boolean;
}

/**
 * UAS: provisionals that are repeated until their PRACK (§3): one at a time, at T1 doubling, and
 * after 64·T1 without an answer `onGiveUp`, where the INVITE is refused with 5xx.
 */
export class ReliableProvisionals {
  private readonly timers: TimerScheduler;
  private readonly timing: Timing;
  private readonly inviteSequence: number;
  private readonly resend: () => void;
  private readonly onGiveUp: () => void;
  private readonly waiting: Reliable[] = [];
  private nextRseq: number;
  private pending: { readonly rseq: number; readonly hasSdp: boolean } | undefined;
  private repetition: Timer | undefined;
  private limit: Timer | undefined;
  private whenHeard: (() => void) | undefined;
  private sdpHeard = false;
  /** What had no PRACK when the final answer went out: it may still come (§3). */
  private outstanding: number | undefined;

  constructor(options: {
    readonly timers: TimerScheduler;
    readonly timing?: Partial<Timing> | undefined;
    /** The CSeq number of the INVITE. */
    readonly inviteSequence: number;
    readonly firstRseq: number;
    readonly resend: () => void;
    readonly onGiveUp: () => void;
  }) {
    this.timers = options.timers;
    this.timing = { ...DEFAULT_TIMING, ...options.timing };
    this.inviteSequence = options.inviteSequence;
    this.nextRseq = options.firstRseq;
    this.resend = options.resend;
    this.onGiveUp = options.onGiveUp;
  }

  /** Whether a final 2xx has to wait: an SDP is on its way whose PRACK has not come (§3). */
  get holdsAnswer(): boolean {
    return this.pending?.hasSdp === true || this.waiting.some((one) => one.hasSdp);
  }

  /** Whether an SDP that was sent reliably had its PRACK: that half of the negotiation is over. */
  get wasSdpHeard(): boolean {
    return this.sdpHeard;
  }

  /** Sends a provisional reliably, at once or when the one before was heard. */
  send(provisional: Reliable): void {
    if (this.pending === undefined) this.begin(provisional);
    else if (this.waiting.length < MAX_WAITING) this.waiting.push(provisional);
  }

  /** A PRACK came: false where it acknowledges nothing that is under way (481). */
  acknowledge(rack: Rack | undefined): boolean {
    if (rack?.method !== 'INVITE' || rack.sequence !== this.inviteSequence) return false;
    if (rack.rseq === this.outstanding) {
      this.outstanding = undefined;
      return true;
    }
    if (rack.rseq !== this.pending?.rseq) return false;
    this.sdpHeard ||= this.pending.hasSdp;
    this.rest();
    const next = this.waiting.shift();
    if (next) this.begin(next);
    if (!this.holdsAnswer) this.tellHeard();
    return true;
  }

  /** Calls back as soon as a 2xx may be sent, at once if it may. */
  beforeAnswer(callback: () => void): void {
    if (this.holdsAnswer) this.whenHeard = callback;
    else callback();
  }

  /** A final answer was sent, or the call is over: whoever waits to answer may look what to do. */
  stop(): void {
    this.outstanding ??= this.pending?.rseq;
    this.rest();
    this.waiting.length = 0;
    this.tellHeard();
  }

  private tellHeard(): void {
    const heard = this.whenHeard;
    this.whenHeard = undefined;
    heard?.();
  }

  private begin(provisional: Reliable): void {
    const rseq = this.nextRseq;
    this.nextRseq += 1;
    this.pending = { rseq, hasSdp: provisional.hasSdp };
    provisional.send(rseq);
    this.repeat(this.timing.t1Ms);
    this.limit = this.timers.after(64 * this.timing.t1Ms, () => {
      this.stop();
      this.onGiveUp();
    });
  }

  private repeat(delayMs: number): void {
    this.repetition = this.timers.after(delayMs, () => {
      this.resend();
      this.repeat(delayMs * 2);
    });
  }

  private rest(): void {
    this.repetition?.cancel();
    this.limit?.cancel();
    this.pending = undefined;
  }
}

/**
 * UAC: the order of reliable provisionals in one early dialog (§4). Repetitions and those that
 * overtook another are neither handled nor acknowledged: the other side repeats them.
 */
export class ReliableOrder {
  private last: number | undefined;

  /** Whether this one is the next: it is to be handled and gets a PRACK. */
  take(rseq: number): boolean {
    if (this.last !== undefined && rseq !== this.last + 1) return false;
    this.last = rseq;
    return true;
  }
}
