import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { HmacSha256 } from '@/lib/protocol/digest/hmac';

test('is HMAC-SHA-256 for keys and texts of any length, one after the other', () => {
  for (const keyBytes of [0, 1, 32, 64, 65, 200]) {
    const key = Buffer.alloc(keyBytes, 0xa7);
    const hmac = new HmacSha256(key);
    for (const chars of [0, 1, 64, 511, 512, 513, 3_000, 5]) {
      const text = 'a\u00e9\0\n'.repeat(chars).slice(0, chars);
      const expected = createHmac('sha256', key).update(text, 'latin1').digest('hex');
      expect(hmac.hexOf(text)).toBe(expected);
    }
  }
});
