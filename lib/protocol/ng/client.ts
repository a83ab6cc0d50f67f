import type { Timer, TimerScheduler } from '@/lib/protocol/sip/timers';
import { type BencodedTable, textAt } from './bencode';
import { type NgArguments, ngRequest, readNgAnswer } from './message';

/** What came of a request. */
export type NgOutcome =
  | { readonly type: 'done'; readonly body: BencodedTable }
  /** It was understood and not done. */
  | { readonly type: 'refused'; readonly reason: string }
  /** Nobody answered in time; it may have been done all the same. */
  | { readonly type: 'silent' };

export interface NgClientOptions {
  readonly timers: TimerScheduler;
  /** Sends a datagram without waiting. */
  readonly send: (datagram: Buffer) => void;
  /** What no other client's cookies begin with, of this or of any earlier time; no space in it. */
  readonly cookiePrefix: string;
}

/** A network that loses one loses the next more rarely; a node on the same host loses none. */
const FIRST_REPEAT_MS = 40;
/** Who has not answered then is not waited for: an INVITE hangs on it. */
export const NG_TIMEOUT_MS = 1_800;
/** A second's worth of calls; more wait at the node already. */
const MAX_PENDING = 4_096;

interface Pending {
  readonly datagram: Buffer;
  readonly resolve: (outcome: NgOutcome) => void;
  timer: Timer | undefined;
  repeatMs: number;
  leftMs: number;
}

const SILENT: NgOutcome = { type: 'silent' };

/**
 * The client's side of the ng protocol over datagrams: a request is repeated under its cookie, ever
 * more slowly, until it is answered or given up; rtpengine does it once (it keeps answers by cookie
 * for half a minute or more). Answers to nothing, and what can't be read, are dropped.
 */
export class NgClient {
  private readonly options: NgClientOptions;
  private readonly pending = new Map<string, Pending>();
  private serial = 0;
  private isClosed = false;

  constructor(options: NgClientOptions) {
    this.options = options;
  }

  /** How many requests wait for their answers. */
  get waiting(): number {
    return this.pending.size;
  }

  /** Never rejects. */
  ask(command: string, details: NgArguments = {}): Promise<NgOutcome> {
    if (this.isClosed || this.pending.size >= MAX_PENDING) return Promise.resolve(SILENT);
    this.serial += 1;
    const cookie = `${this.options.cookiePrefix}${this.serial}`;
    const datagram = ngRequest(cookie, command, details);
    return new Promise((resolve) => {
      const one: Pending = {
        datagram,
        resolve,
        timer: undefined,
        repeatMs: FIRST_REPEAT_MS,
        leftMs: NG_TIMEOUT_MS,
      };
      this.pending.set(cookie, one);
      this.send(cookie, one);
    });
  }

  /** Takes in a datagram of the node's. */
  receive(datagram: Uint8Array): void {
    const reading = readNgAnswer(datagram);
    if (reading.ok) this.settle(reading.cookie, outcomeOf(reading.body));
  }

  /** Gives up whatever waits. */
  close(): void {
    this.isClosed = true;
    for (const cookie of [...this.pending.keys()]) this.settle(cookie, SILENT);
  }

  private send(cookie: string, one: Pending): void {
    const waitMs = Math.min(one.repeatMs, one.leftMs);
    one.leftMs -= waitMs;
    one.repeatMs *= 2;
    one.timer = this.options.timers.after(waitMs, () => {
      if (one.leftMs > 0) this.send(cookie, one);
      else this.settle(cookie, SILENT);
    });
    this.options.send(one.datagram);
  }

  private settle(cookie: string, outcome: NgOutcome): void {
    const one = this.pending.get(cookie);
    if (!one) return;
    this.pending.delete(cookie);
    one.timer?.cancel();
    one.resolve(outcome);
  }
}

/** "ok" and "pong" are answers; "load limit" and "error" say why not. */
function outcomeOf(body: BencodedTable): NgOutcome {
  const result = textAt(body, 'result');
  if (result === 'ok' || result === 'pong') return { type: 'done', body };
  const reason = textAt(body, 'error-reason') ?? textAt(body, 'message') ?? result;
  return { type: 'refused', reason: reason ?? 'no reason given' };
}
