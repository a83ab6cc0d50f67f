import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

/** What we show in handshakes; it can be handed to another thread. */
export interface DtlsIdentity {
  /** DER. */
  readonly certificate: Uint8Array;
  /** PKCS #8, DER. */
  readonly privateKey: Uint8Array;
}

/** Nobody looks at the dates: a certificate is trusted by its fingerprint (RFC 8122 §6.2). */
const YEARS = 10;
const NAME = 'tollbridge';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const VERSION_3 = Buffer.from('a003020102', 'hex');
/** 1.2.840.10045.4.3.2. */
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
/** 2.5.4.3. */
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/** Tag, length, value (X.690 §8.1), of less than 64 kB. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(UTC_TIME, Buffer.from(`${digits}Z`, 'latin1'));
}

/** A new key with a self-signed certificate: one for each start of the switch (RFC 8827 §6.5). */
export function newDtlsIdentity(nowMs: number): DtlsIdentity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const serial = randomBytes(16);
  // Positive and without zeros in front (X.690 §8.3).
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const commonName = der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(NAME)));
  const name = der(SEQUENCE, der(SET, commonName));
  const until = new Date(nowMs);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const validity = der(SEQUENCE, utcTime(nowMs - 86_400_000), utcTime(until.getTime()));
  const content = der(
    SEQUENCE,
    VERSION_3,
    der(INTEGER, serial),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', content, privateKey));
  return {
    certificate: der(SEQUENCE, content, ECDSA_WITH_SHA256, signature),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }),
  };
}

/** By which the far side knows a certificate (RFC 8122 §5). */
export function sha256Fingerprint(certificate: Uint8Array): Buffer {
  return createHash('sha256').update(certificate).digest();
}

/** The key of an identity, ready to sign. */
export function signingKey({ privateKey }: DtlsIdentity): KeyObject {
  return createPrivateKey({ key: Buffer.from(privateKey), type: 'pkcs8', format: 'der' });
}
