import { parseMicro, toWireMoney, type WireMoney } from '@/lib/core/money';
import type { Overview } from '@/lib/services/overview/schemas';

type Day = Overview['daily'][number];
const WEEK = 7;

const spentMicro = (days: readonly Day[]): bigint =>
  days.reduce((sum, day) => sum + (day.spent ? parseMicro(day.spent.amount) : 0n), 0n);

/** Spend of the days shown, today included; null where it is not the viewer's to see. */
export function totalSpent(daily: readonly Day[]): WireMoney | null {
  const currency = daily.find((day) => day.spent)?.spent?.currency;
  return currency === undefined ? null : toWireMoney(spentMicro(daily), currency);
}

/**
 * How the last seven whole days compare with the seven before, in tenths of a percent; null where
 * there is nothing to compare with.
 */
export function weekChangePerMille(daily: readonly Day[]): number | null {
  const whole = daily.slice(0, -1);
  if (whole.length < 2 * WEEK) return null;
  const before = spentMicro(whole.slice(-2 * WEEK, -WEEK));
  if (before === 0n) return null;
  return Number(((spentMicro(whole.slice(-WEEK)) - before) * 1_000n) / before);
}

/** What the bars of a chart stand for. */
export type ChartOf = 'spend' | 'minutes';

/** The height of a day's bar: the only use of an amount as a plain number. */
export function barHeight(day: Day, of: ChartOf): number {
  if (of === 'minutes') return day.seconds / 60;
  return day.spent ? Number(day.spent.amount) : 0;
}

/** The mean of the last seven whole days. */
export function weekAverage(heights: readonly number[]): number {
  const week = heights.slice(0, -1).slice(-WEEK);
  return week.length === 0 ? 0 : week.reduce((sum, height) => sum + height, 0) / week.length;
}

/** Whole days from now until a moment. */
export function daysUntil(iso: string, nowMs: number): number {
  return Math.max(0, Math.floor((Date.parse(iso) - nowMs) / 86_400_000));
}

/** Steps of the axis: with zero, four grid lines. */
const STEPS = 3;

/** 0 and three round steps that reach the highest bar: 0, 10, 20, 30. */
export function axisTicks(highest: number): number[] {
  const rough = Math.max(highest, 0.001) / STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  return Array.from({ length: STEPS + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}
