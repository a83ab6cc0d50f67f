import type { VelocityUsage } from '@/lib/core/call-plan/views';

/** Slots of a window: what leaves it leaves by twelfths. */
const SLOTS = 12;

/**
 * What happened within a window that ends now, in slots: a fixed size, however much happens. At its
 * most forgetful it covers eleven twelfths of the window, never more than all of it.
 */
export class SlidingWindow {
  private readonly slotMs: number;
  private readonly calls = new Int32Array(SLOTS);
  private readonly spent = new BigInt64Array(SLOTS);
  private newest = 0;

  constructor(windowSeconds: number) {
    this.slotMs = Math.max(1, (windowSeconds * 1_000) / SLOTS);
  }

  add(nowMs: number, calls: number, micro: bigint): void {
    this.moveTo(nowMs);
    const slot = this.newest % SLOTS;
    this.calls[slot] = (this.calls[slot] ?? 0) + calls;
    this.spent[slot] = (this.spent[slot] ?? 0n) + micro;
  }

  usage(nowMs: number): VelocityUsage {
    this.moveTo(nowMs);
    let calls = 0;
    let spentMicro = 0n;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      calls += this.calls[slot] ?? 0;
      spentMicro += this.spent[slot] ?? 0n;
    }
    return { calls, spentMicro };
  }

  private moveTo(nowMs: number): void {
    const slot = Math.floor(nowMs / this.slotMs);
    const steps = Math.min(SLOTS, slot - this.newest);
    for (let step = 1; step <= steps; step += 1) {
      this.calls[(slot - step + 1) % SLOTS] = 0;
      this.spent[(slot - step + 1) % SLOTS] = 0n;
    }
    if (steps > 0) this.newest = slot;
  }
}
