import { ReplayWindow } from './replay-window';

/**
 * Sources (SSRCs) of one direction that are remembered: a call has one, and one more for each time
 * it is put through to somebody else. Only who has the key can make a new one.
 */
const MAX_SOURCES = 32;

const SEQUENCE_MODULUS = 0x1_0000;
const HALF = 0x8000;
/** RFC 3711 §3.3.1: the rollover counter has 32 bits. */
const MAX_ROLLOVER = 0xffff_ffff;

/** One source: how far it is, and what of it was seen. */
export class Source {
  readonly window = new ReplayWindow();
  private rollover = 0;
  private highest = -1;

  /**
   * The rollover counter that a sequence number most likely belongs to (RFC 3711 §3.3.1, appendix A);
   * -1 for one from before the beginning, or beyond the end of the key's life.
   */
  rolloverOf(sequence: number): number {
    const { rollover, highest } = this;
    if (highest < 0) return 0;
    if (highest < HALF) return sequence - highest > HALF ? rollover - 1 : rollover;
    if (highest - HALF <= sequence) return rollover;
    return rollover === MAX_ROLLOVER ? -1 : rollover + 1;
  }

  /** The sequence number behind the last one. */
  get nextSequence(): number {
    return (this.highest + 1) % SEQUENCE_MODULUS;
  }

  /** Notes a packet of this source that is its own beyond doubt. */
  note(rollover: number, sequence: number): void {
    this.window.note(indexOf(rollover, sequence));
    const isAhead =
      rollover > this.rollover || (rollover === this.rollover && sequence > this.highest);
    if (!isAhead) return;
    this.rollover = rollover;
    this.highest = sequence;
  }
}

/** A packet's index of 48 bits. */
export function indexOf(rollover: number, sequence: number): number {
  return rollover * SEQUENCE_MODULUS + sequence;
}

/** Something for each source; of too many the one that was used least recently is forgotten. */
export class SourceTable<Kept> {
  private readonly kept = new Map<number, Kept>();
  private lastSsrc = -1;
  private last: Kept | undefined;

  /** What is kept of a source; undefined for one that is new. */
  of(ssrc: number): Kept | undefined {
    if (ssrc === this.lastSsrc) return this.last;
    const found = this.kept.get(ssrc);
    if (found === undefined) return undefined;
    // Behind all others: the first of a map is the one that is forgotten.
    this.kept.delete(ssrc);
    this.kept.set(ssrc, found);
    this.lastSsrc = ssrc;
    this.last = found;
    return found;
  }

  add(ssrc: number, fresh: Kept): void {
    if (this.kept.size >= MAX_SOURCES) {
      for (const oldest of this.kept.keys()) {
        this.kept.delete(oldest);
        break;
      }
    }
    this.kept.set(ssrc, fresh);
    this.lastSsrc = ssrc;
    this.last = fresh;
  }
}
