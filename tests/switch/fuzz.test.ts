import { expect, test } from 'vitest';
import { runFuzz } from '@/tests/soak/fuzz';

/** Recorded, so that a red run stays red; `npm run soak -- fuzz 60` draws another each time. */
const SEED = 20_261_127;
const RUN_MS = 60_000;

test('a minute of spoilt messages makes nothing throw, hang, grow or stay behind', async () => {
  const { figures, complaints } = await runFuzz({ seed: SEED, runMs: RUN_MS, say: () => {} });
  expect(complaints).toEqual([]);
  // About a hundredth of what an idle machine does: the run did take place.
  expect(figures['inputs']).toBeGreaterThan(10_000);
  expect(figures['rounds']).toBeGreaterThan(0);
}, 180_000);
