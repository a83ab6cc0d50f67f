import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Why a certificate is not the peer's that was configured; undefined where it is. The name must
 * stand in the subjectAltName: as `sip:` URI, DNS name, or address where an address was configured
 * (RFC 5922 §7.1). A common name alone proves nothing.
 */
export function peerIdentityProblem(
  peerName: string,
  certificate: PeerCertificate,
): Error | undefined {
  const names = certificate.subjectaltname;
  if (!names) return wrongName(peerName, 'it bears no name');
  if (names.split(', ').includes(`URI:sip:${peerName}`)) return undefined;
  // Without its common name, which the check would fall back to.
  const problem = checkServerIdentity(peerName, { ...certificate, subject: NOBODY });
  return problem && wrongName(peerName, `it is for ${names.slice(0, 200)}`);
}

const NOBODY: PeerCertificate['subject'] = { C: '', ST: '', L: '', O: '', OU: '', CN: '' };

function wrongName(peerName: string, why: string): Error {
  const error = new Error(`The certificate is not ${peerName}'s: ${why}.`);
  return Object.assign(error, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}
