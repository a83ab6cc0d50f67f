/** Octets of the fixed header (RFC 3550 §5.1). */
export const RTP_HEADER_BYTES = 12;

/** Why a datagram is no RTP packet. */
export type RtpFault = 'short' | 'version' | 'rtcp' | 'csrc' | 'extension' | 'padding';

/** The fields of an RTP packet (RFC 3550 §5.1). */
export interface RtpHeader {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Where the payload lies: after CSRCs and extension, before the padding. */
  readonly payloadStart: number;
  readonly payloadEnd: number;
}

const byteAt = (packet: Uint8Array, index: number): number => packet[index] ?? 0;

/** Reads 16 bits, most significant byte first. */
export const read16 = (packet: Uint8Array, index: number): number =>
  (byteAt(packet, index) << 8) | byteAt(packet, index + 1);

/** Reads 32 bits as an unsigned number. */
export const read32 = (packet: Uint8Array, index: number): number =>
  ((byteAt(packet, index) << 24) |
    (byteAt(packet, index + 1) << 16) |
    (byteAt(packet, index + 2) << 8) |
    byteAt(packet, index + 3)) >>>
  0;

// Accessors of a validated packet, for the relay, which has no use for an object per packet.

export const rtpMarker = (packet: Uint8Array): boolean => (byteAt(packet, 1) & 0x80) !== 0;
export const rtpPayloadType = (packet: Uint8Array): number => byteAt(packet, 1) & 0x7f;
export const rtpSequence = (packet: Uint8Array): number => read16(packet, 2);
export const rtpTimestamp = (packet: Uint8Array): number => read32(packet, 4);
export const rtpSsrc = (packet: Uint8Array): number => read32(packet, 8);

/** Gives a packet another sequence number, in place. */
export function setRtpSequence(packet: Uint8Array, sequence: number): void {
  packet[2] = sequence >>> 8;
  packet[3] = sequence & 0xff;
}

/** Gives a packet another timestamp, in place. */
export function setRtpTimestamp(packet: Uint8Array, timestamp: number): void {
  packet[4] = timestamp >>> 24;
  packet[5] = (timestamp >>> 16) & 0xff;
  packet[6] = (timestamp >>> 8) & 0xff;
  packet[7] = timestamp & 0xff;
}

/** Marks a packet as the beginning of something, in place. */
export function setRtpMarker(packet: Uint8Array): void {
  packet[1] = byteAt(packet, 1) | 0x80;
}

/** Gives a packet another payload type, in place; the marker stays. */
export function setRtpPayloadType(packet: Uint8Array, payloadType: number): void {
  packet[1] = (byteAt(packet, 1) & 0x80) | (payloadType & 0x7f);
}

/** Gives a packet another source, in place. */
export function setRtpSsrc(packet: Uint8Array, ssrc: number): void {
  packet[8] = ssrc >>> 24;
  packet[9] = (ssrc >>> 16) & 0xff;
  packet[10] = (ssrc >>> 8) & 0xff;
  packet[11] = ssrc & 0xff;
}

/** Whether a datagram on a muxed port is RTCP: packet types 192 to 223 (RFC 5761 §4). */
export function isRtcp(packet: Uint8Array): boolean {
  const type = byteAt(packet, 1);
  return packet.length >= 8 && byteAt(packet, 0) >> 6 === 2 && type >= 192 && type <= 223;
}

/** Where the payload starts by what the header claims; beyond the packet where it claims too much. */
export function rtpPayloadStart(packet: Uint8Array): number {
  const first = byteAt(packet, 0);
  const start = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return start;
  return start + 4 + 4 * read16(packet, start + 2);
}

function paddingBytes(packet: Uint8Array): number {
  return (byteAt(packet, 0) & 0x20) === 0 ? 0 : byteAt(packet, packet.length - 1);
}

/**
 * Checks what RFC 3550 A.1 says a single packet can be checked for: version, no RTCP, lengths of
 * CSRCs, extension and padding within the packet. Null = valid. Allocates nothing.
 */
export function rtpFault(packet: Uint8Array): RtpFault | null {
  if (packet.length < RTP_HEADER_BYTES) return 'short';
  const first = byteAt(packet, 0);
  if (first >> 6 !== 2) return 'version';
  const second = byteAt(packet, 1);
  if (second >= 192 && second <= 223) return 'rtcp';
  if (RTP_HEADER_BYTES + 4 * (first & 0x0f) > packet.length) return 'csrc';
  const start = rtpPayloadStart(packet);
  if (start > packet.length) return 'extension';
  if ((first & 0x20) === 0) return null;
  const padding = paddingBytes(packet);
  return padding === 0 || start + padding > packet.length ? 'padding' : null;
}

/** All fields of a packet, or why it is none. */
export function parseRtp(
  packet: Uint8Array,
):
  | { readonly ok: true; readonly header: RtpHeader }
  | { readonly ok: false; readonly fault: RtpFault } {
  const fault = rtpFault(packet);
  if (fault !== null) return { ok: false, fault };
  return {
    ok: true,
    header: {
      marker: rtpMarker(packet),
      payloadType: rtpPayloadType(packet),
      sequence: rtpSequence(packet),
      timestamp: rtpTimestamp(packet),
      ssrc: rtpSsrc(packet),
      payloadStart: rtpPayloadStart(packet),
      payloadEnd: packet.length - paddingBytes(packet),
    },
  };
}
