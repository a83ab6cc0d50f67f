import { setRtpSsrc } from '@/lib/protocol/rtp/header';

/**
 * What a leg says goes back to it as it came, at once. Only its source is another: who hears its own
 * SSRC takes it for a loop (RFC 3550 §8.2).
 */
export class Echo {
  readonly playbackId: number;
  private readonly ssrc: number;

  constructor(playbackId: number, ssrc: number) {
    this.playbackId = playbackId;
    this.ssrc = ssrc;
  }

  /** Makes of a packet of the leg what it is sent. */
  mark(packet: Uint8Array): void {
    setRtpSsrc(packet, this.ssrc);
  }
}
