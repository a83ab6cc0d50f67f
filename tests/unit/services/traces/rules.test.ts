import { describe, expect, it } from 'vitest';
import { findRepetitions, summarise } from '@/lib/services/traces/rules';
import type { TraceMessage } from '@/lib/services/traces/types';

describe('the summary of a message', () => {
  it('names a request, and what it brings', () => {
    const text =
      'INVITE sip:102@acme.test SIP/2.0\r\nCSeq: 2 INVITE\r\nAuthorization: Digest username="101"\r\nc: application/sdp\r\n\r\nv=0';
    expect(summarise(text)).toEqual({
      title: 'INVITE',
      method: 'INVITE',
      status: null,
      hasSdp: true,
      hasCredentials: true,
    });
  });

  it('names a response, and the request that it answers', () => {
    const text = 'SIP/2.0 183 Session Progress\r\nCSeq: 2 INVITE\r\n\r\n';
    expect(summarise(text)).toMatchObject({
      title: '183 Session Progress',
      method: 'INVITE',
      status: 183,
      hasSdp: false,
    });
    expect(summarise('SIP/2.0 200 \r\nCSeq: 1 BYE\r\n\r\n').title).toBe('200');
  });

  it('has a short name even for what is none', () => {
    expect(summarise('').title).toBe('');
    expect(summarise('x'.repeat(1_000)).title).toHaveLength(80);
    expect(summarise('x'.repeat(1_000)).method).toBeNull();
  });
});

it('a repetition is the same bytes the same way on the same leg', () => {
  const message = (leg: number, direction: 'in' | 'out', text: string) =>
    ({ leg, direction, text }) as TraceMessage;
  const all = [
    message(0, 'in', 'a'),
    message(0, 'in', 'a'),
    message(0, 'out', 'a'),
    message(1, 'in', 'a'),
    message(0, 'in', 'b'),
  ];
  expect(findRepetitions(all)).toEqual([false, true, false, false, false]);
});
