/** How far behind a packet is late and not a new beginning (RFC 3550 A.1). */
const MAX_MISORDER = 100;
/** A gap larger than this is a new beginning (RFC 3550 A.1). */
const MAX_DROPOUT = 3_000;
const SEQUENCES = 65_536;

/** What a packet is to the ones before it: how many are missing, or that it is of no use. */
export type Order =
  | { readonly kind: 'first' }
  | { readonly kind: 'next'; readonly lost: number }
  | { readonly kind: 'late' };

const FIRST: Order = { kind: 'first' };
const LATE: Order = { kind: 'late' };
const IN_ORDER: Order = { kind: 'next', lost: 0 };

/**
 * The order of a stream by its sequence numbers. Nothing waits for what is missing: a packet that
 * comes after its successor is late, and whoever decodes goes on without it.
 */
export class PacketOrder {
  private ssrc: number | null = null;
  private last = 0;

  next(ssrc: number, sequence: number): Order {
    const ahead = (sequence - this.last + SEQUENCES) % SEQUENCES;
    if (ssrc !== this.ssrc) return this.begin(ssrc, sequence);
    if (ahead === 0 || ahead > SEQUENCES - MAX_MISORDER) return LATE;
    if (ahead > MAX_DROPOUT) return this.begin(ssrc, sequence);
    this.last = sequence;
    return ahead === 1 ? IN_ORDER : { kind: 'next', lost: ahead - 1 };
  }

  private begin(ssrc: number, sequence: number): Order {
    this.ssrc = ssrc;
    this.last = sequence;
    return FIRST;
  }
}
