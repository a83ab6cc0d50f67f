import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import {
  type DtlsIdentity,
  newDtlsIdentity,
  sha256Fingerprint,
} from '@/lib/protocol/dtls/certificate';
import {
  type AudioSecurity,
  fingerprintAttribute,
  type IceCredentials,
  keyAttribute,
  type Protection,
  type SdesKey,
  type SecurityPolicy,
} from '@/lib/protocol/sdp/security';
import type { SdpAttribute } from '@/lib/protocol/sdp/types';
import { keyAndSaltBytes, type SrtpSuiteName, srtpSuite } from '@/lib/protocol/srtp/suites';
import type { LegProtection } from './engine';
import { type OurAddress, refuse } from './negotiation';
import type { EndpointSecurity, SdesSecurity } from './relay/endpoint-security';

/** What a leg is offered over TLS: what all phones know, and what few do but is stronger. */
const OFFERED_SUITES: readonly SrtpSuiteName[] = [
  'AES_CM_128_HMAC_SHA1_80',
  'AES_256_CM_HMAC_SHA1_80',
  'AEAD_AES_128_GCM',
];
/** In base64, without filling: 48 and 144 bits (RFC 8839 §5.4 asks for 24 and 128). */
const UFRAG_BYTES = 6;
const PWD_BYTES = 18;
/** RFC 8445 §5.1.2.1: a host candidate, of which there is one. */
const PRIORITY = 126 * 2 ** 24 + 65_535 * 2 ** 8 + 255;
const FIRST_MID = '0';

type SdesTheirs = Extract<AudioSecurity, { kind: 'sdes' }>;
type DtlsTheirs = Extract<AudioSecurity, { kind: 'dtls' }>;

/** What a leg was told of how we protect its media. */
export type OwnSecurity =
  | { readonly kind: 'sdes'; readonly keys: readonly SdesKey[] }
  | {
      readonly kind: 'dtls';
      readonly identity: DtlsIdentity;
      /** Null where the leg does without. */
      readonly ice: IceCredentials | null;
      readonly isRtcpMuxed: boolean;
      readonly mid: string | null;
      /** An answer says that we wait; an offer leaves the choice (RFC 5763 §5). */
      readonly setup: 'passive' | 'actpass';
    };

/** A protected leg; legs over plain RTP have none. */
export interface LegSecurity {
  readonly own: OwnSecurity;
  /** As the leg itself says; null before it said anything. */
  readonly theirs: SdesTheirs | DtlsTheirs | null;
  /** In force; null before anything was agreed. */
  readonly agreed: EndpointSecurity | null;
}

/** What may be read in what a leg says: keys only where nobody else can read them (facts: sip.md). */
export function policyOf(isSignallingSecure: boolean | undefined): SecurityPolicy {
  return { maySdes: isSignallingSecure === true, mayDtls: true };
}

let processIdentity: DtlsIdentity | undefined;

/** The certificate of this process: made when it is first needed. */
function ourIdentity(): DtlsIdentity {
  processIdentity ??= newDtlsIdentity(Date.now());
  return processIdentity;
}

function newIce(): IceCredentials {
  const text = (length: number): string => randomBytes(length).toString('base64');
  return { ufrag: text(UFRAG_BYTES), pwd: text(PWD_BYTES) };
}

function newKey(tag: number, name: SrtpSuiteName): SdesKey {
  const suite = srtpSuite(name);
  return { tag, suite: name, keyAndSalt: randomBytes(suite ? keyAndSaltBytes(suite) : 0) };
}

/** What a leg is offered first, with keys that nobody has seen. Null: plain RTP. */
export function newOffer(protection: LegProtection): LegSecurity | null {
  if (protection === 'plain') return null;
  const own: OwnSecurity =
    protection === 'sdes'
      ? { kind: 'sdes', keys: OFFERED_SUITES.map((name, index) => newKey(index + 1, name)) }
      : {
          kind: 'dtls',
          identity: ourIdentity(),
          ice: newIce(),
          isRtcpMuxed: true,
          mid: FIRST_MID,
          setup: 'actpass',
        };
  return { own, theirs: null, agreed: null };
}

/**
 * A leg that gets another port: its keys have been counted on elsewhere and are not used again, and a
 * new handshake is known by a new certificate (RFC 8842 §3.1 leaves that way to who has no tls-id).
 */
export function movedElsewhere({ own }: LegSecurity): LegSecurity {
  const fresh: OwnSecurity =
    own.kind === 'sdes'
      ? { kind: 'sdes', keys: own.keys.map(({ tag, suite }) => newKey(tag, suite)) }
      : {
          ...own,
          identity: newDtlsIdentity(Date.now()),
          ice: own.ice && newIce(),
          setup: 'actpass',
        };
  return { own: fresh, theirs: null, agreed: null };
}

/** A leg that was answered once is offered the choice again (RFC 5763 §5). */
export function offeredAgain(security: LegSecurity): LegSecurity {
  const { own } = security;
  if (own.kind === 'sdes' || own.setup === 'actpass') return security;
  return { ...security, own: { ...own, setup: 'actpass' } };
}

/** Our answer to what a leg offers, and what is in force with it. Null: plain RTP. */
export function answerTo(theirs: AudioSecurity, before: LegSecurity | null): LegSecurity | null {
  if (theirs.kind === 'plain') return null;
  return theirs.kind === 'sdes' ? sdesAnswer(theirs, before) : dtlsAnswer(theirs, before);
}

/** Whoever repeats its key goes on with ours; a new key is answered with a new one. */
function sdesAnswer(theirs: SdesTheirs, before: LegSecurity | null): LegSecurity {
  const known = before?.agreed?.kind === 'sdes' ? before.agreed : null;
  const same = known && theirs.keys.find((key) => isKey(known.receive, key));
  const taken = same ?? theirs.keys[0];
  if (!taken) return refuse('no key can be used');
  const { tag, suite } = taken;
  const own = same && known ? { tag, suite, keyAndSalt: asBuffer(known) } : newKey(tag, suite);
  return {
    own: { kind: 'sdes', keys: [own] },
    theirs,
    agreed: { kind: 'sdes', send: own, receive: taken },
  };
}

function isKey(known: SdesSecurity['receive'], { suite, keyAndSalt }: SdesKey): boolean {
  return known.suite === suite && keyAndSalt.equals(known.keyAndSalt);
}

function asBuffer({ send }: SdesSecurity): Buffer {
  return Buffer.from(send.keyAndSalt);
}

function dtlsAnswer(theirs: DtlsTheirs, before: LegSecurity | null): LegSecurity {
  const own = before?.own.kind === 'dtls' ? before.own : null;
  const known = before?.theirs?.kind === 'dtls' ? before.theirs : null;
  // New names are a restart (RFC 8839 §4.4.1.1.1): ours are new as well then.
  const isSameIce = known?.ice?.ufrag === theirs.ice?.ufrag && known?.ice?.pwd === theirs.ice?.pwd;
  const answer: OwnSecurity = {
    kind: 'dtls',
    identity: own?.identity ?? ourIdentity(),
    ice: theirs.ice && ((isSameIce && own?.ice) || newIce()),
    isRtcpMuxed: theirs.isRtcpMuxed,
    mid: theirs.mid,
    setup: 'passive',
  };
  return { own: answer, theirs, agreed: dtlsAgreed(answer, theirs) };
}

function dtlsAgreed(
  own: Extract<OwnSecurity, { kind: 'dtls' }>,
  theirs: DtlsTheirs,
): EndpointSecurity {
  const { identity, ice } = own;
  const { fingerprints, isRtcpMuxed } = theirs;
  const credentials = ice && theirs.ice && { ...ice, peerUfrag: theirs.ice.ufrag };
  return { kind: 'dtls', identity, fingerprints, ice: credentials, isRtcpMuxed };
}

/** What came of what a leg was offered. Throws INVALID_INPUT where it answers something else. */
export function answeredBy(offered: LegSecurity | null, theirs: AudioSecurity): LegSecurity | null {
  if (offered === null) return theirs.kind === 'plain' ? null : refuse('plain RTP was offered');
  const { own } = offered;
  if (own.kind === 'dtls' && theirs.kind === 'dtls') {
    return { own, theirs, agreed: dtlsAgreed(own, theirs) };
  }
  if (own.kind !== 'sdes' || theirs.kind !== 'sdes') return refuse('protected media was offered');
  const [receive] = theirs.keys;
  const send = own.keys.find(({ tag, suite }) => tag === receive?.tag && suite === receive.suite);
  if (!receive || !send) return refuse('a key is answered that was not offered');
  return { own, theirs, agreed: { kind: 'sdes', send, receive } };
}

/** How a section of ours says it. */
export function protectionOf(
  security: LegSecurity | null,
  ours: OurAddress,
): Protection | undefined {
  if (security === null) return undefined;
  const { own } = security;
  if (own.kind === 'sdes') {
    return { protocol: 'RTP/SAVP', session: [], media: own.keys.map(keyAttribute) };
  }
  const media: SdpAttribute[] = [
    fingerprintAttribute(sha256Fingerprint(own.identity.certificate)),
    { name: 'setup', value: own.setup },
  ];
  const session: SdpAttribute[] = [];
  if (own.mid !== null) {
    session.push({ name: 'group', value: `BUNDLE ${own.mid}` });
    media.push({ name: 'mid', value: own.mid });
  }
  if (own.isRtcpMuxed) media.push({ name: 'rtcp-mux', value: null });
  if (own.ice !== null) {
    session.push({ name: 'ice-lite', value: null });
    media.push(...iceLines(own.ice, ours));
  }
  return { protocol: 'UDP/TLS/RTP/SAVPF', session, media };
}

/** RFC 8839 §5.1, §5.4: one candidate, and no more to come. */
function iceLines({ ufrag, pwd }: IceCredentials, { address, port }: OurAddress): SdpAttribute[] {
  const foundation = isIP(address) === 6 ? 2 : 1;
  return [
    { name: 'ice-ufrag', value: ufrag },
    { name: 'ice-pwd', value: pwd },
    { name: 'candidate', value: `${foundation} 1 UDP ${PRIORITY} ${address} ${port} typ host` },
    { name: 'end-of-candidates', value: null },
  ];
}
