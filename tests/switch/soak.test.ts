import { expect, test } from 'vitest';
import { signalling } from '@/tests/soak/signalling';

/** `npm run soak -- signalling 60` is the hour; this is its first seconds, with the same seed. */
test('calls over a network that loses, doubles and reorders leave nothing behind', async () => {
  const { complaints, figures } = await signalling.run({ runMs: 12_000, say: () => undefined });
  expect(complaints).toEqual([]);
  expect(figures['talked']).toBeGreaterThan(20);
});
