import {
  read32,
  rtpPayloadStart,
  rtpSequence,
  rtpSsrc,
  setRtpSequence,
} from '@/lib/protocol/rtp/header';
import { indexOf, Source, SourceTable } from './sources';
import type { SrtpKeying } from './suites';
import type { PacketTransform } from './transform';
import { RTCP_CLEAR_BYTES } from './transform';
import { MAX_SRTP_BYTES, transformOf } from './transforms';

/** RFC 3711 §9.2: a key protects no more than 2^31 RTCP packets. */
const MAX_RTCP_INDEX = 0x7fff_ffff;
const RTCP_SSRC_AT = 4;
const SEQUENCE_MASK = 0xffff;

/** A source that is sent on, which counts as it likes: what goes out counts on. */
class SentSource extends Source {
  /** Added to its own numbers. */
  private shift = 0;
  private stray = -1;

  /**
   * The number that a packet goes out with; -1 for one that may not: its number was used. Who begins
   * to count anew is followed from the second packet on (RFC 3550 A.1), or nobody would hear him.
   */
  numberOf(sequence: number): number {
    const number = (sequence + this.shift) & SEQUENCE_MASK;
    const rollover = this.rolloverOf(number);
    const index = indexOf(rollover, number);
    if (rollover >= 0 && this.window.isFresh(index)) return number;
    const isAnew = rollover < 0 || this.window.isPast(index);
    const isSecond = this.stray === ((sequence - 1) & SEQUENCE_MASK);
    this.stray = isAnew && !isSecond ? sequence : -1;
    if (!isAnew || !isSecond) return -1;
    this.shift = (this.nextSequence - sequence) & SEQUENCE_MASK;
    return this.nextSequence;
  }
}

/**
 * Protects what is sent with one key (RFC 3711 §3.3, §3.4). No key stream is used twice: a packet
 * that was sent before, or one of like number, is not sent again.
 */
export class SrtpSender {
  private readonly keying: SrtpKeying;
  private readonly rtp: PacketTransform;
  private rtcp: PacketTransform | undefined;
  private readonly sources = new SourceTable<SentSource>();
  private rtcpIndex = 0;
  private readonly position = { ssrc: 0, high: 0, low: 0 };

  constructor(keying: SrtpKeying) {
    this.keying = keying;
    this.rtp = transformOf(keying, 'rtp');
  }

  /**
   * A valid RTP packet, protected; null for one that may not be sent. Its number may be changed in
   * its place.
   */
  rtpOf(packet: Uint8Array): Buffer | null {
    const clearBytes = rtpPayloadStart(packet);
    if (packet.length > MAX_SRTP_BYTES || clearBytes > packet.length) return null;
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    const known = this.sources.of(ssrc);
    const source = known ?? new SentSource();
    const number = source.numberOf(sequence);
    const rollover = number < 0 ? -1 : source.rolloverOf(number);
    if (rollover < 0) return null;
    if (known === undefined) this.sources.add(ssrc, source);
    source.note(rollover, number);
    const { position } = this;
    position.ssrc = ssrc;
    position.high = rollover;
    position.low = number;
    if (number !== sequence) setRtpSequence(packet, number);
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
