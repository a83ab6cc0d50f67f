import { expect } from 'vitest';
import type { SipMessage, SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { type Defect, parseMessage } from '@/lib/protocol/sip/parse';
import type { Flow, TransportName } from '@/lib/protocol/sip/transport';
import { validate } from '@/lib/protocol/sip/validate';

/** A message as it lies on the wire: lines joined by CRLF, one character per byte. */
export function wire(lines: readonly string[], body = ''): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

/** Parses and validates; what is wrong comes back as a defect. */
export function read(
  bytes: Buffer,
  transport: TransportName = 'udp',
): { message: SipMessage; defect: Defect | undefined } {
  const parsed = parseMessage(bytes, transport);
  if (!parsed.ok) throw new Error(`not a message: ${parsed.reason}`);
  return { message: parsed.message, defect: parsed.defect ?? validate(parsed.message) };
}

export function readRequest(bytes: Buffer, transport: TransportName = 'udp'): SipRequest {
  const { message, defect } = read(bytes, transport);
  expect(defect).toBeUndefined();
  if (message.kind !== 'request') throw new Error('a response');
  return message;
}

export function readResponse(bytes: Buffer): SipResponse {
  const { message, defect } = read(bytes);
  expect(defect).toBeUndefined();
  if (message.kind !== 'response') throw new Error('a request');
  return message;
}

/** The lines of an ordinary INVITE, to be spoilt. */
export const INVITE_LINES = [
  'INVITE sip:102@acme.test SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport',
  'Max-Forwards: 70',
  'From: "Alice" <sip:101@acme.test>;tag=1928301774',
  'To: <sip:102@acme.test>',
  'Call-ID: a84b4c76e66710@192.0.2.1',
  'CSeq: 314159 INVITE',
  'Contact: <sip:101@192.0.2.1:5060>',
] as const;

/** The INVITE with some lines replaced by name of header, or removed (undefined), or added. */
export function spoilt(changes: Readonly<Record<string, string | undefined>>, body = ''): Buffer {
  const lines: string[] = INVITE_LINES.map(String);
  for (const [name, line] of Object.entries(changes)) {
    const index = lines.findIndex((known) =>
      known.toLowerCase().startsWith(`${name.toLowerCase()}:`),
    );
    if (name === 'start') lines[0] = line ?? '';
    else if (line === undefined) lines.splice(index, index < 0 ? 0 : 1);
    else if (index < 0) lines.push(line);
    else lines[index] = line;
  }
  return wire(lines, body);
}

export const FLOW: Flow = {
  transport: 'udp',
  local: { address: '192.0.2.100', port: 5060 },
  remote: { address: '192.0.2.1', port: 5060 },
};
