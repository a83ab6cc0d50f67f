import { describe, expect, it } from 'vitest';
import { receivedVia } from '@/lib/protocol/sip/server-transaction';
import { INVITE_LINES, readRequest, wire } from './wire';

const FLOW = {
  transport: 'udp',
  local: { address: '192.0.2.9', port: 5060 },
  remote: { address: '198.51.100.7', port: 4711 },
} as const;

function viaFor(via: string): string | undefined {
  const lines = INVITE_LINES.map((line) => (line.startsWith('Via:') ? `Via: ${via}` : line));
  return receivedVia(readRequest(wire(lines)), FLOW);
}

describe('the Via that goes back (§18.2.1, RFC 3581 §4)', () => {
  it.each([
    [
      'SIP/2.0/UDP a.test;branch=z9hG4bKx;rport',
      'SIP/2.0/UDP a.test;branch=z9hG4bKx;rport=4711;received=198.51.100.7',
    ],
    [
      'SIP/2.0/UDP a.test;rport;branch=z9hG4bKx',
      'SIP/2.0/UDP a.test;rport=4711;received=198.51.100.7;branch=z9hG4bKx',
    ],
    [
      'SIP/2.0/UDP a.test;branch=z9hG4bKx',
      'SIP/2.0/UDP a.test;branch=z9hG4bKx;received=198.51.100.7',
    ],
    ['SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKx', undefined],
  ])('%s', (via, expected) => {
    expect(viaFor(via)).toBe(expected);
  });

  it.each([
    'SIP/2.0/UDP a.test;rportable=1;branch=z9hG4bKx;rport',
    'SIP/2.0/UDP a.test;received=10.0.0.1;branch=z9hG4bKx;rport',
    'SIP/2.0/UDP a.test;x=";rport";branch=z9hG4bKx;rport',
    'SIP/2.0/UDP a.test;branch=z9hG4bKx; RPORT ',
  ])('names the source once, whatever else is there: %s', (via) => {
    const back = viaFor(via) ?? '';
    expect(back.match(/;received=[^;]*/g)).toEqual([';received=198.51.100.7']);
    expect(back.match(/;rport=[^;]*/g)).toEqual([';rport=4711']);
    expect(back).toContain(';branch=z9hG4bKx');
  });
});
