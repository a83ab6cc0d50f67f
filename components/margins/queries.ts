import { parseAsStringLiteral } from 'nuqs';

export const PERIODS = ['7', '30', '90'] as const;
export type Period = (typeof PERIODS)[number];

const GROUPS = ['destination', 'account', 'carrier'] as const;

/** What is looked at lives in the address. */
export const marginParams = {
  by: parseAsStringLiteral(GROUPS).withDefault('destination'),
  days: parseAsStringLiteral(PERIODS).withDefault('30'),
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The last so many days up to the minute, so that the same question is asked for a minute. */
export function periodOf(days: Period, nowMs: number): { from: string; to: string } {
  const toMs = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
  const fromMs = toMs - Number(days) * DAY_MS;
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
