import type { DtlsIdentity } from '@/lib/protocol/dtls/certificate';
import type { LiteCredentials } from '@/lib/protocol/ice/lite';
import type { SrtpKeying } from '@/lib/protocol/srtp/suites';

/** SRTP with keys that the descriptions said (RFC 4568). */
export interface SdesSecurity {
  readonly kind: 'sdes';
  readonly send: SrtpKeying;
  readonly receive: SrtpKeying;
}

/** SRTP with keys from a DTLS handshake, in which we are the server (RFC 5763, RFC 5764). */
export interface DtlsSecurity {
  readonly kind: 'dtls';
  readonly identity: DtlsIdentity;
  /** SHA-256 of the certificates that the far side may show. */
  readonly fingerprints: readonly Uint8Array[];
  /** Null where the far side does without ICE. */
  readonly ice: LiteCredentials | null;
  /** Whether RTCP shares the port (RFC 5761); where it does not there is none. */
  readonly isRtcpMuxed: boolean;
}

/** How a leg's media is protected, as both sides agreed. */
export type EndpointSecurity = SdesSecurity | DtlsSecurity;
