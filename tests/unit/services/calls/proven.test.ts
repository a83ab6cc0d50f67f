import { expect, test } from 'vitest';
import { CALLER_ID_RIGHTS } from '@/lib/core/call-plan/plan';
import { provenCaller } from '@/lib/services/calls/rules';

test('only what is the caller’s own, or was proven to be, counts as proven', () => {
  const base = { asked: null, shown: '+12025550101', isWithheld: false };
  const proven = CALLER_ID_RIGHTS.map((right) => [right, provenCaller({ ...base, right }).proven]);
  expect(Object.fromEntries(proven)).toEqual({
    owned: 'owned',
    default: 'owned',
    verified: 'verified',
    asserted: 'none',
    received: 'none',
    none: 'none',
  });
});
