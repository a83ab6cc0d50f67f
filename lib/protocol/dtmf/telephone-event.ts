import { read16 } from '@/lib/protocol/rtp/header';

/** Octets of one event (RFC 4733 §2.3). */
export const EVENT_BYTES = 4;
/** The longest that one event can say; what lasts longer goes on as a segment (§2.5.1.3). */
export const MAX_EVENT_TICKS = 0xff_ff;
/** How often the end of an event is said (§2.5.1.4). */
export const END_PACKETS = 3;
/** −10 dBm0, as phones do. */
export const USUAL_VOLUME = 10;

/** What one packet says of an event. */
export interface TelephoneEvent {
  readonly event: number;
  readonly isEnd: boolean;
  /** The tone's power in −dBm0, 0 … 63. */
  readonly volume: number;
  /** How long it has lasted since the packet's timestamp, in ticks of its clock. */
  readonly durationTicks: number;
}

/** Reads the first event of a payload; null where there is none. */
export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | null {
  if (payload.length < EVENT_BYTES) return null;
  const flags = payload[1] ?? 0;
  return {
    event: payload[0] ?? 0,
    isEnd: (flags & 0x80) !== 0,
    volume: flags & 0x3f,
    durationTicks: read16(payload, 2),
  };
}

/** Writes an event to the start of `out`; a duration beyond the longest is the longest. */
export function writeTelephoneEvent(event: TelephoneEvent, out: Uint8Array): void {
  const ticks = Math.max(0, Math.min(MAX_EVENT_TICKS, Math.round(event.durationTicks)));
  out[0] = event.event;
  out[1] = (event.isEnd ? 0x80 : 0) | (event.volume & 0x3f);
  out[2] = ticks >> 8;
  out[3] = ticks & 0xff;
}

/** Where a packet of events stands among the others of its stream. */
export interface EventMoment {
  readonly timestamp: number;
  readonly marker: boolean;
}

/** What a packet is to what came before. */
export type EventStep =
  /** A key was pressed. */
  | 'start'
  /** It lasts, or it ends. */
  | 'goes on'
  /** It ended, or is over for another reason: a repeated end, or a packet of an earlier event. */
  | 'old';

/** Half of the timestamps lie ahead, half behind (RFC 3550 §5.1). */
const HALF = 2 ** 31;
/**
 * How far back an event may lie to be a late packet. What lies further back comes from a sender
 * that numbers anew.
 */
const LATE_SECONDS = 5;

/**
 * Tells events of one stream apart: all packets with one timestamp are one key, the three of its
 * end too; a segment that goes on where the last one was full is the same key (RFC 4733 §2.5.1.3).
 */
export class EventReader {
  private readonly lateTicks: number;
  private last: TelephoneEvent | null = null;
  private timestamp = 0;
  /** Ticks of the segments before this one. */
  private before = 0;

  constructor(clockRateHz: number) {
    this.lateTicks = clockRateHz * LATE_SECONDS;
  }

  /** How long the present key has lasted, in ticks. */
  get durationTicks(): number {
    return this.before + (this.last?.durationTicks ?? 0);
  }

  /** Whether a key is pressed, as far as was heard. */
  get isPressed(): boolean {
    return this.last !== null && !this.last.isEnd;
  }

  /** Looks at a packet. */
  next(event: TelephoneEvent, { timestamp, marker }: EventMoment): EventStep {
    const { last } = this;
    if (last !== null && timestamp === this.timestamp) {
      if (last.isEnd || event.durationTicks < last.durationTicks) return 'old';
      this.last = event;
      return 'goes on';
    }
    const ahead = (timestamp - this.timestamp) >>> 0;
    if (last !== null && ahead > HALF && 2 ** 32 - ahead < this.lateTicks) return 'old';
    const isSegment =
      last !== null &&
      !marker &&
      !last.isEnd &&
      last.event === event.event &&
      last.durationTicks > 0 &&
      ahead === last.durationTicks;
    this.before = isSegment ? this.before + ahead : 0;
    this.timestamp = timestamp;
    this.last = event;
    return isSegment ? 'goes on' : 'start';
  }

  /** The key is over although nobody said so: all of its end was lost. */
  release(): void {
    if (this.last !== null) this.last = { ...this.last, isEnd: true };
  }
}
