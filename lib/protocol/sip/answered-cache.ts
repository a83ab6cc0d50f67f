import type { Clock } from '@/lib/core/clock';

interface Answered {
  readonly bytes: Buffer;
  readonly untilMs: number;
}

/**
 * Final answers to non-INVITE requests, kept for timer J so that a repeated request gets the same
 * one (§17.2.2). Two generations instead of a timer each: when the younger one is as old as timer
 * J is long (or full, under a flood) the older one goes as a whole.
 */
export class AnsweredCache {
  private current = new Map<string, Answered>();
  private previous = new Map<string, Answered>();
  private bornMs: number;
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  private readonly maxEntries: number;

  constructor(options: { clock: Clock; lifetimeMs: number; maxEntries: number }) {
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs;
    this.maxEntries = options.maxEntries;
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
  }

  get(key: string): Buffer | undefined {
    const found = this.current.get(key) ?? this.previous.get(key);
    if (found === undefined) return undefined;
    return found.untilMs > this.clock.monotonicMs() ? found.bytes : undefined;
  }

  clear(): void {
    this.current = new Map();
    this.previous = new Map();
  }

  private turn(nowMs: number): void {
    const ageMs = nowMs - this.bornMs;
    if (ageMs < this.lifetimeMs && this.current.size < this.maxEntries / 2) return;
    this.previous = ageMs < 2 * this.lifetimeMs ? this.current : new Map();
    this.current = new Map();
    this.bornMs = nowMs;
  }
}
