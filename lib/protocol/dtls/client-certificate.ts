import { constants, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { ByteReader, number8, number16, vector } from './bytes';
import { sha256Fingerprint } from './certificate';

const ECDSA_SIGN = 64;
const RSA_SIGN = 1;

interface Scheme {
  readonly keyType: 'ec' | 'rsa';
  readonly hash: string;
  readonly padding?: number;
}

/** RFC 5246 §7.4.1.4.1, RFC 8446 §4.2.3; nothing with SHA-1. */
const SCHEMES: ReadonlyMap<number, Scheme> = new Map([
  [0x0403, { keyType: 'ec', hash: 'sha256' }],
  [0x0503, { keyType: 'ec', hash: 'sha384' }],
  [0x0603, { keyType: 'ec', hash: 'sha512' }],
  [0x0804, { keyType: 'rsa', hash: 'sha256', padding: constants.RSA_PKCS1_PSS_PADDING }],
  [0x0805, { keyType: 'rsa', hash: 'sha384', padding: constants.RSA_PKCS1_PSS_PADDING }],
  [0x0806, { keyType: 'rsa', hash: 'sha512', padding: constants.RSA_PKCS1_PSS_PADDING }],
  [0x0401, { keyType: 'rsa', hash: 'sha256' }],
  [0x0501, { keyType: 'rsa', hash: 'sha384' }],
  [0x0601, { keyType: 'rsa', hash: 'sha512' }],
]);

/** CertificateRequest (RFC 5246 §7.4.4): any certificate will do, of which we know the fingerprint. */
export function certificateRequest(): Buffer {
  const types = vector(1, number8(ECDSA_SIGN), number8(RSA_SIGN));
  const schemes = vector(2, ...[...SCHEMES.keys()].map(number16));
  return Buffer.concat([types, schemes, vector(2)]);
}

/**
 * The client's own certificate, if it is one that its description named (RFC 5763 §5); null
 * otherwise. Whether it is his who shows it, `isSignedBy` tells.
 */
export function knownCertificate(
  body: Buffer,
  fingerprints: readonly Uint8Array[],
): X509Certificate | null {
  const list = new ByteReader(new ByteReader(body).vector(3));
  const certificate = list.vector(3);
  if (!list.isWhole || certificate.length === 0) return null;
  const shown = sha256Fingerprint(certificate);
  const isKnown = fingerprints.some(
    (known) => known.length === shown.length && timingSafeEqual(known, shown),
  );
  if (!isKnown) return null;
  try {
    return new X509Certificate(certificate);
  } catch {
    // It has the fingerprint, and is no certificate.
    return null;
  }
}

/** CertificateVerify (RFC 5246 §7.4.8): whether who shows a certificate has its key. */
export function isSignedBy(
  certificate: X509Certificate,
  body: Buffer,
  transcript: Buffer,
): boolean {
  const reader = new ByteReader(body);
  const scheme = SCHEMES.get(reader.number(2));
  const signature = reader.vector(2);
  if (scheme === undefined || !reader.isWhole) return false;
  try {
    const { publicKey } = certificate;
    if (publicKey.asymmetricKeyType !== scheme.keyType) return false;
    const { padding } = scheme;
    const options =
      padding === undefined ? {} : { padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    return verify(scheme.hash, transcript, { key: publicKey, ...options }, signature);
  } catch {
    // A key that can't be read signs nothing.
    return false;
  }
}
