import type { NgArguments } from '@/lib/protocol/ng/message';
import { sameFormat } from '@/lib/protocol/sdp/formats';
import type { AudioSecurity } from '@/lib/protocol/sdp/security';
import type { PayloadFormat, SdpAttribute } from '@/lib/protocol/sdp/types';
import type { LegProtection } from '@/lib/switch/media/engine';
import { refuse } from '@/lib/switch/media/negotiation';

/** How a leg's media is protected, as it was first agreed or offered; it stays so. */
export type LegManner =
  | { readonly kind: 'plain' }
  | { readonly kind: 'sdes' }
  | { readonly kind: 'dtls'; readonly hasIce: boolean };

/** All of rtpengine's suites but those that our own relay offers: no leg is offered anything weaker. */
const SUITES_LEFT_OUT = [
  'AEAD_AES_256_GCM',
  'AES_256_CM_HMAC_SHA1_32',
  'AES_192_CM_HMAC_SHA1_80',
  'AES_192_CM_HMAC_SHA1_32',
  'AES_CM_128_HMAC_SHA1_32',
  'F8_128_HMAC_SHA1_80',
  'F8_128_HMAC_SHA1_32',
  'NULL_HMAC_SHA1_80',
  'NULL_HMAC_SHA1_32',
];

/** Always: strangers are not heard once a leg was, and a leg keeps its port whoever it talks to. */
const FLAGS = ['strict source', 'port latching'];

const KEY_LINE = /^(\d+) (\w+) /;

/** What a leg offers or answers is how it is protected. */
export function mannerOf(security: AudioSecurity): LegManner {
  if (security.kind !== 'dtls') return { kind: security.kind };
  return { kind: 'dtls', hasIce: security.ice !== null };
}

/** How a leg that nothing was agreed with is offered its media. */
export function mannerOffered(protection: LegProtection): LegManner {
  return protection === 'dtls' ? { kind: 'dtls', hasIce: true } : { kind: protection };
}

/** Throws INVALID_INPUT where a leg answers otherwise than it was offered. */
export function checkAnswered({ kind }: LegManner, security: AudioSecurity): void {
  if (kind === security.kind) return;
  refuse(kind === 'plain' ? 'plain RTP was offered' : 'protected media was offered');
}

/** What else a node is to know of how it makes a description. */
export interface TowardsOptions {
  /** Keys are to be put into what is said. */
  readonly injects: boolean;
  /** Of an offer: the suites that the offering leg has keys of; a node loses what it may not hand on. */
  readonly suites?: readonly string[];
}

/** How a node is to make its description for a leg. */
export function towards(manner: LegManner, { injects, suites }: TowardsOptions): NgArguments {
  const flags = injects ? [...FLAGS, 'inject DTMF'] : FLAGS;
  if (manner.kind === 'dtls') {
    return {
      'transport-protocol': 'UDP/TLS/RTP/SAVPF',
      ICE: manner.hasIce ? 'force' : 'remove',
      DTLS: 'passive',
      SDES: ['off'],
      'rtcp-mux': ['offer', 'accept'],
      flags: manner.hasIce ? [...flags, 'generate mid'] : flags,
    };
  }
  const isSdes = manner.kind === 'sdes';
  const leftOut = SUITES_LEFT_OUT.filter((suite) => !suites?.includes(suite));
  return {
    'transport-protocol': isSdes ? 'RTP/SAVP' : 'RTP/AVP',
    ICE: 'remove',
    DTLS: 'off',
    // Phones want keys with their filling; a node leaves it out unless told.
    SDES: isSdes ? ['pad', ...(suites ? leftOut.map((suite) => `no-${suite}`) : [])] : undefined,
    'rtcp-mux': ['demux'],
    flags,
  };
}

/** What every phone has that has keys at all. */
const COMMON_SUITE = 'AES_CM_128_HMAC_SHA1_80';

/**
 * What of a leg's keys a node is told where the other leg is to have keys as well: one, as it hands
 * them on, and rather none of the suite that the other leg may need to be offered.
 */
export function keyApart(security: AudioSecurity, other: LegManner): AudioSecurity {
  if (security.kind !== 'sdes' || other.kind !== 'sdes') return security;
  const { keys } = security;
  const spare = keys.find(
    ({ suite }) => suite !== COMMON_SUITE && !SUITES_LEFT_OUT.includes(suite),
  );
  const key = spare ?? keys[0];
  return key ? { kind: 'sdes', keys: [key] } : security;
}

/**
 * The keys that a leg is offered: the node's own, never those of whoever offers. Throws INVALID_INPUT
 * where none are left.
 */
export function keysOffered(
  lines: readonly SdpAttribute[],
  offerer: AudioSecurity,
): readonly SdpAttribute[] {
  if (offerer.kind !== 'sdes') return [...lines].sort(byCommonness);
  const theirs = offerer.keys.map(({ keyAndSalt }) => keyAndSalt.toString('base64'));
  const suites = suitesOf(offerer);
  const own = lines.filter(({ value }) => {
    const [, , suite = ''] = KEY_LINE.exec(value ?? '') ?? [];
    return !suites.includes(suite) && !theirs.some((key) => value?.includes(key));
  });
  if (lines.length > 0 && own.length === 0) return refuse('no key of our own can be offered');
  return own.sort(byCommonness);
}

/** What all phones know first, as our own relay offers it; a node begins with what few do. */
function byCommonness(one: SdpAttribute, other: SdpAttribute): number {
  const rank = ({ value }: SdpAttribute): number => (value?.includes(COMMON_SUITE) ? 0 : 1);
  return rank(one) - rank(other);
}

/** The voices and keys that a node adds to an offer: what the other leg may have beyond it. */
export function transcodedTo(
  offered: readonly PayloadFormat[],
  forOther: readonly PayloadFormat[],
): NgArguments {
  const names = (formats: readonly PayloadFormat[]): readonly string[] =>
    formats.map(({ name, clockRateHz }) => `${name.toLowerCase()}/${clockRateHz}`);
  const known = new Set(names(offered));
  const added = forOther.filter((_, index) => !known.has(names(forOther)[index] ?? ''));
  if (added.length === 0) return {};
  return { codec: { transcode: [...new Set(added.map(({ name }) => name))] } };
}

/** Of an answer to what a node offered: the node's key that was taken; it is what is offered again. */
export function keysTaken(
  offered: readonly SdpAttribute[],
  security: AudioSecurity,
): readonly SdpAttribute[] {
  const taken = security.kind === 'sdes' ? security.keys[0] : undefined;
  const own = offered.filter(({ value }) => {
    const [, tag, suite] = KEY_LINE.exec(value ?? '') ?? [];
    return Number(tag) === taken?.tag && suite === taken?.suite;
  });
  return own.length === 1 ? own : refuse('a key is answered that was not offered');
}

/**
 * Two that both offered keys: the leg is answered with a key that the node offers, under the tag of
 * its own key of that suite; and the node is told that key under its own tag. Throws INVALID_INPUT
 * where they have no suite in common.
 */
export function keysMet(
  offered: readonly SdpAttribute[],
  security: Extract<AudioSecurity, { kind: 'sdes' }>,
): { readonly forLeg: readonly SdpAttribute[]; readonly forNode: AudioSecurity } {
  for (const key of security.keys) {
    for (const { value } of offered) {
      const [whole = '', tag, suite] = KEY_LINE.exec(value ?? '') ?? [];
      if (suite !== key.suite) continue;
      const rest = (value ?? '').slice(whole.length);
      return {
        forLeg: [{ name: 'crypto', value: `${key.tag} ${suite} ${rest}` }],
        forNode: { kind: 'sdes', keys: [{ ...key, tag: Number(tag) }] },
      };
    }
  }
  return refuse('no key can be used');
}

/** What another leg is offered, under the numbers that the node gave to what it adds. */
export function numbersOfNode(
  forOther: readonly PayloadFormat[],
  offered: readonly PayloadFormat[],
  atNode: readonly PayloadFormat[] | undefined,
): readonly PayloadFormat[] {
  const added = forOther.filter((format) => !offered.some((one) => sameFormat(one, format)));
  if (added.length === 0 || atNode === undefined) return forOther;
  return forOther.flatMap((format) => {
    if (!added.includes(format)) return [format];
    const known = atNode.find((one) => sameFormat(one, format));
    return known ? [{ ...format, payloadType: known.payloadType }] : [];
  });
}

/** The suites of a leg's keys. */
export function suitesOf(security: AudioSecurity): readonly string[] {
  return security.kind === 'sdes' ? security.keys.map(({ suite }) => suite) : [];
}
