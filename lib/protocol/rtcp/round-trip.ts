import type { ReportBlock, SenderInfo } from './parse';

/** Reports that may be answered still: they come every 5 s, their answers within the next 5 s. */
const KEPT = 4;
/** DLSR counts in 1/65536 s. */
const TICKS_PER_MS = 65.536;
/** Longer than any path: an answer to something else, or nonsense. */
const LONGEST_MS = 30_000;

/** The middle 32 bits of an NTP time, as LSR repeats them (RFC 3550 §6.4.1). */
export function middleOfNtp({ ntpSeconds, ntpFraction }: SenderInfo): number {
  return (((ntpSeconds & 0xffff) << 16) | (ntpFraction >>> 16)) >>> 0;
}

/**
 * Round trips by the sender reports that pass here on their way to a receiver, and by what it says
 * of them later (RFC 3550 §6.4.1): the way between here and the receiver alone, by our own clock.
 */
export class PassedReports {
  private readonly names: number[] = [];
  private readonly passedAtMs: number[] = [];

  /** A sender report was handed on. */
  passed(sender: SenderInfo, nowMs: number): void {
    if (this.names.length >= KEPT) {
      this.names.shift();
      this.passedAtMs.shift();
    }
    this.names.push(middleOfNtp(sender));
    this.passedAtMs.push(nowMs);
  }

  /** By the receiver's word on one of them; null where it is of none that is known. */
  roundTripMs(block: ReportBlock, nowMs: number): number | null {
    const index = block.lastSr === 0 ? -1 : this.names.lastIndexOf(block.lastSr);
    const passedAtMs = this.passedAtMs[index];
    if (passedAtMs === undefined) return null;
    const tookMs = nowMs - passedAtMs - block.delaySinceLastSr / TICKS_PER_MS;
    // Clocks that count at different paces: the way took no time that could be told.
    return tookMs > LONGEST_MS ? null : Math.max(0, tookMs);
  }
}
