import { hash } from 'node:crypto';
import { isIP } from 'node:net';
import { remembered } from '@/lib/core/remembered';
import { mediaConnection, mediaDirection, rtcpTarget } from './direction';
import { attributeValue, isComfortNoise, isTelephoneEvent, payloadFormats } from './formats';
import { parseSdp } from './parse';
import {
  type AudioSecurity,
  audioSecurity,
  PLAIN_ONLY,
  type Protection,
  type SecurityPolicy,
} from './security';
import { attributeLine, describeSession, mediaLine, sessionLines } from './serialize';
import type {
  Direction,
  PayloadFormat,
  SdpAttribute,
  SdpConnection,
  SdpMedia,
  SessionDescription,
} from './types';

/** An m= line as a leg knows it: it never loses its place (RFC 3264 §8). */
interface Section {
  readonly kind: string;
  readonly protocol: string;
  readonly formats: readonly string[];
}

/**
 * What was settled with one leg: the m= lines it knows, what its payload types mean, the o= line
 * it is shown. A value: whoever stages a negotiation keeps the old one until it is agreed.
 */
export interface LegSdp {
  readonly sessionId: number;
  readonly version: number;
  /** A fingerprint of what it was last sent, without the o= line; another one gets a new version. */
  readonly lastBody: string | null;
  readonly sections: readonly Section[];
  readonly audioIndex: number;
  /** Payload types by format key. A number never changes its meaning (RFC 3264 §8.3.2). */
  readonly numbers: ReadonlyMap<string, number>;
}

/** What one side says of its audio. */
export interface AudioSide {
  readonly formats: readonly PayloadFormat[];
  readonly direction: Direction;
  /** Null where no c= line says so. */
  readonly connection: SdpConnection | null;
  readonly port: number;
  readonly rtcp: { readonly port: number; readonly address: string | null };
  /** a=ptime and a=maxptime. */
  readonly packetTimes: readonly SdpAttribute[];
  readonly security: AudioSecurity;
}

/** Why a body can't be used. */
export interface SdpRefusal {
  readonly ok: false;
  readonly reason: string;
}

export type AudioReading =
  | { readonly ok: true; readonly leg: LegSdp; readonly audio: AudioSide }
  | SdpRefusal;

/** Digits only, so that nothing but a number is handed on. */
const PACKET_TIME = /^\d{1,4}$/;
const DYNAMIC_TYPES = [
  ...Array.from({ length: 32 }, (_, index) => 96 + index),
  ...Array.from({ length: 29 }, (_, index) => 35 + index),
];
/** 64 bits: what we say next is not like what we said last by chance. */
const FINGERPRINT_CHARACTERS = 8;
/** Counts on a leg; beyond it a leg that renames its codecs without end is refused. */
const MAX_NUMBERS = 128;

const NO_NUMBERS: ReadonlyMap<string, number> = new Map();

/** A leg nothing was said to yet. `sessionId`: a whole number, unguessable enough to be unique. */
export function newLegSdp(sessionId: number): LegSdp {
  return {
    sessionId,
    version: 0,
    lastBody: null,
    sections: [],
    audioIndex: -1,
    numbers: NO_NUMBERS,
  };
}

/** Keys by which formats are the same on both sides; a codec listed twice counts apart. */
export const formatKeys = remembered((formats: readonly PayloadFormat[]): readonly string[] => {
  const seen = new Map<string, number>();
  return formats.map((format) => {
    const base = `${format.name.toLowerCase()}/${format.clockRateHz}/${format.channels}`;
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    return count === 0 ? base : `${base}#${count}`;
  });
});

/** The numbers of formats, where nothing was said before. */
const numbersOf = remembered((formats: readonly PayloadFormat[]): ReadonlyMap<string, number> => {
  const keys = formatKeys(formats);
  return new Map(formats.map(({ payloadType }, index) => [keys[index] ?? '', payloadType]));
});

/** Whether a format carries sound by itself. */
const isSound = (format: PayloadFormat): boolean =>
  !isTelephoneEvent(format) && !isComfortNoise(format);

/** RFC 2198 names payload types in its parameters; a relay that renumbers can't keep it right. */
const isRedundancy = (format: PayloadFormat): boolean => format.name.toLowerCase() === 'red';

/** What of a section's formats can be handed on. */
const relayable = remembered((formats: readonly PayloadFormat[]): readonly PayloadFormat[] =>
  formats.some(isRedundancy) ? formats.filter((format) => !isRedundancy(format)) : formats,
);

const hasSound = remembered((formats: readonly PayloadFormat[]) => formats.some(isSound));

const packetTimesOf = remembered((attributes: readonly SdpAttribute[]): readonly SdpAttribute[] =>
  ['ptime', 'maxptime'].flatMap((name) => {
    const value = attributeValue(attributes, name)?.trim() ?? '';
    return PACKET_TIME.test(value) ? [{ name, value }] : [];
  }),
);

function audioSide(
  description: SessionDescription,
  media: SdpMedia,
  security: AudioSecurity,
): AudioSide {
  return {
    formats: relayable(payloadFormats(media)),
    direction: mediaDirection(description, media),
    connection: mediaConnection(description, media),
    port: media.port,
    rtcp: rtcpTarget(media),
    packetTimes: packetTimesOf(media.attributes),
    security,
  };
}

/** How a section that can be relayed is protected; null for one that can't. */
function usable(
  description: SessionDescription,
  media: SdpMedia,
  policy: SecurityPolicy,
): AudioSecurity | null {
  const isAudio = media.kind === 'audio' && media.port !== 0;
  if (!isAudio || !hasSound(payloadFormats(media))) return null;
  return audioSecurity(description, media, policy);
}

function sectionOf({ kind, protocol, formats }: SdpMedia): Section {
  return { kind, protocol, formats };
}

const sectionsByFormats = new WeakMap<readonly string[], readonly Section[]>();

/** Of one section alone, as nearly all are; a list of formats stands in sections of one kind only. */
function onlySection(media: SdpMedia): readonly Section[] {
  const known = sectionsByFormats.get(media.formats);
  if (known !== undefined) return known;
  const fresh = [sectionOf(media)];
  sectionsByFormats.set(media.formats, fresh);
  return fresh;
}

function sectionsOf({ media }: SessionDescription): readonly Section[] {
  const [first] = media;
  return media.length === 1 && first ? onlySection(first) : media.map(sectionOf);
}

function withNumbers(leg: LegSdp, formats: readonly PayloadFormat[]): ReadonlyMap<string, number> {
  const fresh = numbersOf(formats);
  if (leg.numbers.size === 0 || leg.numbers === fresh) return fresh;
  const known = formatKeys(formats);
  const isKnown = formats.every(
    ({ payloadType }, index) => leg.numbers.get(known[index] ?? '') === payloadType,
  );
  if (isKnown) return leg.numbers;
  const said = new Set(formats.map((format) => format.payloadType));
  // A phone that gives a number a new meaning is wrong, but it is the one who uses it.
  const numbers = new Map([...leg.numbers].filter(([, number]) => !said.has(number)));
  const keys = formatKeys(formats);
  for (const [index, format] of formats.entries()) {
    const key = keys[index];
    if (key !== undefined) numbers.set(key, format.payloadType);
  }
  return numbers;
}

/**
 * Reads an offer of the leg. Of several audio sections the one in use goes on, else the first that
 * can be relayed is taken; all others are refused in the answer, in their places.
 */
export function readAudioOffer(
  leg: LegSdp,
  body: Uint8Array,
  policy: SecurityPolicy = PLAIN_ONLY,
): AudioReading {
  const parsed = parseSdp(body);
  if (!parsed.ok) return parsed;
  const { description } = parsed;
  const isUsable = (one: SdpMedia): boolean => usable(description, one, policy) !== null;
  const current = description.media[leg.audioIndex];
  const audioIndex =
    current && isUsable(current) ? leg.audioIndex : description.media.findIndex(isUsable);
  const media = description.media[audioIndex];
  const security = media && usable(description, media, policy);
  if (!media || !security) return { ok: false, reason: nothingUsable(policy) };
  const audio = audioSide(description, media, security);
  const numbers = withNumbers(leg, audio.formats);
  if (numbers.size > MAX_NUMBERS) return { ok: false, reason: 'too many formats' };
  return {
    ok: true,
    leg: {
      sessionId: leg.sessionId,
      version: leg.version,
      lastBody: leg.lastBody,
      sections: sectionsOf(description),
      audioIndex,
      numbers,
    },
    audio,
  };
}

function nothingUsable({ maySdes, mayDtls }: SecurityPolicy): string {
  if (maySdes) return 'no audio that we can protect is offered';
  return mayDtls ? 'keys are taken over TLS alone' : 'no audio over plain RTP is offered';
}

/** Reads the leg's answer to what it was last sent. */
export function readAudioAnswer(
  leg: LegSdp,
  body: Uint8Array,
  policy: SecurityPolicy = PLAIN_ONLY,
): AudioReading {
  const parsed = parseSdp(body);
  if (!parsed.ok) return parsed;
  const { description } = parsed;
  const media = description.media[leg.audioIndex];
  if (media?.kind !== 'audio') {
    return { ok: false, reason: 'the answer lacks the audio section' };
  }
  if (media.port === 0) return { ok: false, reason: 'the audio was refused' };
  const security = usable(description, media, policy);
  if (!security) return { ok: false, reason: 'the answer is not protected as was offered' };
  return { ok: true, leg, audio: audioSide(description, media, security) };
}

/** What the leg is to be told. */
export interface AudioToWrite {
  readonly formats: readonly PayloadFormat[];
  readonly direction: Direction;
  readonly address: string;
  readonly port: number;
  readonly packetTimes: readonly SdpAttribute[];
  /** Absent: plain RTP. */
  readonly protection?: Protection | undefined;
}

/** What formats say of themselves: a=rtpmap and, where there is one, a=fmtp. */
const formatLines = remembered((formats: readonly PayloadFormat[]): string => {
  let lines = '';
  for (const { payloadType, name, clockRateHz, channels, parameters } of formats) {
    const suffix = channels > 1 ? `/${channels}` : '';
    const value = `${payloadType} ${name}/${clockRateHz}${suffix}`;
    lines += attributeLine({ name: 'rtpmap', value });
    if (parameters !== null) {
      lines += attributeLine({ name: 'fmtp', value: `${payloadType} ${parameters}` });
    }
  }
  return lines;
});

const typesOf = remembered((formats: readonly PayloadFormat[]): readonly string[] =>
  formats.map(({ payloadType }) => String(payloadType)),
);

function audioLines(protocol: string, audio: AudioToWrite): string {
  const { port, formats, packetTimes, direction, protection } = audio;
  let lines = mediaLine({ kind: 'audio', port, protocol, formats: typesOf(formats) });
  lines += formatLines(formats);
  for (const packetTime of packetTimes) lines += attributeLine(packetTime);
  for (const line of protection?.media ?? []) lines += attributeLine(line);
  return lines + attributeLine({ name: direction, value: null });
}

const FIRST_SECTIONS: readonly Section[] = [{ kind: 'audio', protocol: 'RTP/AVP', formats: [] }];

/** Of a leg that nothing was said to, and that said nothing yet. */
function firstSections(protection: Protection | undefined): readonly Section[] {
  if (protection === undefined) return FIRST_SECTIONS;
  return [{ kind: 'audio', protocol: protection.protocol, formats: [] }];
}

/**
 * Writes an offer or answer for the leg: our address and port, the formats in its numbers, every
 * other section refused in its place. Built from nothing, so ICE, keys and fingerprints of the
 * other side are never handed on. The o= version grows only where something else did (RFC 3264 §8).
 */
export function writeAudio(leg: LegSdp, audio: AudioToWrite): { leg: LegSdp; body: Buffer } {
  const { protection } = audio;
  const sections = leg.sections.length === 0 ? firstSections(protection) : leg.sections;
  const audioIndex = Math.max(0, leg.audioIndex);
  const family = isIP(audio.address) === 6 ? 6 : 4;
  const connection: SdpConnection = { family, address: audio.address };
  let content = sessionLines(connection);
  for (const line of protection?.session ?? []) content += attributeLine(line);
  for (const [index, section] of sections.entries()) {
    if (index === audioIndex) content += audioLines(section.protocol, audio);
    else content += mediaLine({ ...section, port: 0 });
  }
  const { sessionId } = leg;
  // A leg lives as long as its call, and a description is as long as all else that is known of it.
  const lastBody = hash('sha1', content, 'binary').slice(0, FINGERPRINT_CHARACTERS);
  const version = lastBody === leg.lastBody ? leg.version : leg.version + 1;
  const numbers = withNumbers(leg, audio.formats);
  return {
    leg: { sessionId, version, lastBody, sections, audioIndex, numbers },
    body: describeSession({ sessionId, version, connection }, content),
  };
}

/**
 * Formats of another leg in this leg's numbers: those it knows already keep theirs, new ones keep
 * the number they come with where it is free, else get a free dynamic one. What finds none is
 * left out.
 */
export function numberedFor(
  leg: LegSdp,
  formats: readonly PayloadFormat[],
): readonly PayloadFormat[] {
  // Types differ within a list (payloadFormats), and none is taken: all of them stay.
  if (leg.numbers.size === 0) return formats;
  const keys = formatKeys(formats);
  const taken = new Set(leg.numbers.values());
  const inUse = new Set<number>();
  // Those with a number of their own first, so that no newcomer takes it.
  const known = keys.map((key) => leg.numbers.get(key));
  for (const number of known) if (number !== undefined) inUse.add(number);
  return formats.flatMap((format, index) => {
    const isFree = (number: number) => !taken.has(number) && !inUse.has(number);
    const number =
      known[index] ??
      (isFree(format.payloadType) ? format.payloadType : DYNAMIC_TYPES.find(isFree));
    if (number === undefined) return [];
    inUse.add(number);
    return [{ ...format, payloadType: number }];
  });
}
