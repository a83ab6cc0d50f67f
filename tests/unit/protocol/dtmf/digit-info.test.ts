import { expect, test } from 'vitest';
import { digitInfoOf } from '@/lib/protocol/dtmf/digit-info';

const relay = (body: string) => digitInfoOf('application/dtmf-relay', Buffer.from(body));
const plain = (body: string) => digitInfoOf('application/dtmf', Buffer.from(body));

test('a key and how long it was pressed, in the ways that phones write it', () => {
  expect(relay('Signal=7\r\nDuration=250\r\n')).toEqual({ digit: '7', durationMs: 250 });
  expect(relay('Signal= #\nDuration= 100')).toEqual({ digit: '#', durationMs: 100 });
  expect(relay('signal=a')).toEqual({ digit: 'A', durationMs: 160 });
  expect(relay('Signal=10\r\nDuration=160')).toMatchObject({ digit: '*' });
  expect([plain('5'), plain('*\r\n'), plain('11')]).toMatchObject([
    { digit: '5', durationMs: 160 },
    { digit: '*' },
    { digit: '#' },
  ]);
});

test('durations are brought within what a key can last', () => {
  expect(relay('Signal=1\nDuration=0')?.durationMs).toBe(40);
  expect(relay('Signal=1\nDuration=99999')?.durationMs).toBe(5_000);
});

test('what is no key is none', () => {
  expect([relay(''), relay('Signal=16'), relay('Signal=hello'), plain('x'), plain('')]).toEqual(
    Array(5).fill(null),
  );
  expect(digitInfoOf('text/plain', Buffer.from('5'))).toBeNull();
  expect(digitInfoOf(undefined, Buffer.from('5'))).toBeNull();
  expect(plain(' '.repeat(300))).toBeNull();
});
