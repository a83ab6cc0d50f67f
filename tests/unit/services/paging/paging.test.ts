import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, toPage } from '@/lib/services/paging';

test('a cursor gives back what it was made of', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      expect(decodeCursor(encodeCursor(parts), parts.length)).toEqual(parts);
    }),
  );
});

test('what is no cursor of this list is refused', () => {
  for (const text of [
    '',
    'x',
    '%%%',
    encodeCursor(['a']),
    Buffer.from('[1,2]').toString('base64url'),
  ]) {
    expect(() => decodeCursor(text, 2)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  }
});

test('a page has a next one only where there is more', () => {
  const shape = { keyOf: (row: number) => [String(row)], toItem: (row: number) => row * 10 };
  expect(toPage([1, 2], 2, shape)).toEqual({ items: [10, 20], nextCursor: null });
  const page = toPage([1, 2, 3], 2, shape);
  expect(page.items).toEqual([10, 20]);
  expect(decodeCursor(page.nextCursor ?? '', 1)).toEqual(['2']);
});
