/** An address as SDP writes it: numeric, or (rarely, RFC 8866 §5.7) a host name. */
export interface SdpConnection {
  readonly family: 4 | 6;
  readonly address: string;
}

/** The o= line (RFC 8866 §5.2). Ids are decimal strings: they may exceed 2^53. */
export interface SdpOrigin {
  readonly username: string;
  readonly sessionId: string;
  readonly version: string;
  readonly connection: SdpConnection;
}

/** An a= line; `value` is null for a property ("a=sendonly"). */
export interface SdpAttribute {
  readonly name: string;
  readonly value: string | null;
}

/** An m= section. Port 0 = refused. */
export interface SdpMedia {
  /** "audio", "video", "image", "application" …, lower case. */
  readonly kind: string;
  readonly port: number;
  /** As written: "RTP/AVP", "UDP/TLS/RTP/SAVPF" … */
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly connection: SdpConnection | null;
  readonly attributes: readonly SdpAttribute[];
}

/** A session description, without what a phone call has no use for (i=, u=, e=, p=, b=, r=, z=, k=). */
export interface SessionDescription {
  readonly origin: SdpOrigin;
  readonly name: string;
  readonly connection: SdpConnection | null;
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly SdpMedia[];
}

/** Who sends, from the view of the one who says it (RFC 3264 §5.1). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** A payload type with what it stands for (a=rtpmap and a=fmtp, or the static table). */
export interface PayloadFormat {
  readonly payloadType: number;
  /** As written; compare without case. */
  readonly name: string;
  readonly clockRateHz: number;
  readonly channels: number;
  readonly parameters: string | null;
}
