import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkNumber,
  checkSecret,
  makeSecret,
  nextFreeNumber,
} from '@/lib/services/extensions/rules';

const extension = { number: '101', name: 'Front desk' };
const INVALID = expect.objectContaining({ code: 'INVALID_INPUT' });

test('a generated secret always passes the rules that others’ secrets have to pass', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 96, maxLength: 96 }), (random) => {
      // Bytes that are all alike do not come out of a random source.
      fc.pre(new Set(random).size > 40);
      const secret = makeSecret(random);
      expect(secret).toHaveLength(22);
      expect(() => checkSecret(secret, extension)).not.toThrow();
    }),
  );
});

test('a secret is never taken from too little randomness', () => {
  expect(() => makeSecret(new Uint8Array(96).fill(255))).toThrow();
});

test.each([
  ['elevenchars', 'eleven characters'],
  ['x'.repeat(65), 'sixty-five'],
  ['with a space in', 'a space'],
  ['with"quote"signs', 'quotes'],
  ['naïve-secret-1', 'a letter beyond ASCII'],
  ['aabbaabbaabbaabb', 'three different characters or fewer'],
])('a secret like %s is refused: %s', (secret) => {
  expect(() => checkSecret(secret, extension)).toThrow(INVALID);
});

test('a secret is neither the number nor the name', () => {
  expect(() => checkSecret('123456789012', { number: '123456789012', name: 'x' })).toThrow(INVALID);
  expect(() => checkSecret('FRONT-DESK-ONE', { number: '1', name: 'front-desk-one' })).toThrow(
    INVALID,
  );
  expect(() => checkSecret('lab-acme-101', extension)).not.toThrow();
});

test('an emergency number of its country is never an extension’s', () => {
  for (const number of ['911', '933']) expect(() => checkNumber(number, 'US')).toThrow(INVALID);
  expect(() => checkNumber('112', 'DE')).toThrow(INVALID);
  expect(() => checkNumber('112', 'US')).not.toThrow();
});

test('the next free number is the lowest from 101 on, and steps over emergency numbers', () => {
  expect(nextFreeNumber(new Set(), 'US')).toBe('101');
  expect(nextFreeNumber(new Set(['101', '103']), 'US')).toBe('102');
  expect(nextFreeNumber(new Set(), 'IN')).toBe('103');
  const all = new Set(Array.from({ length: 10_000 }, (_, index) => String(index)));
  expect(() => nextFreeNumber(all, 'US')).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
});
