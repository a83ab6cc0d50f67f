import { decimalAt, isTextAt, Span } from '@/lib/protocol/sip/span';
import { MAGIC_COOKIE } from '@/lib/protocol/sip/via';
import { AddressScan, isHostByte, isSafeByte } from './address-scan';
import type { Desk } from './desk';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const HYPHEN = 0x2d;

const REQUEST_HEAD = 'REGISTER sip:';
const REQUEST_TAIL = ' SIP/2.0\r\n';
const VIA_HEAD = 'SIP/2.0/UDP ';
/** What identifies is kept in tables: a UUID and more. */
const MAX_IDENTIFIER_BYTES = 128;
const MAX_USER_AGENT_BYTES = 256;
const MAX_HOST_BYTES = 128;
const MAX_CSEQ = 2 ** 31;

/**
 * A REGISTER as phones send it all day, found in its packet by offsets, in one pass: see README.md
 * for what it takes. False means "look at it properly", never "refuse it".
 */
export class RegisterScan {
  /** `sip:` and the host behind it. */
  readonly uri = new Span();
  readonly host = new Span();
  readonly via = new Span();
  readonly branch = new Span();
  readonly sentByHost = new Span();
  readonly from = new Span();
  readonly to = new Span();
  readonly callId = new Span();
  readonly cseq = new Span();
  readonly contact = new Span();
  readonly expires = new Span();
  readonly userAgent = new Span();
  readonly authorization = new Span();
  readonly fromAddress = new AddressScan();
  readonly toAddress = new AddressScan();
  /** 0 where the Via names none. */
  sentByPort = 0;
  /** Behind `;rport`, where its value goes in the answer. */
  rportEnd = 0;
  cseqNumber = 0;
  private readonly maxForwards = new Span();
  private readonly contentLength = new Span();
  private readonly headers = [
    this.via,
    this.from,
    this.to,
    this.callId,
    this.cseq,
    this.contact,
    this.expires,
    this.userAgent,
    this.authorization,
    this.maxForwards,
    this.contentLength,
  ];

  /** Reads the packet on the desk, `end` bytes of it. */
  read(desk: Desk, end: number): boolean {
    const { bytes } = desk;
    for (const header of this.headers) header.clear();
    let at = this.readRequestLine(bytes, 0, end);
    while (at > 0 && at + 1 < end) {
      if (bytes[at] === CR) {
        // Nothing behind the empty line: no body.
        return bytes[at + 1] === LF && at + 2 === end && this.isSound(bytes);
      }
      at = this.readLine(desk, at, end);
    }
    return false;
  }

  private readRequestLine(bytes: Uint8Array, start: number, end: number): number {
    if (!startsWith(bytes, start, REQUEST_HEAD)) return -1;
    const hostStart = start + REQUEST_HEAD.length;
    const hostEnd = hostEndAt(bytes, hostStart);
    if (hostEnd < 0 || hostEnd - hostStart > MAX_HOST_BYTES) return -1;
    if (!startsWith(bytes, hostEnd, REQUEST_TAIL)) return -1;
    this.host.set(hostStart, hostEnd);
    this.uri.set(hostStart - 4, hostEnd);
    const next = hostEnd + REQUEST_TAIL.length;
    return next < end ? next : -1;
  }

  /** Reads a line; where the next one begins, or -1. */
  private readLine(desk: Desk, start: number, end: number): number {
    const { bytes } = desk;
    let at = start;
    while (isNameByte(bytes[at] ?? 0)) at += 1;
    if (bytes[at] !== COLON || at === start) return -1;
    name.set(start, at);
    at += 1;
    while (bytes[at] === SPACE) at += 1;
    const valueStart = at;
    at = desk.textEnd(at, end);
    if (at + 2 > end || bytes[at] !== CR || bytes[at + 1] !== LF) return -1;
    if (at === valueStart || bytes[at - 1] === SPACE) return -1;
    const header = this.headerOf(bytes, name);
    if (header === undefined || header.isFound) return -1;
    if (header !== PASSED_OVER) header.set(valueStart, at);
    return at + 2;
  }

  /** Where a header goes that may come once; PASSED_OVER for what may come again. */
  private headerOf(bytes: Uint8Array, header: Span): Span | undefined {
    switch (header.length) {
      case 1:
        return this.compactHeader((bytes[header.start] ?? 0) | 0x20);
      case 2:
        return isName(bytes, 'to') ? this.to : undefined;
      case 3:
        return isName(bytes, 'via') ? this.via : undefined;
      case 4:
        if (isName(bytes, 'from')) return this.from;
        return isName(bytes, 'cseq') ? this.cseq : undefined;
      case 5:
        return isName(bytes, 'allow') || isName(bytes, 'route') ? PASSED_OVER : undefined;
      case 6:
        return isName(bytes, 'accept') ? PASSED_OVER : undefined;
      case 7:
        if (isName(bytes, 'call-id')) return this.callId;
        if (isName(bytes, 'contact')) return this.contact;
        return isName(bytes, 'expires') ? this.expires : undefined;
      case 9:
        return isName(bytes, 'supported') ? PASSED_OVER : undefined;
      case 10:
        return isName(bytes, 'user-agent') ? this.userAgent : undefined;
      case 12:
        if (isName(bytes, 'max-forwards')) return this.maxForwards;
        return isName(bytes, 'allow-events') ? PASSED_OVER : undefined;
      case 13:
        return isName(bytes, 'authorization') ? this.authorization : undefined;
      case 14:
        return isName(bytes, 'content-length') ? this.contentLength : undefined;
      default:
        return undefined;
    }
  }

  /** RFC 3261 §7.3.3. */
  private compactHeader(letter: number): Span | undefined {
    switch (letter) {
      case 0x76:
        return this.via;
      case 0x66:
        return this.from;
      case 0x74:
        return this.to;
      case 0x69:
        return this.callId;
      case 0x6d:
        return this.contact;
      case 0x6c:
        return this.contentLength;
      case 0x6b:
      case 0x75:
        return PASSED_OVER;
      default:
        return undefined;
    }
  }

  private isSound(bytes: Uint8Array): boolean {
    const { via, from, to, callId, cseq, contentLength, maxForwards, userAgent } = this;
    if (!via.isFound || !from.isFound || !to.isFound || !callId.isFound || !cseq.isFound) {
      return false;
    }
    if (contentLength.isFound && decimalAt(bytes, contentLength, 3) !== 0) return false;
    if (maxForwards.isFound) {
      const hops = decimalAt(bytes, maxForwards, 3);
      if (hops < 0 || hops > 255) return false;
    }
    if (userAgent.length > MAX_USER_AGENT_BYTES) return false;
    if (callId.length > MAX_IDENTIFIER_BYTES || hasSpace(bytes, callId)) return false;
    return (
      this.isViaSound(bytes) &&
      this.fromAddress.read(bytes, from) &&
      this.fromAddress.tag.isFound &&
      this.toAddress.read(bytes, to) &&
      !this.toAddress.tag.isFound &&
      this.isCSeqSound(bytes)
    );
  }

  private isCSeqSound(bytes: Uint8Array): boolean {
    const { start, end } = this.cseq;
    let space = start;
    while (space < end && bytes[space] !== SPACE) space += 1;
    part.set(start, space);
    this.cseqNumber = decimalAt(bytes, part, 10);
    part.set(space + 1, end);
    if (this.cseqNumber < 0 || this.cseqNumber >= MAX_CSEQ) return false;
    return isTextAt(bytes, part, 'REGISTER');
  }

  /** One hop over UDP with a branch of RFC 3261's and a bare rport, nothing else. */
  private isViaSound(bytes: Uint8Array): boolean {
    const { start, end } = this.via;
    if (!startsWith(bytes, start, VIA_HEAD)) return false;
    const hostStart = start + VIA_HEAD.length;
    let at = hostEndAt(bytes, hostStart);
    if (at < 0 || at - hostStart > MAX_HOST_BYTES) return false;
    this.sentByHost.set(hostStart, at);
    this.sentByPort = 0;
    if (bytes[at] === COLON) {
      const portStart = at + 1;
      at = portStart;
      while (at < end && bytes[at] !== SEMICOLON) at += 1;
      part.set(portStart, at);
      this.sentByPort = decimalAt(bytes, part, 5);
      if (bytes[portStart] === 0x30 || this.sentByPort < 1 || this.sentByPort > 65_535)
        return false;
    }
    this.branch.clear();
    this.rportEnd = 0;
    while (at < end) {
      at = this.readViaParameter(bytes, at, end);
      if (at < 0) return false;
    }
    return this.branch.isFound && this.rportEnd > 0;
  }

  /** Reads `;branch=…` or `;rport`; where it ends, or -1. */
  private readViaParameter(bytes: Uint8Array, start: number, end: number): number {
    if (startsWith(bytes, start, ';rport')) {
      const after = start + ';rport'.length;
      if (this.rportEnd > 0 || (after < end && bytes[after] !== SEMICOLON)) return -1;
      this.rportEnd = after;
      return after;
    }
    if (!startsWith(bytes, start, ';branch=') || this.branch.isFound) return -1;
    const from = start + ';branch='.length;
    let at = from;
    while (at < end && isSafeByte(bytes[at] ?? 0)) at += 1;
    if (at < end && bytes[at] !== SEMICOLON) return -1;
    if (!startsWith(bytes, from, MAGIC_COOKIE) || at - from <= MAGIC_COOKIE.length) return -1;
    if (at - from > MAX_IDENTIFIER_BYTES) return -1;
    this.branch.set(from, at);
    return at;
  }
}

/** Stands for headers that say nothing to a registrar and may come again and again. */
const PASSED_OVER = new Span();
const name = new Span();
const part = new Span();

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether the header's name is this one, which is given in lower case. */
function isName(bytes: Uint8Array, lower: string): boolean {
  const { start } = name;
  for (let index = 0; index < lower.length; index += 1) {
    if (((bytes[start + index] ?? 0) | 0x20) !== lower.charCodeAt(index)) return false;
  }
  return true;
}

function isNameByte(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === HYPHEN;
}

/** Where a host in lower case ends that begins there; -1 where none does. */
function hostEndAt(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isHostByte(bytes[at] ?? 0)) at += 1;
  if (at === start) return -1;
  return isEdge(bytes[start] ?? 0) && isEdge(bytes[at - 1] ?? 0) ? at : -1;
}

/** A host begins and ends with a letter or digit. */
function isEdge(code: number): boolean {
  return code >= 0x30;
}

function hasSpace(bytes: Uint8Array, span: Span): boolean {
  for (let at = span.start; at < span.end; at += 1) if (bytes[at] === SPACE) return true;
  return false;
}
