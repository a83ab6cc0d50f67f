import { keyAndSaltBytes, type SrtpSuiteName, srtpSuite } from '@/lib/protocol/srtp/suites';
import { attributeValue } from './formats';
import type { SdpAttribute, SdpMedia, SessionDescription } from './types';

/** One key that is offered or taken (RFC 4568 §4). */
export interface SdesKey {
  /** Up to nine digits, by which an answer says which one it takes. */
  readonly tag: number;
  readonly suite: SrtpSuiteName;
  readonly keyAndSalt: Buffer;
}

/** ICE's short-term credentials (RFC 8839 §5.4). */
export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

/** Who begins the DTLS handshake (RFC 4145 §4, RFC 5763 §5). */
export type DtlsSetup = 'active' | 'passive' | 'actpass';

/** What one side says of how its media is protected. */
export type AudioSecurity =
  | { readonly kind: 'plain' }
  | { readonly kind: 'sdes'; readonly keys: readonly SdesKey[] }
  | {
      readonly kind: 'dtls';
      /** SHA-256 of the certificates that it may show. */
      readonly fingerprints: readonly Buffer[];
      readonly setup: DtlsSetup;
      /** Null where it does without ICE. */
      readonly ice: IceCredentials | null;
      readonly isRtcpMuxed: boolean;
      /** What the section is called for BUNDLE; null where it has no name. */
      readonly mid: string | null;
    };

export const PLAIN: AudioSecurity = { kind: 'plain' };

/** Whether keys may be read in a description: only where its signalling can't be read by others. */
export interface SecurityPolicy {
  readonly maySdes: boolean;
  readonly mayDtls: boolean;
}

export const PLAIN_ONLY: SecurityPolicy = { maySdes: false, mayDtls: false };

/** How a section of ours is written that is not plain. */
export interface Protection {
  /** Of the m= line that a leg is offered; an answer has its offer's. */
  readonly protocol: string;
  /** Lines of the whole description, and of the section. */
  readonly session: readonly SdpAttribute[];
  readonly media: readonly SdpAttribute[];
}

const PLAIN_PROTOCOL = /^RTP\/AVPF?$/i;
const SECURE_PROTOCOL = /^RTP\/SAVPF?$/i;
const DTLS_PROTOCOL = /^UDP\/TLS\/RTP\/SAVPF?$/i;

/** More keys in one section than anybody has use for. */
const MAX_KEYS = 16;
const MAX_FINGERPRINTS = 8;
/** RFC 4568 §9.1; a lifetime may follow, an MKI may not: we don't number keys. */
const CRYPTO =
  /^(\d{1,9})[ \t]+(\w{1,64})[ \t]+inline:([A-Za-z0-9+/]{16,128}={0,2})([|;][^ \t]*)?(.*)$/i;
const LIFETIME = /^\|(?:\d{1,15}|2\^\d{1,2})$/;
/** Parameters that change nothing for us; with any other the key may not be used (§6.3.7). */
const HARMLESS_PARAMETER = /^(?:WSH=\d{1,6}|-\S{1,64})$/i;

/** RFC 8839 §5.4. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PWD = /^[A-Za-z0-9+/]{22,256}$/;
const MID = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,32}$/;
const SHA_256 = /^sha-256[ \t]+((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i;

function readKey(value: string): SdesKey | undefined {
  const [, tag = '', name = '', text = '', lifetime = '', parameters = ''] =
    CRYPTO.exec(value) ?? [];
  const suite = srtpSuite(name);
  if (!suite || (lifetime !== '' && !LIFETIME.test(lifetime))) return undefined;
  const words = parameters.split(/[ \t]+/).filter((word) => word !== '');
  if (!words.every((word) => HARMLESS_PARAMETER.test(word))) return undefined;
  const keyAndSalt = Buffer.from(text, 'base64');
  if (keyAndSalt.length !== keyAndSaltBytes(suite)) return undefined;
  return { tag: Number(tag), suite: suite.name, keyAndSalt };
}

/** The keys of a section that can be used, in its order; what is unknown or misshapen is passed over. */
function readKeys({ attributes }: SdpMedia): readonly SdesKey[] {
  const lines = attributes.filter(({ name }) => name === 'crypto').slice(0, MAX_KEYS);
  return lines.flatMap(({ value }) => readKey(value ?? '') ?? []);
}

/** A key as its a= line. */
export function keyAttribute({ tag, suite, keyAndSalt }: SdesKey): SdpAttribute {
  return { name: 'crypto', value: `${tag} ${suite} inline:${keyAndSalt.toString('base64')}` };
}

/** A fingerprint as its a= line (RFC 8122 §5). */
export function fingerprintAttribute(sha256: Uint8Array): SdpAttribute {
  const digits = Array.from(sha256, (byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  return { name: 'fingerprint', value: `sha-256 ${digits.join(':')}` };
}

/** Of the section, else of the whole description. */
function attributesNamed(
  description: SessionDescription,
  media: SdpMedia,
  name: string,
): readonly string[] {
  const valuesIn = (attributes: readonly SdpAttribute[]): string[] =>
    attributes.flatMap((one) => (one.name === name && one.value !== null ? [one.value] : []));
  const own = valuesIn(media.attributes);
  return own.length > 0 ? own : valuesIn(description.attributes);
}

/** ICE credentials of a section (RFC 8839 §5.4); null where it does without ICE. */
function readIce(description: SessionDescription, media: SdpMedia): IceCredentials | null {
  const [ufrag = ''] = attributesNamed(description, media, 'ice-ufrag');
  const [pwd = ''] = attributesNamed(description, media, 'ice-pwd');
  return UFRAG.test(ufrag) && PWD.test(pwd) ? { ufrag, pwd } : null;
}

/** Whether a section is meant for ICE: then its c= line is only a default (RFC 8839 §4.2.1). */
export function usesIce(description: SessionDescription, media: SdpMedia): boolean {
  return attributesNamed(description, media, 'ice-ufrag').length > 0;
}

function readFingerprints(description: SessionDescription, media: SdpMedia): readonly Buffer[] {
  const values = attributesNamed(description, media, 'fingerprint').slice(0, MAX_FINGERPRINTS);
  return values.flatMap((value) => {
    const digits = SHA_256.exec(value)?.[1];
    return digits === undefined ? [] : [Buffer.from(digits.replaceAll(':', ''), 'hex')];
  });
}

function readSetup(description: SessionDescription, media: SdpMedia): DtlsSetup | null {
  const [setup] = attributesNamed(description, media, 'setup');
  // RFC 4145 §4: who says nothing is active.
  if (setup === undefined) return 'active';
  const known = setup.toLowerCase();
  return known === 'active' || known === 'passive' || known === 'actpass' ? known : null;
}

function readDtls(description: SessionDescription, media: SdpMedia): AudioSecurity | null {
  const fingerprints = readFingerprints(description, media);
  const setup = readSetup(description, media);
  // We never begin a handshake: who only waits for one can't be served.
  if (fingerprints.length === 0 || setup === null || setup === 'passive') return null;
  const mid = attributeValue(media.attributes, 'mid');
  return {
    kind: 'dtls',
    fingerprints,
    setup,
    ice: readIce(description, media),
    isRtcpMuxed: media.attributes.some(({ name }) => name === 'rtcp-mux'),
    mid: mid !== null && MID.test(mid) ? mid : null,
  };
}

/**
 * How a section's media is protected; null where it is in a way that we can't speak, or may not. A
 * fingerprint is worth nothing beside RTP/AVP, nor is a key: such sections are plain.
 */
export function audioSecurity(
  description: SessionDescription,
  media: SdpMedia,
  policy: SecurityPolicy,
): AudioSecurity | null {
  const { protocol } = media;
  if (PLAIN_PROTOCOL.test(protocol)) return PLAIN;
  const isSdesOrDtls = SECURE_PROTOCOL.test(protocol);
  if (isSdesOrDtls && policy.maySdes) {
    const keys = readKeys(media);
    if (keys.length > 0) return { kind: 'sdes', keys };
  }
  const isDtls = DTLS_PROTOCOL.test(protocol) || isSdesOrDtls;
  return isDtls && policy.mayDtls ? readDtls(description, media) : null;
}
