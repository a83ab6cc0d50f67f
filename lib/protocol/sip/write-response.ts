import type { ResponseInit, ResponseStart } from './build';
import { taggedTo } from './build';
import { canonicalHeaderName } from './header-names';
import type { SipRequest } from './message';
import { reasonOf } from './reasons';
import { sendableLine, sendableReason, wireBytes } from './serialize';

/**
 * The bytes of a response (see createResponse and serialize: it is what they give together, and
 * throws where they do), without the message in between: for answers at which nobody looks again.
 */
export function writeResponse(
  request: SipRequest,
  start: ResponseStart,
  init: ResponseInit = {},
): Buffer {
  const { status } = start;
  const { fields } = request;
  let text = `SIP/2.0 ${status} ${sendableReason(start.reason ?? reasonOf(status))}\r\n`;
  const vias = request.headers('via');
  for (let index = 0; index < vias.length; index += 1) {
    const via = vias[index] ?? '';
    text += sendableLine('via', index === 0 ? (start.topVia ?? via) : via);
  }
  if (status > 100 && status < 300) {
    for (const value of fields.all('record-route')) text += sendableLine('record-route', value);
  }
  text += copied('from', fields.first('from'));
  const to = fields.first('to');
  if (to !== undefined) text += sendableLine('to', taggedTo(request, to, start));
  text += copied('call-id', fields.first('call-id'));
  text += copied('cseq', fields.first('cseq'));
  if (status === 100) text += copied('timestamp', fields.first('timestamp'));
  text += headersOf(init);
  const { body } = init;
  text += `Content-Length: ${body?.length ?? 0}\r\n\r\n`;
  return wireBytes(text, body);
}

function copied(name: string, value: string | undefined): string {
  return value === undefined ? '' : sendableLine(name, value);
}

function headersOf({ headers }: ResponseInit): string {
  if (headers === undefined) return '';
  let text = '';
  for (const rawName of Object.keys(headers)) {
    const value = headers[rawName];
    const name = canonicalHeaderName(rawName);
    if (value === undefined || name === 'content-length') continue;
    if (typeof value === 'object') for (const entry of value) text += sendableLine(name, entry);
    else text += sendableLine(name, String(value));
  }
  return text;
}
