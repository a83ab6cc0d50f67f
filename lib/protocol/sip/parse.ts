import { type HeaderOffsets, HeaderTable } from './header-fields';
import { canonicalNameAt } from './header-names';
import { type SipMessage, SipRequest, SipResponse } from './message';
import { isToken } from './parameters';
import type { TransportName } from './transport';

/** The whole header block, start line included (facts: parser musts). */
export const MAX_HEADER_BYTES = 64 * 1024;
/** Far more than any real message has; bounds what one packet can make us index. */
const MAX_HEADER_LINES = 512;

/** Why a message can't be used although its start line could be read, and how to say so. */
export interface Defect {
  readonly status: 400 | 505 | 513;
  readonly reason: string;
}

/** ok: there is a start line; a defect may still make the message unfit (see validate.ts). */
export type ParseResult =
  | { readonly ok: true; readonly message: SipMessage; readonly defect: Defect | undefined }
  | { readonly ok: false; readonly reason: string };

const LF = 0x0a;
const COLON = 0x3a;

function bad(reason: string): Defect {
  return { status: 400, reason };
}

/** Offsets of header lines (see HeaderTable), in one pass; folded lines extend the one before. */
function indexHeaders(
  text: string,
  from: number,
): HeaderOffsets & { readonly defect: Defect | undefined } {
  const offsets: number[] = [];
  const names: string[] = [];
  let defect: Defect | undefined;
  let position = from;
  let lines = 0;
  while (position < text.length) {
    let end = text.indexOf('\r\n', position);
    if (end < 0) end = text.length;
    const first = text.charCodeAt(position);
    if (first === 0x20 || first === 0x09) {
      if (offsets.length === 0) defect ??= bad('Folded Start Line');
      else offsets[offsets.length - 1] = trimEnd(text, position, end);
    } else if (!indexLine(text, { position, end }, { names, offsets })) {
      defect ??= bad('Malformed Header Line');
    }
    lines += 1;
    if (lines > MAX_HEADER_LINES) return { names, offsets, defect: bad('Too Many Headers') };
    position = end + 2;
  }
  return { names, offsets, defect };
}

/** Adds one line's name and offsets, or says that it is none. */
function indexLine(
  text: string,
  line: { position: number; end: number },
  table: { readonly names: string[]; readonly offsets: number[] },
): boolean {
  const colon = text.indexOf(':', line.position);
  if (colon < 0 || colon >= line.end) return false;
  const nameEnd = trimEnd(text, line.position, colon);
  if (nameEnd === line.position) return false;
  for (let index = line.position; index < nameEnd; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === COLON) return false;
  }
  let start = colon + 1;
  while (start < line.end && isBlank(text.charCodeAt(start))) start += 1;
  table.names.push(canonicalNameAt(text, line.position, nameEnd));
  table.offsets.push(start, trimEnd(text, start, line.end));
  return true;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function trimEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && isBlank(text.charCodeAt(last - 1))) last -= 1;
  return last;
}

/** NUL, or a CR or LF that is not part of CRLF: how headers are smuggled past a reader. */
function hasStrayControl(text: string): boolean {
  if (text.includes('\0')) return true;
  for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', lf + 1)) {
    if (text.charCodeAt(lf - 1) !== 0x0d) return true;
  }
  for (let cr = text.indexOf('\r'); cr >= 0; cr = text.indexOf('\r', cr + 1)) {
    if (text.charCodeAt(cr + 1) !== LF) return true;
  }
  return false;
}

type StartLine =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly uri: string;
      readonly defect: Defect | undefined;
    }
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reason: string;
      readonly defect: Defect | undefined;
    };

const USUAL_VERSION = 'SIP/2.0';

function parseStatusLine(line: string): StartLine | undefined {
  const first = line.charCodeAt(0) | 0x20;
  if (first !== 0x73 || !/^SIP\//i.test(line)) return undefined;
  const match = /^SIP\/(\d{1,4}\.\d{1,4}) ([1-6]\d\d)(?: (.*))?$/i.exec(line);
  if (match === null) return undefined;
  const defect = match[1] === '2.0' ? undefined : bad('Unknown Version');
  return { kind: 'response', status: Number(match[2]), reason: match[3] ?? '', defect };
}

function parseRequestLine(line: string): StartLine | undefined {
  const methodEnd = line.indexOf(' ');
  const uriEnd = line.lastIndexOf(' ');
  const isUsual = line.endsWith(USUAL_VERSION) && uriEnd === line.length - USUAL_VERSION.length - 1;
  const version = isUsual ? '2.0' : /^SIP\/(\d{1,4}\.\d{1,4})$/i.exec(line.slice(uriEnd + 1))?.[1];
  const method = line.slice(0, methodEnd);
  if (methodEnd <= 0 || uriEnd <= methodEnd || version === undefined) return undefined;
  if (!isToken(method) || method.length > 32) return undefined;
  const uri = line.slice(methodEnd + 1, uriEnd);
  let defect: Defect | undefined;
  if (version !== '2.0') defect = { status: 505, reason: 'Version Not Supported' };
  else if (uri === '' || /[\s<>"]/.test(uri)) defect = bad('Malformed Request-URI');
  return { kind: 'request', method, uri, defect };
}

/** The body's share of a datagram: what Content-Length says; surplus is ignored (§18.3). */
function cutBody(
  fields: HeaderTable,
  rest: Buffer,
  transport: TransportName,
): { body: Buffer; defect?: Defect } {
  const text = fields.first('content-length');
  if (text === undefined) {
    // RFC 3261 §20.14: a stream can't do without; a datagram's body then runs to its end.
    if (isByteStream(transport)) {
      return { body: rest.subarray(0, 0), defect: bad('Missing Content-Length') };
    }
    return { body: rest };
  }
  if (!/^\d{1,9}$/.test(text)) return { body: rest, defect: bad('Malformed Content-Length') };
  const length = Number(text);
  if (length > rest.length) return { body: rest, defect: bad('Content-Length Exceeds Message') };
  return { body: length === rest.length ? rest : rest.subarray(0, length) };
}

/**
 * Reads one message: a datagram, a WebSocket frame, or what the stream framer cut out. Nothing but
 * line offsets is computed; headers are cut when they are asked for. The body shares memory with
 * `bytes`.
 */
export function parseMessage(bytes: Buffer, transport: TransportName): ParseResult {
  let start = 0;
  while (bytes[start] === 0x0d || bytes[start] === LF) start += 1;
  if (start === bytes.length) return { ok: false, reason: 'empty' };
  const blank = bytes.indexOf('\r\n\r\n', start, 'latin1');
  const headEnd = blank < 0 ? bytes.length : blank;
  if (headEnd - start > MAX_HEADER_BYTES) return { ok: false, reason: 'headers too large' };
  const text = bytes.toString('latin1', start, headEnd);
  const firstEnd = text.indexOf('\r\n');
  const line = firstEnd < 0 ? text : text.slice(0, firstEnd);
  const startLine = parseStatusLine(line) ?? parseRequestLine(line);
  if (startLine === undefined) return { ok: false, reason: 'no SIP start line' };
  const index = indexHeaders(text, firstEnd < 0 ? text.length : firstEnd + 2);
  const fields = new HeaderTable(text, index);
  const rest = bytes.subarray(blank < 0 ? bytes.length : blank + 4);
  const cut = cutBody(fields, rest, transport);
  const unfinished = blank < 0 ? bad('Missing End Of Headers') : undefined;
  const stray = hasStrayControl(text) ? bad('Stray Control Character') : undefined;
  const defect = stray ?? startLine.defect ?? index.defect ?? unfinished ?? cut.defect;
  const message =
    startLine.kind === 'request'
      ? new SipRequest(startLine, fields, cut.body)
      : new SipResponse(startLine, fields, cut.body);
  return { ok: true, message, defect };
}

/** Whether a flow's messages come framed by Content-Length (RFC 3261 §18.3). */
export function isByteStream(transport: TransportName): boolean {
  return transport === 'tcp' || transport === 'tls';
}
