/**
 * Lines that hold what is one call's alone: SRTP keys (RFC 4568, RFC 4567, k= of RFC 4566), ICE
 * credentials (RFC 8839), the identity of a DTLS peer (RFC 8122, RFC 8842).
 */
const SECRET =
  /(?:^|[\r\n])(?:k=|a=[ \t]*(?:crypto|key-mgmt|ice-pwd|ice-ufrag|fingerprint|tls-id)[ \t]*(?::|$|[\r\n]))/i;

/** Whether a description, or a part of one, bears keys: then no table that outlives its call may hold it. */
export function bearsSecrets(text: string): boolean {
  return SECRET.test(text);
}
