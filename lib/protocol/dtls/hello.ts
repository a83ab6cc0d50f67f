import { ByteReader, number8, number16, vector } from './bytes';
import { DTLS_1_2 } from './records';

/** The one suite we speak: all of RFC 8827's and OpenSSL's peers do (RFC 5289 §3.2). */
export const ECDHE_ECDSA_AES_128_GCM_SHA256 = 0xc02b;
/** secp256r1 (RFC 8422 §5.1.1). */
export const P_256 = 0x0017;
/** ecdsa_secp256r1_sha256. */
export const ECDSA_SHA_256 = 0x0403;
/** RFC 5746 §3.3. */
const RENEGOTIATION_SCSV = 0x00ff;

const EXTENSION_GROUPS = 10;
const EXTENSION_POINT_FORMATS = 11;
const EXTENSION_SIGNATURES = 13;
const EXTENSION_USE_SRTP = 14;
const EXTENSION_MASTER_SECRET = 23;
const EXTENSION_RENEGOTIATION = 0xff01;
/** More than any hello has. */
const MAX_EXTENSIONS = 64;
const RANDOM_BYTES = 32;

/** What a client says of itself. */
export interface ClientHello {
  readonly version: number;
  readonly random: Buffer;
  readonly cookie: Buffer;
  readonly suites: readonly number[];
  /** Null where it says nothing of them. */
  readonly groups: readonly number[] | null;
  readonly signatures: readonly number[] | null;
  readonly srtpProfiles: readonly number[];
  readonly hasPointFormats: boolean;
  /** RFC 7627. */
  readonly wantsExtendedMasterSecret: boolean;
  /** RFC 5746: it is told that we don't renegotiate. */
  readonly knowsRenegotiation: boolean;
}

function numbersOf(bytes: Buffer): readonly number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readUInt16BE(index * 2));
}

function extensionsOf(bytes: Buffer): ReadonlyMap<number, Buffer> | null {
  const reader = new ByteReader(bytes);
  const extensions = new Map<number, Buffer>();
  while (!reader.isAtEnd && extensions.size < MAX_EXTENSIONS) {
    const type = reader.number(2);
    extensions.set(type, reader.vector(2));
  }
  return reader.isWhole ? extensions : null;
}

/** Numbers in a vector of their own within an extension; null where the extension is not there. */
function listIn(extension: Buffer | undefined): readonly number[] | null {
  return extension === undefined ? null : numbersOf(new ByteReader(extension).vector(2));
}

/** Reads a ClientHello (RFC 6347 §4.2.1); null where it is none. */
export function readClientHello(body: Buffer): ClientHello | null {
  const reader = new ByteReader(body);
  const version = reader.number(2);
  const random = reader.take(RANDOM_BYTES);
  reader.vector(1);
  const cookie = reader.vector(1);
  const suites = numbersOf(reader.vector(2));
  reader.vector(1);
  const extensions = extensionsOf(reader.isAtEnd ? Buffer.alloc(0) : reader.vector(2));
  if (!reader.isWhole || extensions === null) return null;
  return {
    version,
    random,
    cookie,
    suites,
    groups: listIn(extensions.get(EXTENSION_GROUPS)),
    signatures: listIn(extensions.get(EXTENSION_SIGNATURES)),
    srtpProfiles: listIn(extensions.get(EXTENSION_USE_SRTP)) ?? [],
    hasPointFormats: extensions.has(EXTENSION_POINT_FORMATS),
    wantsExtendedMasterSecret: extensions.has(EXTENSION_MASTER_SECRET),
    knowsRenegotiation:
      extensions.has(EXTENSION_RENEGOTIATION) || suites.includes(RENEGOTIATION_SCSV),
  };
}

/** Whether a client speaks what we speak. */
export function isSpoken({ version, suites, groups, signatures }: ClientHello): boolean {
  // Versions count downwards: 1.2 is below 1.0.
  return (
    version >>> 8 === DTLS_1_2 >>> 8 &&
    version <= DTLS_1_2 &&
    suites.includes(ECDHE_ECDSA_AES_128_GCM_SHA256) &&
    (groups === null || groups.includes(P_256)) &&
    (signatures === null || signatures.includes(ECDSA_SHA_256))
  );
}

/** HelloVerifyRequest (RFC 6347 §4.2.1). */
export function helloVerifyRequest(cookie: Buffer): Buffer {
  return Buffer.concat([number16(DTLS_1_2), vector(1, cookie)]);
}

/** ServerHello (RFC 5246 §7.4.1.3) with what the client may be told. */
export function serverHello(hello: ClientHello, random: Buffer, srtpProfile: number): Buffer {
  const extension = (type: number, ...parts: readonly Uint8Array[]): Buffer =>
    Buffer.concat([number16(type), vector(2, ...parts)]);
  const extensions = [
    // RFC 5764 §4.1.1: one profile, no MKI.
    extension(EXTENSION_USE_SRTP, vector(2, number16(srtpProfile)), vector(1)),
  ];
  if (hello.wantsExtendedMasterSecret) extensions.push(extension(EXTENSION_MASTER_SECRET));
  if (hello.knowsRenegotiation) extensions.push(extension(EXTENSION_RENEGOTIATION, vector(1)));
  if (hello.hasPointFormats)
    extensions.push(extension(EXTENSION_POINT_FORMATS, vector(1, number8(0))));
  return Buffer.concat([
    number16(DTLS_1_2),
    random,
    vector(1),
    number16(ECDHE_ECDSA_AES_128_GCM_SHA256),
    number8(0),
    vector(2, ...extensions),
  ]);
}
