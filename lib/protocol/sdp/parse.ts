import { isIP } from 'node:net';
import { ParsedTexts } from '@/lib/core/parsed-texts';
import { bearsSecrets } from './secrets';
import type { SdpAttribute, SdpConnection, SdpMedia, SdpOrigin, SessionDescription } from './types';

/** A browser's offer with video has about 8 kB; nothing honest comes near 32 kB. */
const MAX_BYTES = 32_768;
const MAX_LINES = 1_000;
const MAX_MEDIA = 16;
/** RTP has 128 payload types. */
const MAX_FORMATS = 128;
const MAX_HOST_LENGTH = 255;

export type SdpResult =
  | { readonly ok: true; readonly description: SessionDescription }
  | { readonly ok: false; readonly reason: string };

/** Ends the parse of one body; never leaves this file. */
class Malformed extends Error {}

interface OpenMedia extends SdpMedia {
  readonly attributes: SdpAttribute[];
  connection: SdpConnection | null;
}

interface OpenDescription {
  origin: SdpOrigin | null;
  name: string;
  connection: SdpConnection | null;
  readonly attributes: SdpAttribute[];
  readonly media: SdpMedia[];
  /** The section that is being read; undefined before the first. */
  open: OpenMedia | undefined;
}

/** "IN IP4 192.0.2.1", with the TTL or range of multicast cut off. */
function parseConnection(netType: string, addressType: string, text: string): SdpConnection {
  const address = (text.split('/')[0] ?? '').toLowerCase();
  const family = addressType.toUpperCase() === 'IP6' ? 6 : 4;
  if (netType.toUpperCase() !== 'IN' || !/^ip[46]$/i.test(addressType)) {
    throw new Malformed(`c=${netType} ${addressType}: not an internet address`);
  }
  const actual = isIP(address);
  // What says IP4 and writes IPv6 is taken by what it writes; phones do that.
  if (actual === 4 || actual === 6) return { family: actual, address };
  if (address.length > MAX_HOST_LENGTH || !/^[a-z0-9][a-z0-9.-]*$/.test(address)) {
    throw new Malformed('c= holds neither an address nor a host name');
  }
  return { family, address };
}

const words = (text: string): string[] => text.split(/[ \t]+/).filter((word) => word !== '');

function readConnection(value: string): SdpConnection {
  const [netType = '', addressType = '', address = ''] = words(value);
  return parseConnection(netType, addressType, address);
}

/** Ids that are no numbers are tolerated: only whether they change matters. */
function readOrigin(value: string): SdpOrigin {
  const [
    username = '',
    sessionId = '',
    version = '',
    netType = '',
    addressType = '',
    address = '',
  ] = words(value);
  if (address === '') throw new Malformed('o= has fewer than six fields');
  // The address of o= means nothing; some phones write nonsense there.
  const family = /^ip6$/i.test(addressType) ? 6 : 4;
  return { username, sessionId, version, connection: { family, address: netType && address } };
}

function readMedia(value: string): OpenMedia {
  const [kind = '', portText = '', protocol = '', ...formats] = words(value);
  const port = /^(\d{1,5})(?:\/\d{1,3})?$/.exec(portText)?.[1];
  if (port === undefined || Number(port) > 65_535) throw new Malformed('m= has no valid port');
  if (protocol === '' || formats.length === 0) throw new Malformed('m= has fewer than four fields');
  if (formats.length > MAX_FORMATS) throw new Malformed('m= has too many formats');
  return {
    kind: kind.toLowerCase(),
    port: Number(port),
    protocol,
    formats,
    connection: null,
    attributes: [],
  };
}

function readAttribute(value: string): SdpAttribute {
  const colon = value.indexOf(':');
  if (colon < 0) return { name: value.trim().toLowerCase(), value: null };
  return { name: value.slice(0, colon).trim().toLowerCase(), value: value.slice(colon + 1).trim() };
}

function readLine(target: OpenDescription, type: string, value: string): void {
  const media = target.open;
  switch (type) {
    case 'v':
      if (value.trim() !== '0') throw new Malformed('the version is not 0');
      return;
    case 'o':
      target.origin ??= readOrigin(value);
      return;
    case 's':
      target.name = value;
      return;
    case 'c':
      if (media) media.connection ??= readConnection(value);
      else target.connection ??= readConnection(value);
      return;
    case 'm':
      if (target.media.length >= MAX_MEDIA) throw new Malformed('too many m= lines');
      target.open = readMedia(value);
      target.media.push(target.open);
      return;
    case 'a':
      (media ?? target).attributes.push(readAttribute(value));
      return;
    default:
    // t=, b=, i= and whatever else: no use for a call, no reason to refuse one.
  }
}

const LINE_END = /\r\n|\n|\r/;
const SECTION_START = '\nm=';
/** Enough for every model of phone of an installation, with what each may say. */
const KNOWN_SECTIONS = 256;
/** Longer ones are not remembered: a browser's name a key and a candidate that are never seen again. */
const MAX_KNOWN_LENGTH = 2_048;

/** Lines of a section are a matter of its own, but for those that belong to the session. */
const OF_SESSION = /^[vos]$/;

function readLines(target: OpenDescription, text: string, count: number): number {
  const lines = text.split(LINE_END);
  if (count + lines.length > MAX_LINES) throw new Malformed('too many lines');
  for (const line of lines) {
    if (line.trim() === '') continue;
    if (line[1] !== '=') throw new Malformed('a line is not of the form x=…');
    readLine(target, line[0] ?? '', line.slice(2));
  }
  return count + lines.length;
}

interface KnownSection {
  readonly media: SdpMedia;
  readonly lineCount: number;
}

/** A section that says nothing of the session, with a port that is none of its own. */
function readSection(text: string): KnownSection | undefined {
  // Keys are read where they are used, and remembered nowhere.
  if (bearsSecrets(text)) return undefined;
  const target = emptyDescription();
  try {
    const lineCount = readLines(target, `m=${text}`, 0);
    const [media, another] = target.media;
    const isOfSession = text.split(LINE_END).some((line, index) => {
      return index > 0 && OF_SESSION.test(line[0] ?? '');
    });
    return media && !another && !isOfSession ? { media, lineCount } : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/**
 * What a phone says of its media is the same in each of its calls, but for the port: it is read
 * once, and shared. What comes of it can be remembered in its turn.
 */
const knownSections = new ParsedTexts<KnownSection>(readSection, KNOWN_SECTIONS);

const PORT = /^[1-9]\d{0,4}$/;

/** A section that is known, or will be; undefined for one that must be read line by line. */
function knownSection(text: string): { known: KnownSection; port: number } | undefined {
  if (text.length > MAX_KNOWN_LENGTH) return undefined;
  const portStart = text.indexOf(' ') + 1;
  const portEnd = text.indexOf(' ', portStart);
  const port = text.slice(portStart, portEnd);
  if (portStart < 2 || portEnd < 0 || !PORT.test(port) || Number(port) > 65_535) return undefined;
  const known = knownSections.of(`${text.slice(0, portStart)}9${text.slice(portEnd)}`);
  return known && { known, port: Number(port) };
}

function emptyDescription(): OpenDescription {
  return { origin: null, name: '-', connection: null, attributes: [], media: [], open: undefined };
}

function readAll(text: string): SessionDescription {
  const target = emptyDescription();
  let start = 0;
  let count = 0;
  while (start <= text.length) {
    const found = text.indexOf(SECTION_START, start);
    const end = found < 0 ? text.length : found + 1;
    const section = start === 0 ? undefined : knownSection(text.slice(start + 2, end));
    const lineCount = section?.known.lineCount ?? 0;
    if (section && target.media.length < MAX_MEDIA && count + lineCount <= MAX_LINES) {
      const { kind, protocol, formats, connection, attributes } = section.known.media;
      target.media.push({ kind, port: section.port, protocol, formats, connection, attributes });
      count += lineCount;
    } else count = readLines(target, text.slice(start, end), count);
    if (found < 0) break;
    start = end;
  }
  if (target.origin === null) throw new Malformed('o= is missing');
  if (target.media.length === 0) throw new Malformed('m= is missing');
  const { origin, name, connection, attributes, media } = target;
  return { origin, name, connection, attributes, media };
}

/**
 * Reads a session description (RFC 8866), tolerantly: any line end, lines in any order within
 * their section, missing s= and t=, unknown lines. Refuses what can't be understood safely (NUL,
 * no o= or m=, bad ports) and what exceeds the bounds. Text is latin1, a character a byte.
 */
export function parseSdp(body: Uint8Array): SdpResult {
  if (body.length > MAX_BYTES) return { ok: false, reason: 'the body is too large' };
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  if (text.includes('\0')) return { ok: false, reason: 'the body holds NUL' };
  try {
    return { ok: true, description: readAll(text) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: error.message };
    throw error;
  }
}
