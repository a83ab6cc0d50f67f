import type { Clock } from '@/lib/core/clock';
import type { SipTarget } from './types';

/** How long a target that timed out or said 503 without Retry-After comes last. */
export const TARGET_AVOIDED_MS = 60_000;
/** A Retry-After is believed up to this. */
const MAX_AVOIDED_MS = 15 * 60_000;
/** Targets remembered; the oldest is forgotten first. */
const MAX_TARGETS = 4_096;

const keyOf = ({ transport, address, port }: SipTarget): string =>
  `${transport} ${address} ${port}`;

/**
 * Which targets failed lately (RFC 3263 §4.3): they come last, and are still tried where there is
 * nothing else, so a wrong memory costs time, never a call.
 */
export class TargetMemory {
  private readonly avoidedUntilMs = new Map<string, number>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** It timed out, broke or said 503. */
  failed(target: SipTarget, forMs = TARGET_AVOIDED_MS): void {
    const key = keyOf(target);
    this.avoidedUntilMs.delete(key);
    for (const oldest of this.avoidedUntilMs.keys()) {
      if (this.avoidedUntilMs.size < MAX_TARGETS) break;
      this.avoidedUntilMs.delete(oldest);
    }
    const untilMs = this.clock.monotonicMs() + Math.min(forMs, MAX_AVOIDED_MS);
    this.avoidedUntilMs.set(key, untilMs);
  }

  /** It answered. */
  worked(target: SipTarget): void {
    this.avoidedUntilMs.delete(keyOf(target));
  }

  isAvoided(target: SipTarget): boolean {
    return (this.avoidedUntilMs.get(keyOf(target)) ?? 0) > this.clock.monotonicMs();
  }

  /** The same targets, those to avoid last; the order is kept otherwise. */
  arrange(targets: readonly SipTarget[]): readonly SipTarget[] {
    const avoided = targets.filter((target) => this.isAvoided(target));
    if (avoided.length === 0) return targets;
    return [...targets.filter((target) => !avoided.includes(target)), ...avoided];
  }
}
