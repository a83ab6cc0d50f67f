import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseInput } from '@/lib/services/parse';

const schema = z.object({ name: z.string(), tags: z.array(z.object({ text: z.string() })) });

test('a text with U+0000, which no database row can hold, is refused wherever it stands', () => {
  expect(parseInput(schema, { name: 'a', tags: [{ text: 'b' }] }).name).toBe('a');
  expect(() => parseInput(schema, { name: 'a\0b', tags: [] })).toThrow(/U\+0000/);
  expect(() => parseInput(schema, { name: 'a', tags: [{ text: '\0' }] })).toThrow(/U\+0000/);
});
