/** Which packet it is: what a key stream is made for, and never twice (RFC 3711 §4.1.1). */
export interface PacketPosition {
  ssrc: number;
  /** The upper 32 bits of the 48 of a packet's index: of RTP the rollover counter. */
  high: number;
  /** The lower 16: of RTP the sequence number. */
  low: number;
}

/** Octets of an RTCP packet that are never enciphered (RFC 3711 §3.4). */
export const RTCP_CLEAR_BYTES = 8;
/** The index of an SRTCP packet, with the flag that says that it is enciphered. */
export const RTCP_INDEX_BYTES = 4;
export const ENCIPHERED = 0x8000_0000;

/**
 * How packets of one direction, of RTP or of RTCP, are enciphered and authenticated. Whether a
 * packet is the next or an old one is for others to say: nothing is remembered here.
 */
export interface PacketTransform {
  /** An RTP packet sealed: its header of `clearBytes` stays as it is. */
  sealRtp(packet: Uint8Array, clearBytes: number, position: PacketPosition): Buffer;
  /**
   * Deciphers in place; null, and nothing is changed, where the tag is not right. What comes out is
   * a part of what went in.
   */
  openRtp(sealed: Uint8Array, clearBytes: number, position: PacketPosition): Uint8Array | null;
  /** A compound RTCP packet sealed; its index is the position's. */
  sealRtcp(packet: Uint8Array, position: PacketPosition): Buffer;
  /** The same for RTCP, whose position `rtcpIndexAt` shows. */
  openRtcp(sealed: Uint8Array, position: PacketPosition): Uint8Array | null;
  /** Where the index of a sealed RTCP packet stands. */
  rtcpIndexAt(sealed: Uint8Array): number;
}
