import { expect, it } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { createResponse, type ResponseInit, type ResponseStart } from '@/lib/protocol/sip/build';
import type { SipRequest } from '@/lib/protocol/sip/message';
import { parseMessage } from '@/lib/protocol/sip/parse';
import { serialize } from '@/lib/protocol/sip/serialize';
import { writeResponse } from '@/lib/protocol/sip/write-response';

function requestOf(...lines: readonly string[]): SipRequest {
  const text = ['OPTIONS sip:a@b SIP/2.0', ...lines, '', ''].join('\r\n');
  const parsed = parseMessage(Buffer.from(text, 'latin1'), 'udp');
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('no request');
  return parsed.message;
}

const USUAL = ['To: <sip:a@b>', 'From: "\u00e9" <sip:c@d>;tag=1', 'Call-ID: x', 'CSeq: 1 OPTIONS'];

const REQUESTS: readonly SipRequest[] = [
  requestOf('Via: SIP/2.0/UDP a;branch=z9hG4bK1', ...USUAL),
  requestOf(
    'v: SIP/2.0/UDP a;branch=z9hG4bK1 , SIP/2.0/TCP b',
    'Via: SIP/2.0/TCP c',
    'Timestamp: 7',
    'Record-Route: <sip:p;lr>, <sip:q;lr>',
    'Record-Route: <sip:r;lr>',
    't: sip:a@b',
    'f: <sip:c@d>;tag=1',
    'i: x',
    'CSeq: 1\r\n  OPTIONS',
  ),
  requestOf('Via: SIP/2.0/UDP a', 'To: <sip:a@b>;tag=theirs', 'From: nothing', 'Call-ID: x'),
  requestOf('To: <sip:a@b', 'CSeq: 1 OPTIONS'),
];
const STARTS: readonly ResponseStart[] = [
  { status: 100, toTag: 'ours' },
  { status: 180, toTag: 'ours', topVia: 'SIP/2.0/UDP a;received=1.2.3.4' },
  { status: 200, reason: 'Fine', toTag: 'ours' },
  { status: 404 },
  { status: 599, reason: 'broken\r\nline' },
];
const INITS: readonly ResponseInit[] = [
  {},
  { headers: { contact: ['<sip:a>', '<sip:b>'], expires: 60, 'Content-Length': 9, path: [] } },
  { headers: { require: undefined, 'x-own': 'y' }, body: Buffer.from('text') },
  { headers: { 'x-own': 'y\r\nInjected: z' } },
  { headers: { 'no name': 'y' } },
  { headers: { 'x-own': '\u20ac' } },
];

const outcomeOf = (make: () => Buffer): string => {
  try {
    return make().toString('latin1');
  } catch (error) {
    return error instanceof AppError ? `refused: ${error.message}` : `broken: ${error}`;
  }
};

it('is byte for byte what the message would be, and is refused where that is', () => {
  let refused = 0;
  for (const request of REQUESTS) {
    for (const start of STARTS) {
      for (const init of INITS) {
        const written = outcomeOf(() => writeResponse(request, start, init));
        const expected = outcomeOf(() => serialize(createResponse(request, start, init)));
        if (written.startsWith('refused')) refused += 1;
        // Of two faults either may be named.
        if (start.reason?.includes('\r') && written !== expected) {
          expect([written, expected].every((text) => text.startsWith('refused'))).toBe(true);
        } else expect(written).toBe(expected);
      }
    }
  }
  expect(refused).toBeGreaterThan(REQUESTS.length * STARTS.length);
});
