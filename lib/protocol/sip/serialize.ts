import { AppError } from '@/lib/core/errors';
import { wireHeaderName } from './header-names';
import type { SipMessage } from './message';
import { isToken } from './parameters';

// Whatever is not one byte, or would end the line.
const UNSENDABLE = /[\0\r\n]|[^\0-\u00ff]/;

function refuse(what: string): never {
  throw new AppError('INVALID_INPUT', `cannot be sent in a SIP message: ${what}`);
}

/** A header's line, its end included. Throws INVALID_INPUT where it would break out of it. */
export function sendableLine(name: string, value: string): string {
  const wireName = wireHeaderName(name) ?? refuse('a header name');
  if (UNSENDABLE.test(value)) refuse(`the value of ${name}`);
  return `${wireName}: ${value}\r\n`;
}

/** A reason phrase as it is. Throws INVALID_INPUT where it would break out of its line. */
export function sendableReason(reason: string): string {
  if (UNSENDABLE.test(reason)) refuse('the reason phrase');
  return reason;
}

function startLine(message: SipMessage): string {
  if (message.kind === 'request') {
    if (!isToken(message.method)) refuse('the method');
    if (message.uri === '' || /\s/.test(message.uri) || UNSENDABLE.test(message.uri)) {
      refuse('the Request-URI');
    }
    return `${message.method} ${message.uri} SIP/2.0\r\n`;
  }
  return `SIP/2.0 ${message.status} ${sendableReason(message.reason)}\r\n`;
}

/**
 * Writes a message. Content-Length is ours, always. Throws INVALID_INPUT on a header that would
 * break out of its line (CR, LF, NUL) or that is not bytes (see toWireText): injection ends here,
 * whatever the layers above forgot. With `via` that is the only Via it bears: we are a user agent,
 * no request passes through us.
 */
export function serialize(message: SipMessage, via?: string): Buffer {
  let text = startLine(message);
  if (via !== undefined) text += sendableLine('via', via);
  for (const { name, value } of message.fields.lines()) {
    if (name === 'content-length' || (name === 'via' && via !== undefined)) continue;
    text += sendableLine(name, value);
  }
  text += `Content-Length: ${message.body.length}\r\n\r\n`;
  return wireBytes(text, message.body);
}

/** A head, its empty line included, and a body, in one piece of memory. */
export function wireBytes(head: string, body: Buffer | undefined): Buffer {
  if (body === undefined || body.length === 0) return Buffer.from(head, 'latin1');
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 'latin1');
  bytes.set(body, head.length);
  return bytes;
}
