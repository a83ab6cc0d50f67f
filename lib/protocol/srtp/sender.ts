import { read32, rtpPayloadStart, rtpSequence, rtpSsrc } from '@/lib/protocol/rtp/header';
import { indexOf, Source, SourceTable } from './sources';
import type { SrtpKeying } from './suites';
import type { PacketTransform } from './transform';
import { RTCP_CLEAR_BYTES } from './transform';
import { MAX_SRTP_BYTES, transformOf } from './transforms';

/** RFC 3711 §9.2: a key protects no more than 2^31 RTCP packets. */
const MAX_RTCP_INDEX = 0x7fff_ffff;
const RTCP_SSRC_AT = 4;

/**
 * Protects what is sent with one key (RFC 3711 §3.3, §3.4). No key stream is used twice: a packet
 * that was sent before, or one of like number, is not sent again.
 */
export class SrtpSender {
  private readonly keying: SrtpKeying;
  private readonly rtp: PacketTransform;
  private rtcp: PacketTransform | undefined;
  private readonly sources = new SourceTable<Source>();
  private rtcpIndex = 0;
  private readonly position = { ssrc: 0, high: 0, low: 0 };

  constructor(keying: SrtpKeying) {
    this.keying = keying;
    this.rtp = transformOf(keying, 'rtp');
  }

  /** A valid RTP packet, protected; null for one that may not be sent. */
  rtpOf(packet: Uint8Array): Buffer | null {
    const clearBytes = rtpPayloadStart(packet);
    if (packet.length > MAX_SRTP_BYTES || clearBytes > packet.length) return null;
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    const known = this.sources.of(ssrc);
    const source = known ?? new Source();
    const rollover = source.rolloverOf(sequence);
    if (rollover < 0 || !source.window.isFresh(indexOf(rollover, sequence))) return null;
    if (known === undefined) this.sources.add(ssrc, source);
    source.note(rollover, sequence);
    const { position } = this;
    position.ssrc = ssrc;
    position.high = rollover;
    position.low = sequence;
    return this.rtp.sealRtp(packet, clearBytes, position);
  }

  /** A valid compound RTCP packet, protected; null for one that may not be sent. */
  rtcpOf(packet: Uint8Array): Buffer | null {
    const isInBounds = packet.length >= RTCP_CLEAR_BYTES && packet.length <= MAX_SRTP_BYTES;
    if (!isInBounds || this.rtcpIndex >= MAX_RTCP_INDEX) return null;
    this.rtcpIndex += 1;
    this.rtcp ??= transformOf(this.keying, 'rtcp');
    const { position } = this;
    position.ssrc = read32(packet, RTCP_SSRC_AT);
    position.high = this.rtcpIndex >>> 16;
    position.low = this.rtcpIndex & 0xffff;
    return this.rtcp.sealRtcp(packet, position);
  }
}
