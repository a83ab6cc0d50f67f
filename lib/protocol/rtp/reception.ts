/** Gaps larger than this are a restart of the sender rather than loss (RFC 3550 A.1). */
const MAX_DROPOUT = 3_000;
/** How far behind a late packet may come (RFC 3550 A.1). */
const MAX_MISORDER = 100;
const SEQUENCE_MODULUS = 65_536;
const TIMESTAMP_MODULUS = 2 ** 32;
/** Bad sequence numbers cycle never reaches. */
const NO_SEQUENCE = SEQUENCE_MODULUS + 1;

/** One packet as it arrived. */
export interface Arrival {
  readonly sequence: number;
  readonly timestamp: number;
  /** On a monotonic clock. */
  readonly atMs: number;
  /** Of the payload type's clock; 0 = leave it out of the jitter (keys repeat their timestamp). */
  readonly clockRateHz: number;
}

/**
 * Loss and jitter of one SSRC as RFC 3550 A.1, A.3 and A.8 count them. A sender that restarts its
 * numbering is followed: what was counted stays counted.
 */
export class Reception {
  private receivedCount = 0;
  private baseSequence = 0;
  private maxSequence = 0;
  private cycles = 0;
  private badSequence = NO_SEQUENCE;
  /** Expected before the last restart. */
  private expectedBefore = 0;
  private previousTimestamp = 0;
  /** NaN: there is none to compare with. */
  private previousAtMs = Number.NaN;
  private jitter = 0;

  get packets(): number {
    return this.receivedCount;
  }

  /** Packets that should have come by the numbering. */
  get expected(): number {
    if (this.receivedCount === 0) return 0;
    return this.expectedBefore + this.cycles + this.maxSequence - this.baseSequence + 1;
  }

  /** Expected minus received; negative where packets were duplicated (A.3). */
  get lost(): number {
    return this.expected - this.receivedCount;
  }

  /** Interarrival jitter (A.8), in milliseconds. */
  get jitterMs(): number {
    return this.jitter;
  }

  /** The newest packet of sound; null where there was none yet. */
  get newest(): { readonly sequence: number; readonly timestamp: number; atMs: number } | null {
    if (Number.isNaN(this.previousAtMs)) return null;
    const { maxSequence: sequence, previousTimestamp: timestamp, previousAtMs: atMs } = this;
    return { sequence, timestamp, atMs };
  }

  /** Counts a packet. */
  arrived(arrival: Arrival): void {
    this.countSequence(arrival.sequence);
    this.receivedCount += 1;
    this.countJitter(arrival);
  }

  private restart(sequence: number): void {
    this.expectedBefore = this.expected;
    this.baseSequence = sequence;
    this.maxSequence = sequence;
    this.cycles = 0;
    this.badSequence = NO_SEQUENCE;
    this.previousAtMs = Number.NaN;
  }

  private countSequence(sequence: number): void {
    if (this.receivedCount === 0) {
      this.restart(sequence);
      return;
    }
    const ahead = (sequence - this.maxSequence + SEQUENCE_MODULUS) % SEQUENCE_MODULUS;
    if (ahead < MAX_DROPOUT) {
      if (sequence < this.maxSequence) this.cycles += SEQUENCE_MODULUS;
      this.maxSequence = sequence;
      this.badSequence = NO_SEQUENCE;
      return;
    }
    // Late or doubled: counted as received, no more.
    if (ahead > SEQUENCE_MODULUS - MAX_MISORDER) return;
    // A jump: believed when the next packet goes on from there.
    if (sequence === this.badSequence) {
      this.restart(sequence);
      // Both packets of the new run count.
      this.baseSequence -= 1;
    } else {
      this.badSequence = (sequence + 1) % SEQUENCE_MODULUS;
    }
  }

  private countJitter({ timestamp, atMs, clockRateHz }: Arrival): void {
    if (clockRateHz === 0) return;
    const { previousTimestamp, previousAtMs } = this;
    this.previousTimestamp = timestamp;
    this.previousAtMs = atMs;
    if (Number.isNaN(previousAtMs)) return;
    let ticks = (timestamp - previousTimestamp + TIMESTAMP_MODULUS) % TIMESTAMP_MODULUS;
    if (ticks > TIMESTAMP_MODULUS / 2) ticks -= TIMESTAMP_MODULUS;
    const differenceMs = Math.abs(atMs - previousAtMs - (ticks * 1_000) / clockRateHz);
    this.jitter += (differenceMs - this.jitter) / 16;
  }
}
