import { expect, test } from 'vitest';
import { createRequest } from '@/lib/protocol/sip/build';
import type { HeaderInit } from '@/lib/protocol/sip/message';
import { serialize } from '@/lib/protocol/sip/serialize';
import { fitted } from '@/lib/switch/call/datagram-size';

const invite = (headers: HeaderInit) =>
  createRequest({
    method: 'INVITE',
    uri: 'sip:+442079460018@192.0.2.7:5060',
    headers: {
      from: '<sip:+12025550101@192.0.2.1>;tag=1',
      to: '<sip:+442079460018@192.0.2.7:5060>',
      'call-id': 'c@192.0.2.1',
      cseq: '1 INVITE',
      'p-asserted-identity': '<sip:+12025550101@192.0.2.1>',
      'x-tollbridge-lineage': 'l'.repeat(70),
      ...headers,
    },
    body: Buffer.alloc(250, 'v'),
  });
const namesOf = (request: ReturnType<typeof invite>) =>
  new Set(request.fields.lines().map((line) => line.name));

const DIVERSION = Array.from({ length: 5 }, () => '<sip:+12025550101@192.0.2.1>;reason=no-answer');
const HISTORY = Array.from({ length: 6 }, () => '<sip:+12025550101@192.0.2.1>;index=1.1.1.1');

test('what fits is left alone, and on a stream everything fits', () => {
  const small = invite({ 'user-to-user': 'x'.repeat(100), diversion: DIVERSION.slice(0, 1) });
  expect(fitted(small, 'udp')).toBe(small);
  const large = invite({ 'user-to-user': 'x'.repeat(512), 'history-info': HISTORY });
  for (const transport of ['tcp', 'tls', 'ws', 'wss']) expect(fitted(large, transport)).toBe(large);
});

test('what is missed least goes first, and no more of it than must', () => {
  const large = invite({
    'user-to-user': 'x'.repeat(512),
    diversion: DIVERSION.slice(0, 2),
    'history-info': HISTORY.slice(0, 3),
  });
  const fits = fitted(large, 'udp');
  expect(serialize(large).length).toBeGreaterThan(1_300);
  expect(serialize(fits).length).toBeLessThan(1_300);
  expect(namesOf(fits)).toEqual(new Set([...namesOf(large)].filter((n) => n !== 'user-to-user')));
  const larger = invite({
    'user-to-user': 'x'.repeat(512),
    diversion: DIVERSION,
    'history-info': HISTORY,
  });
  const kept = namesOf(fitted(larger, 'udp'));
  expect([kept.has('diversion'), kept.has('history-info')]).toEqual([true, false]);
});

test('who calls, what it signed and our loop mark go, whatever the size', () => {
  const signed = invite({ identity: 'i'.repeat(2_000), privacy: 'id', diversion: DIVERSION });
  const kept = namesOf(fitted(signed, 'udp'));
  for (const name of [
    'from',
    'identity',
    'privacy',
    'p-asserted-identity',
    'x-tollbridge-lineage',
  ]) {
    expect(kept.has(name)).toBe(true);
  }
  expect(kept.has('diversion')).toBe(false);
});
