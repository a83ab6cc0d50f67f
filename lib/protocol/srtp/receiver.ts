import {
  RTP_HEADER_BYTES,
  read32,
  rtpPayloadStart,
  rtpSequence,
  rtpSsrc,
} from '@/lib/protocol/rtp/header';
import { ReplayWindow } from './replay-window';
import { indexOf, Source, SourceTable } from './sources';
import type { SrtpKeying } from './suites';
import { type PacketTransform, RTCP_CLEAR_BYTES, RTCP_INDEX_BYTES } from './transform';
import { MAX_SRTP_BYTES, suiteOf, transformOf } from './transforms';

const RTCP_SSRC_AT = 4;
const INDEX_MASK = 0x7fff_ffff;

/**
 * Opens what was protected with one key (RFC 3711 §3.3, §3.4): what was seen before is refused first,
 * then what is not authentic; only then is anything deciphered or learned.
 */
export class SrtpReceiver {
  private readonly keying: SrtpKeying;
  private readonly rtp: PacketTransform;
  private rtcp: PacketTransform | undefined;
  private readonly rtpTagBytes: number;
  private readonly rtcpTagBytes: number;
  private readonly sources = new SourceTable<Source>();
  private readonly rtcpSources = new SourceTable<ReplayWindow>();
  private readonly position = { ssrc: 0, high: 0, low: 0 };

  constructor(keying: SrtpKeying) {
    this.keying = keying;
    this.rtp = transformOf(keying, 'rtp');
    const suite = suiteOf(keying);
    this.rtpTagBytes = suite.rtpTagBytes;
    this.rtcpTagBytes = suite.rtcpTagBytes;
  }

  /** The RTP packet within a datagram, deciphered in its place; null where there is none to trust. */
  rtpOf(datagram: Uint8Array): Uint8Array | null {
    const { length } = datagram;
    if (length < RTP_HEADER_BYTES + this.rtpTagBytes || length > MAX_SRTP_BYTES) return null;
    const clearBytes = rtpPayloadStart(datagram);
    if (clearBytes + this.rtpTagBytes > length) return null;
    const ssrc = rtpSsrc(datagram);
    const sequence = rtpSequence(datagram);
    const known = this.sources.of(ssrc);
    const source = known ?? new Source();
    const rollover = source.rolloverOf(sequence);
    if (rollover < 0 || !source.window.isFresh(indexOf(rollover, sequence))) return null;
    const { position } = this;
    position.ssrc = ssrc;
    position.high = rollover;
    position.low = sequence;
    const packet = this.rtp.openRtp(datagram, clearBytes, position);
    if (packet === null) return null;
    if (known === undefined) this.sources.add(ssrc, source);
    source.note(rollover, sequence);
    return packet;
  }

  /** The RTCP packets within a datagram; as `rtpOf`. */
  rtcpOf(datagram: Uint8Array): Uint8Array | null {
    const { length } = datagram;
    const least = RTCP_CLEAR_BYTES + RTCP_INDEX_BYTES + this.rtcpTagBytes;
    if (length < least || length > MAX_SRTP_BYTES) return null;
    this.rtcp ??= transformOf(this.keying, 'rtcp');
    const ssrc = read32(datagram, RTCP_SSRC_AT);
    const index = read32(datagram, this.rtcp.rtcpIndexAt(datagram)) & INDEX_MASK;
    const known = this.rtcpSources.of(ssrc);
    const window = known ?? new ReplayWindow();
    if (!window.isFresh(index)) return null;
    const { position } = this;
    position.ssrc = ssrc;
    position.high = index >>> 16;
    position.low = index & 0xffff;
    const packet = this.rtcp.openRtcp(datagram, position);
    if (packet === null) return null;
    if (known === undefined) this.rtcpSources.add(ssrc, window);
    window.note(index);
    return packet;
  }
}
