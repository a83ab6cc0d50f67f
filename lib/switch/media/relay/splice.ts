import { FRAME_MS } from '@/lib/protocol/codecs/voice-codec';
import {
  rtpSequence,
  rtpSsrc,
  rtpTimestamp,
  setRtpMarker,
  setRtpSequence,
  setRtpSsrc,
  setRtpTimestamp,
} from '@/lib/protocol/rtp/header';

const SEQUENCES = 65_536;
const HALF_SEQUENCES = SEQUENCES / 2;

/** Where a stream stands: its newest packet. */
export interface StreamPlace {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** Monotonic. */
  readonly atMs: number;
}

/**
 * Makes one stream of all that a leg is sent, from its first playback on: what we say continues the
 * voice that it heard, and its peer's voice continues what we said, under one SSRC, without a step
 * back in sequence or time. RFC 3550 allows a change of SSRC; too many phones fall silent for it.
 */
export class Splice {
  readonly ssrc: number;
  /** The SSRC of what goes on just now; null until the first packet. */
  private source: number | null = null;
  private sequenceShift = 0;
  private timestampShift = 0;
  private lastSequence: number;
  private lastTimestamp: number;
  private lastAtMs: number;

  /** `heard`: the newest that the leg heard so far, or a beginning nobody can guess. */
  constructor(heard: StreamPlace) {
    this.ssrc = heard.ssrc;
    this.lastSequence = heard.sequence;
    this.lastTimestamp = heard.timestamp;
    this.lastAtMs = heard.atMs;
  }

  /** Fits a packet in, in place. */
  join(packet: Uint8Array, at: { readonly nowMs: number; readonly clockRateHz: number }): void {
    const ssrc = rtpSsrc(packet);
    if (ssrc !== this.source) this.begin(packet, ssrc, at);
    const sequence = (rtpSequence(packet) + this.sequenceShift) % SEQUENCES;
    const timestamp = (rtpTimestamp(packet) + this.timestampShift) >>> 0;
    setRtpSsrc(packet, this.ssrc);
    setRtpSequence(packet, sequence);
    setRtpTimestamp(packet, timestamp);
    const ahead = (sequence - this.lastSequence + SEQUENCES) % SEQUENCES;
    // What comes late stays behind.
    if (ahead === 0 || ahead >= HALF_SEQUENCES) return;
    this.lastSequence = sequence;
    this.lastTimestamp = timestamp;
    this.lastAtMs = at.nowMs;
  }

  /** A timestamp of the stream that goes on, as the leg counts. */
  timestampOf(timestamp: number): number {
    return (timestamp + this.timestampShift) >>> 0;
  }

  private begin(
    packet: Uint8Array,
    ssrc: number,
    { nowMs, clockRateHz }: { readonly nowMs: number; readonly clockRateHz: number },
  ): void {
    this.source = ssrc;
    const passedMs = Math.max(FRAME_MS, nowMs - this.lastAtMs);
    const ticks = Math.round((passedMs * clockRateHz) / 1_000);
    this.sequenceShift = (this.lastSequence + 1 - rtpSequence(packet) + SEQUENCES) % SEQUENCES;
    this.timestampShift = (this.lastTimestamp + ticks - rtpTimestamp(packet)) >>> 0;
    setRtpMarker(packet);
  }
}
