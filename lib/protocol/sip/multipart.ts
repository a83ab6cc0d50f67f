import type { SipRequest, SipResponse } from './message';

/** RFC 2046 §5.1.1: a boundary is 1 to 70 characters. */
const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;",]{1,70}))\s*(?:;|$)/i;
/** An SDP, a location, a signature, something of ISUP: more parts than these nobody sends. */
const MAX_PARTS = 8;
const CRLF = '\r\n';
const BLANK_LINE = '\r\n\r\n';

/** The media type of a Content-Type value, lower case, without its parameters. */
export function mediaTypeOf(contentType: string | undefined): string {
  if (contentType === undefined) return '';
  const semicolon = contentType.indexOf(';');
  const type = semicolon < 0 ? contentType : contentType.slice(0, semicolon);
  return type.trim().toLowerCase();
}

/** A body of one kind: the whole one, or the first part of a multipart that is of it. */
export function bodyOfType(message: SipRequest | SipResponse, type: string): Buffer | undefined {
  if (message.body.length === 0) return undefined;
  const contentType = message.header('content-type');
  const whole = mediaTypeOf(contentType);
  if (whole === type) return message.body;
  if (!whole.startsWith('multipart/')) return undefined;
  const match = BOUNDARY.exec(contentType ?? '');
  const boundary = match?.[1] ?? match?.[2];
  return boundary === undefined ? undefined : partOfType(message.body, boundary, type);
}

/** RFC 2046 §5.1.1: delimiters stand at the beginning of a line; what is before the first is no part. */
function partOfType(body: Buffer, boundary: string, type: string): Buffer | undefined {
  const delimiter = `${CRLF}--${boundary}`;
  // The first delimiter may begin the body, so the search begins with a line end of its own.
  const text = CRLF + body.toString('latin1');
  let start = text.indexOf(delimiter);
  for (let part = 0; start >= 0 && part < MAX_PARTS; part += 1) {
    const headersStart = start + delimiter.length;
    const end = text.indexOf(delimiter, headersStart);
    if (end < 0) return undefined;
    const blank = text.indexOf(BLANK_LINE, headersStart);
    if (blank >= 0 && blank < end && typeOfPart(text.slice(headersStart, blank)) === type) {
      return body.subarray(blank + BLANK_LINE.length - CRLF.length, end - CRLF.length);
    }
    start = end;
  }
  return undefined;
}

function typeOfPart(headers: string): string {
  for (const line of headers.split(CRLF)) {
    const match = /^content-type[ \t]*:(.*)$/i.exec(line);
    if (match) return mediaTypeOf(match[1]);
  }
  return '';
}
