import { type TimerName, timerMs } from './machine';
import type { Timer, TimerScheduler } from './timers';
import type { Timing, TransactionCounters } from './transaction';
import type { Flow } from './transport';

/** The counters while they are counted. */
export type MutableCounters = { -readonly [Name in keyof TransactionCounters]: number };

/** What a transaction needs of its layer. */
export interface TransactionHost {
  readonly timers: TimerScheduler;
  readonly timing: Timing;
  readonly counts: MutableCounters;
  randomToken(): string;
  /** Sends; false when the flow is gone. */
  transmit(bytes: Buffer, flow: Flow): boolean;
  /** Runs a user's callback; what it throws is reported, never passed on to the wire's side. */
  guard(callback: () => void): void;
  /** What a user's callback threw. */
  report(error: unknown): void;
  /** Our Via for a new request on a flow, with a branch of its own. */
  newVia(flow: Flow): string;
}

/** Intervals that double from one time to the next; of all others nobody counts. A transaction has one. */
const GROWING: ReadonlySet<TimerName> = new Set(['A', 'E', 'G']);

/** The timers of one transaction, by name; two at most run at once. */
export class TransactionTimers {
  /** Made with the first timer: most transactions are answered before they set one. */
  private running: { readonly name: TimerName; readonly timer: Timer }[] | undefined;
  /** How often the growing one was set. */
  private attempts = 0;
  private readonly host: TransactionHost;
  private readonly reliable: boolean;

  constructor(host: TransactionHost, reliable: boolean) {
    this.host = host;
    this.reliable = reliable;
  }

  /** Sets a timer; one that runs for 0 ms fires at once. `patient` skips to the longest interval. */
  start(name: TimerName, onFire: () => void, patient = false): void {
    this.stop(name);
    const isGrowing = GROWING.has(name);
    const attempt = patient ? Number.MAX_SAFE_INTEGER : isGrowing ? this.attempts : 0;
    const delayMs = timerMs(name, { timing: this.host.timing, reliable: this.reliable, attempt });
    if (delayMs === undefined) return;
    if (isGrowing) this.attempts = attempt + 1;
    if (delayMs === 0) {
      onFire();
      return;
    }
    const timer = this.host.timers.after(delayMs, () => {
      this.forget(name);
      onFire();
    });
    this.running ??= [];
    this.running.push({ name, timer });
  }

  stop(name: TimerName): void {
    this.forget(name)?.cancel();
  }

  stopAll(): void {
    for (const { timer } of this.running ?? []) timer.cancel();
    this.running = undefined;
  }

  private forget(name: TimerName): Timer | undefined {
    const { running } = this;
    if (running === undefined) return undefined;
    for (let index = 0; index < running.length; index += 1) {
      const found = running[index];
      if (found?.name !== name) continue;
      const last = running.pop();
      if (last !== undefined && last !== found) running[index] = last;
      return found.timer;
    }
    return undefined;
  }
}
