import { expect, test } from 'vitest';
import { readRange } from '@/lib/services/recordings/rules';

test.each([
  [null, null],
  ['bytes=0-', { start: 0, end: 100 }],
  ['bytes=10-19', { start: 10, end: 20 }],
  ['bytes=90-1000', { start: 90, end: 100 }],
  ['bytes=-10', { start: 90, end: 100 }],
  ['bytes=-1000', { start: 0, end: 100 }],
  ['bytes=0-1,5-6', null],
  ['bytes=-', null],
  ['lines=1-2', null],
  ['bytes=a-b', null],
])('of 100 bytes %j asks for %j', (header, expected) => {
  expect(readRange(header, 100)).toEqual(expected);
});

test.each(['bytes=100-', 'bytes=20-10', 'bytes=-0'])('%s lies outside', (header) => {
  expect(() => readRange(header, 100)).toThrow(/outside/);
});
