import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUuid, uuidTimeMs, uuidV7 } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';

const anyTime = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const tenBytes = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('an id', () => {
  it('is a canonical UUIDv7 that bears its time', () => {
    fc.assert(
      fc.property(anyTime, tenBytes, (atMs, random) => {
        const id = uuidV7(atMs, random);
        expect(isUuid(id)).toBe(true);
        expect(id[14]).toBe('7');
        expect('89ab').toContain(id[19]);
        expect(uuidTimeMs(id)).toBe(atMs);
      }),
    );
  });

  it('sorts by time, as text', () => {
    fc.assert(
      fc.property(anyTime, anyTime, tenBytes, (one, other, random) => {
        if (one >= other) return;
        expect(uuidV7(one, random) < uuidV7(other, random)).toBe(true);
      }),
    );
  });

  it('is as good when it is written as bytes, whatever time came before', () => {
    fc.assert(
      fc.property(anyTime, (atMs) => {
        for (const id of [newId(atMs), newId(atMs)]) {
          expect(isUuid(id)).toBe(true);
          expect(id[14]).toBe('7');
          expect('89ab').toContain(id[19]);
          expect(uuidTimeMs(id)).toBe(atMs);
        }
      }),
    );
    // Each of the digits that are chance is different at some time.
    const ids = Array.from({ length: 500 }, () => newId(1));
    const fixed = [...'00000000-0001-7xxx-yxxx-xxxxxxxxxxxx'];
    for (const [index, digit] of fixed.entries()) {
      const seen = new Set(ids.map((id) => id[index]));
      expect(seen.size).toBe(digit === 'x' ? 16 : digit === 'y' ? 4 : 1);
    }
  });

  it('is new every time', () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => newId(0)));
    expect(ids.size).toBe(10_000);
  });

  it.each(['', 'x', '018F0000-0000-7000-8000-000000000001', '018f0000000070008000000000000001'])(
    'is not "%s"',
    (text) => {
      expect(isUuid(text)).toBe(false);
    },
  );
});
