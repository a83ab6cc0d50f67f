import type { DialledDigits } from '@/lib/core/phone-number';

/** What the switch does itself for whoever dials its code. */
export type Feature = 'echo_test';

/** The star codes that PBXs agree on, as far as there is something behind them here. */
const CODES: Readonly<Record<string, Feature>> = { '*43': 'echo_test' };

/** Nobody listens to himself for longer. */
export const MAX_FEATURE_SECONDS = 600;

/** The feature behind what was dialled; undefined for numbers and unknown codes. */
export function featureOf(digits: DialledDigits | null): Feature | undefined {
  return digits === null || !Object.hasOwn(CODES, digits) ? undefined : CODES[digits];
}
