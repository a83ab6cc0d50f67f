'use client';

import { useLocale, useTranslations } from 'next-intl';
import {
  Bar,
  BarChart,
  type BarShapeProps,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { formatMoney } from '@/lib/client/format/money';
import { formatTime } from '@/lib/client/format/time';
import type { Overview } from '@/lib/services/overview/schemas';
import { axisTicks, barHeight, type ChartOf, weekAverage } from './figures';

export interface SpendChartProps {
  daily: Overview['daily'];
  of: ChartOf;
}

interface DayHeight {
  date: string;
  /** Of the bar. */
  height: number;
  isToday: boolean;
}

const HEIGHT_PIXELS = 224;
const TICK_STYLE = { fontSize: 11, fill: 'var(--text-3)' };
/** A name on every seventh day, and on today. */
const NAMED_EVERY = 7;
/** Names at the very start would be cut. */
const FIRST_NAMED = 3;

/** Bars by day; today is hatched, because it is unfinished; one dashed line for the average. */
export function SpendChart({ daily, of }: SpendChartProps) {
  const t = useTranslations('overview');
  const locale = useLocale();
  const bars = daily.map<DayHeight>((day, index) => ({
    date: day.date,
    height: barHeight(day, of),
    isToday: index === daily.length - 1,
  }));
  const currency = daily.find((day) => day.spent)?.spent?.currency ?? 'USD';
  const average = weekAverage(bars.map((bar) => bar.height));
  const ticks = axisTicks(Math.max(...bars.map((bar) => bar.height), average));
  const nameOf = (date: string) => dayName(date, locale);
  const named = bars.filter(
    (_, index) => index >= FIRST_NAMED && (bars.length - 1 - index) % NAMED_EVERY === 0,
  );
  return (
    <figure aria-label={t('chartLabel', { what: t(of), days: daily.length })} className="m-0">
      <div aria-hidden>
        <ResponsiveContainer width="100%" height={HEIGHT_PIXELS}>
          <BarChart
            data={bars}
            accessibilityLayer={false}
            margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
            barCategoryGap={1.5}
          >
            <defs>
              <pattern
                id="unfinished"
                width="5"
                height="5"
                patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)"
              >
                <rect width="1.75" height="5" fill="var(--bar-strong)" />
              </pattern>
            </defs>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="date"
              ticks={named.map((bar) => bar.date)}
              interval={0}
              tickLine={false}
              axisLine={false}
              tick={TICK_STYLE}
              tickFormatter={(date: string) =>
                date === bars.at(-1)?.date ? t('todayTick') : nameOf(date)
              }
            />
            <YAxis
              orientation="right"
              domain={[0, ticks.at(-1) ?? 1]}
              ticks={ticks}
              interval={0}
              tickLine={false}
              axisLine={false}
              width={52}
              tick={TICK_STYLE}
              tickFormatter={(value: number) =>
                of === 'spend' ? axisMoney(value, currency, locale) : value.toLocaleString(locale)
              }
            />
            <Tooltip
              isAnimationActive={false}
              cursor={false}
              content={({ active, label }) => (
                <DayTip active={active} day={daily.find((day) => day.date === label)} />
              )}
            />
            {average > 0 && (
              <ReferenceLine y={average} stroke="var(--text-2)" strokeDasharray="3 2" />
            )}
            <Bar dataKey="height" isAnimationActive={false} shape={DayBar} activeBar={DayBar} />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

/** A bar with corners of 2; under the pointer it is strong. */
function DayBar(props: BarShapeProps) {
  const { x, y, width, height, isActive } = props;
  const isToday = (props as { payload?: DayHeight }).payload?.isToday === true;
  if (height <= 0) return <g />;
  return (
    <rect
      x={x}
      y={y}
      width={Math.max(1, width)}
      height={height}
      rx={2}
      fill={isToday ? 'url(#unfinished)' : isActive ? 'var(--bar-strong)' : 'var(--bar)'}
      stroke={isToday ? 'var(--bar)' : 'none'}
    />
  );
}

function DayTip(props: { active: boolean; day: Overview['daily'][number] | undefined }) {
  const t = useTranslations('overview');
  const locale = useLocale();
  if (!props.active || !props.day) return null;
  const { date, spent, calls, seconds } = props.day;
  return (
    <div className="rounded-panel bg-raised px-3 py-2 text-small shadow-1">
      <div className="font-medium">{dayName(date, locale)}</div>
      {spent && <div>{formatMoney(spent, { locale, detail: 'balance' })}</div>}
      <div className="text-ink-3">{`${t('calls')} ${calls} · ${Math.round(seconds / 60)} min`}</div>
    </div>
  );
}

/** "23 Oct" of a calendar date, whatever the reader's zone. */
export function dayName(date: string, locale: string): string {
  const noon = new Date(`${date}T12:00:00Z`);
  return formatTime(noon, 'date', { locale, timeZone: 'UTC' }).split(' ').slice(0, 2).join(' ');
}

/** An axis needs whole units, or cents where the bars are small. */
function axisMoney(value: number, currency: string, locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: Number.isInteger(value) ? 0 : 2,
    maximumFractionDigits: Number.isInteger(value) ? 0 : 4,
  }).format(value);
}
