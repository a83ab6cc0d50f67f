import type { Clock } from '@/lib/core/clock';

interface Answered {
  readonly bytes: Buffer;
  readonly untilMs: number;
}

/**
 * Final answers to non-INVITE requests, kept for timer J so that a repeated request gets the same
 * one (§17.2.2). Two generations instead of a timer each: when the younger one is as old as timer
 * J is long (or full, under a flood of many or of large ones) the older one goes as a whole.
 */
export class AnsweredCache {
  private current = new Map<string, Answered>();
  private previous = new Map<string, Answered>();
  private bornMs: number;
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  private readonly maxEntries: number;
  private readonly maxBytes: number;
  private currentBytes = 0;

  constructor(options: {
    clock: Clock;
    lifetimeMs: number;
    maxEntries: number;
    maxBytes: number;
  }) {
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs;
    this.maxEntries = options.maxEntries;
    this.maxBytes = options.maxBytes;
    this.bornMs = options.clock.monotonicMs();
  }

  get size(): number {
    this.turn(this.clock.monotonicMs());
    return this.current.size + this.previous.size;
  }

  set(key: string, bytes: Buffer): void {
    const nowMs = this.clock.monotonicMs();
    this.turn(nowMs);
    this.current.set(key, { bytes, untilMs: nowMs + this.lifetimeMs });
    this.currentBytes += bytes.length + key.length;
  }

  get(key: string): Buffer | undefined {
    const found = this.current.get(key) ?? this.previous.get(key);
    if (found === undefined) return undefined;
    return found.untilMs > this.clock.monotonicMs() ? found.bytes : undefined;
  }

  clear(): void {
    this.current = new Map();
    this.previous = new Map();
    this.currentBytes = 0;
  }

  private turn(nowMs: number): void {
    const ageMs = nowMs - this.bornMs;
    const isFull =
      this.current.size >= this.maxEntries / 2 || this.currentBytes >= this.maxBytes / 2;
    if (ageMs < this.lifetimeMs && !isFull) return;
    this.previous = ageMs < 2 * this.lifetimeMs ? this.current : new Map();
    this.current = new Map();
    this.currentBytes = 0;
    this.bornMs = nowMs;
  }
}
