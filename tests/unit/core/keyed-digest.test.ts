import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyedDigest } from '@/lib/core/keyed-digest.server';

test('is the HMAC of the key in hexadecimal, whatever the text', () => {
  const key = randomBytes(32);
  const digest = createKeyedDigest(key);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const expected = createHmac('sha256', key.toString('hex')).update(text).digest();
      expect(digest(text)).toEqual(expected);
    }),
  );
});

test('an empty text and one longer than a block are no exceptions', () => {
  const digest = createKeyedDigest(Buffer.alloc(32, 7));
  const key = Buffer.alloc(32, 7).toString('hex');
  for (const text of ['', 'x'.repeat(1_000), 'ü€']) {
    expect(digest(text)).toEqual(createHmac('sha256', key).update(text).digest());
  }
});

test('a key of another length is refused', () => {
  expect(() => createKeyedDigest(Buffer.alloc(16))).toThrow(/32 bytes/);
});
