import type { Clock } from '@/lib/core/clock';

interface Answered {
  readonly key: string;
  readonly bytes: Buffer;
  readonly untilMs: number;
}

/**
 * Final answers to non-INVITE requests, kept for timer J so that a repeated request gets the same
 * one (§17.2.2). All live equally long, so the oldest is always the first to go: no timer each, no
 * request kept, and under a flood the oldest makes room.
 */
export class AnsweredCache {
  private readonly entries = new Map<string, Answered>();
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  private readonly maxEntries: number;

  constructor(options: { clock: Clock; lifetimeMs: number; maxEntries: number }) {
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs;
    this.maxEntries = options.maxEntries;
  }

  get size(): number {
    this.dropExpired();
    return this.entries.size;
  }

  set(key: string, bytes: Buffer): void {
    this.dropExpired();
    if (this.entries.size >= this.maxEntries) this.dropOldest();
    this.entries.set(key, { key, bytes, untilMs: this.clock.monotonicMs() + this.lifetimeMs });
  }

  get(key: string): Buffer | undefined {
    const found = this.entries.get(key);
    if (found === undefined) return undefined;
    return found.untilMs > this.clock.monotonicMs() ? found.bytes : undefined;
  }

  clear(): void {
    this.entries.clear();
  }

  private dropExpired(): void {
    const nowMs = this.clock.monotonicMs();
    for (const entry of this.entries.values()) {
      if (entry.untilMs > nowMs) return;
      this.entries.delete(entry.key);
    }
  }

  private dropOldest(): void {
    for (const key of this.entries.keys()) {
      this.entries.delete(key);
      return;
    }
  }
}
