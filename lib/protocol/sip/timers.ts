import { assert } from '@/lib/core/errors';

/** A timer that was set. Cancelling one that fired or was cancelled does nothing. */
export interface Timer {
  cancel(): void;
}

/** Who is called back, without a function made for it: whoever lives long sets many timers. */
export interface TimerTarget {
  onTimer(): void;
}

/** Who is called back when a timer fires. */
export type TimerCallback = (() => void) | TimerTarget;

function call(callback: TimerCallback): void {
  if (typeof callback === 'function') callback();
  else callback.onTimer();
}

/** Where transactions get their timers from; a test moves it by hand. */
export interface TimerScheduler {
  /** Calls back once, not before `delayMs` have passed. */
  after(delayMs: number, callback: TimerCallback): Timer;
}

/** A node of a slot's doubly linked list. */
class WheelTimer implements Timer {
  previous: WheelTimer | undefined;
  next: WheelTimer | undefined;
  /** Undefined once it has fired or was cancelled. */
  slot: Slot | undefined;
  rounds: number;
  callback: TimerCallback | undefined;

  constructor(slot: Slot, rounds: number, callback: TimerCallback) {
    this.slot = slot;
    this.rounds = rounds;
    this.callback = callback;
  }

  cancel(): void {
    this.slot?.wheel.remove(this);
  }
}

/** The timers that are due at one tick of a turn, in whichever turn. */
class Slot {
  readonly wheel: TimerWheel;
  head: WheelTimer | undefined;

  constructor(wheel: TimerWheel) {
    this.wheel = wheel;
  }
}

/** 4096 slots of 10 ms: every transaction timer (64·T1 = 32 s) lies within one turn. */
const SLOT_COUNT = 4096;
const TICK_MS = 10;

/**
 * A hashed timer wheel: setting, cancelling and firing cost the same for one timer as for a
 * million, where the platform's own timers would each be an object in a heap.
 */
export class TimerWheel implements TimerScheduler {
  private readonly slots = Array.from({ length: SLOT_COUNT }, () => new Slot(this));
  private readonly monotonicMs: () => number;
  private readonly onError: (error: unknown) => void;
  private readonly startMs: number;
  private tick = 0;
  private count = 0;
  private interval: NodeJS.Timeout | undefined;

  constructor(options: { monotonicMs: () => number; onError: (error: unknown) => void }) {
    this.monotonicMs = options.monotonicMs;
    this.onError = options.onError;
    this.startMs = options.monotonicMs();
  }

  /** How many timers are set. */
  get size(): number {
    return this.count;
  }

  after(delayMs: number, callback: TimerCallback): Timer {
    assert(Number.isFinite(delayMs) && delayMs >= 0, 'a delay is a length of time');
    const nowTick = Math.floor((this.monotonicMs() - this.startMs) / TICK_MS);
    // One tick more than the quotient, for a timer must never fire early.
    const due = Math.max(nowTick + Math.ceil(delayMs / TICK_MS) + 1, this.tick + 1);
    const slot = this.slots[due % SLOT_COUNT];
    assert(slot !== undefined, 'a remainder is a slot');
    const timer = new WheelTimer(slot, Math.floor((due - this.tick - 1) / SLOT_COUNT), callback);
    const { head } = slot;
    timer.next = head;
    if (head !== undefined) head.previous = timer;
    slot.head = timer;
    this.count += 1;
    return timer;
  }

  /** Fires what is due. Called by `start`'s interval; a test may call it itself. */
  advance(): void {
    const target = Math.floor((this.monotonicMs() - this.startMs) / TICK_MS);
    while (this.tick < target) {
      this.tick += 1;
      this.fire(this.slots[this.tick % SLOT_COUNT]?.head);
    }
  }

  /** Drives the wheel until `stop`. */
  start(): void {
    this.interval ??= setInterval(() => this.advance(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.interval);
    this.interval = undefined;
  }

  /** Takes a timer out; for WheelTimer.cancel. */
  remove(timer: WheelTimer): void {
    const { slot } = timer;
    if (slot === undefined) return;
    if (timer.previous === undefined) slot.head = timer.next;
    else timer.previous.next = timer.next;
    if (timer.next !== undefined) timer.next.previous = timer.previous;
    timer.previous = undefined;
    timer.next = undefined;
    timer.slot = undefined;
    timer.callback = undefined;
    this.count -= 1;
  }

  private fire(head: WheelTimer | undefined): void {
    const due: WheelTimer[] = [];
    for (let timer = head; timer !== undefined; timer = timer.next) {
      if (timer.rounds > 0) timer.rounds -= 1;
      else due.push(timer);
    }
    // Lists grow at their head, so the oldest timer lies last.
    for (const timer of due.reverse()) {
      const callback = timer.callback;
      this.remove(timer);
      try {
        // One that another callback of this slot cancelled has no callback left.
        if (callback !== undefined) call(callback);
      } catch (error) {
        this.onError(error);
      }
    }
  }
}

interface ManualTimer extends Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: TimerCallback;
}

/** Timers that a test moves by hand; they fire in order of time, then of setting. */
export class ManualTimers implements TimerScheduler {
  private readonly pending = new Set<ManualTimer>();
  private elapsedMs = 0;
  private order = 0;

  /** How many timers are set. */
  get size(): number {
    return this.pending.size;
  }

  /** Milliseconds moved so far. */
  get nowMs(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, callback: TimerCallback): Timer {
    const timer: ManualTimer = {
      dueMs: this.elapsedMs + delayMs,
      order: this.order,
      callback,
      cancel: () => {
        this.pending.delete(timer);
      },
    };
    this.order += 1;
    this.pending.add(timer);
    return timer;
  }

  /** Moves time forward, firing on the way what falls due, also what callbacks set anew. */
  advance(byMs: number): void {
    const endMs = this.elapsedMs + byMs;
    for (let next = this.nextDue(endMs); next !== undefined; next = this.nextDue(endMs)) {
      this.elapsedMs = Math.max(this.elapsedMs, next.dueMs);
      this.pending.delete(next);
      call(next.callback);
    }
    this.elapsedMs = endMs;
  }

  private nextDue(endMs: number): ManualTimer | undefined {
    let earliest: ManualTimer | undefined;
    for (const timer of this.pending) {
      if (timer.dueMs > endMs) continue;
      const isEarlier =
        earliest === undefined ||
        timer.dueMs < earliest.dueMs ||
        (timer.dueMs === earliest.dueMs && timer.order < earliest.order);
      if (isEarlier) earliest = timer;
    }
    return earliest;
  }
}
