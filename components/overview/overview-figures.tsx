'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { type Figure, FigureStrip } from '@/components/patterns/figure-strip';
import { Money } from '@/components/patterns/money';
import { useNow } from '@/components/patterns/use-now';
import { cn } from '@/components/ui/cn';
import { Dot } from '@/components/ui/dot';
import { formatSpan } from '@/lib/client/format/duration';
import { moneySign } from '@/lib/client/format/money';
import { useIsStale } from '@/lib/client/use-live';
import type { Overview } from '@/lib/services/overview/schemas';
import { daysUntil, weekChangePerMille } from './figures';

/** Fewer days than these are worth a colour. */
const DAYS_AMBER = 21;
const DAYS_RED = 3;

type Funds = NonNullable<Overview['funds']>;

/** Balance, burn rate, when it runs out, calls today: read as one sentence. */
export function OverviewFigures(props: { overview: Overview; liveCount: number }) {
  const { overview, liveCount } = props;
  const isStale = useIsStale();
  const money = useMoneyFigures(overview, liveCount);
  const calls = useCallFigures(overview, liveCount);
  return <FigureStrip stale={isStale} figures={[...money, ...calls]} />;
}

function useMoneyFigures({ funds, daily }: Overview, liveCount: number): Figure[] {
  const t = useTranslations('overview');
  const change = weekChangePerMille(daily);
  const runsOut = useRunsOut(funds?.runsOutAt ?? null);
  if (!funds) return [];
  const percent = change === null ? '' : (Math.abs(change) / 10).toFixed(1);
  return [
    {
      label: t('balance'),
      phoneOrder: 1,
      value: <Money value={funds.balance} detail="balance" />,
      context: <FundsContext funds={funds} liveCount={liveCount} />,
    },
    {
      label: t('burnRate'),
      phoneOrder: 3,
      value: <Money value={funds.burnPerDay} detail="balance" />,
      unit: t('aDay'),
      context:
        change === null || change === 0
          ? t('average')
          : t(change > 0 ? 'averageUp' : 'averageDown', { percent }),
    },
    { label: t('runsOut'), phoneOrder: 2, ...runsOut },
  ];
}

function FundsContext({ funds, liveCount }: { funds: Funds; liveCount: number }) {
  const t = useTranslations('overview');
  if (moneySign(funds.held) > 0) {
    return t.rich('held', {
      count: liveCount,
      money: () => <Money value={funds.held} detail="balance" />,
    });
  }
  if (moneySign(funds.creditLimit) > 0) {
    return t.rich('credit', { money: () => <Money value={funds.available} detail="balance" /> });
  }
  return t('nothingHeld');
}

function useRunsOut(runsOutAt: string | null): { value: ReactNode; context: ReactNode } {
  const t = useTranslations('overview');
  const nowMs = useNow(60_000);
  if (runsOutAt === null) {
    return {
      value: <span className="text-ink-3">{t('notSoon')}</span>,
      context: t('notSoonContext'),
    };
  }
  if (nowMs !== null && Date.parse(runsOutAt) <= nowMs) {
    return {
      value: t('ranOut'),
      context: <span className="font-medium text-red-text">{t('ranOutContext')}</span>,
    };
  }
  const days = nowMs === null ? null : daysUntil(runsOutAt, nowMs);
  return {
    value: <DateTime value={runsOutAt} look="day" />,
    context: days !== null && (
      <span
        className={cn(
          days <= DAYS_AMBER && 'font-medium text-amber-text',
          days <= DAYS_RED && 'text-red-text',
        )}
      >
        {t('daysLeft', { days })}
      </span>
    ),
  };
}

function useCallFigures({ today, funds, extensions }: Overview, liveCount: number): Figure[] {
  const t = useTranslations('overview');
  const isStale = useIsStale();
  const percent = today.calls === 0 ? 0 : Math.round((today.answered * 100) / today.calls);
  const figures: Figure[] = [
    {
      label: t('callsToday'),
      phoneOrder: 4,
      value: today.calls,
      unit: liveCount > 0 && (
        <span className="ms-2 inline-flex items-center gap-2">
          <Dot tone={isStale ? 'never' : 'live'} />
          {t('live', { count: liveCount })}
        </span>
      ),
      context:
        today.calls === 0
          ? t('noCallsToday')
          : t('answered', { percent, talked: formatSpan(today.seconds) }),
    },
  ];
  if (!funds) {
    figures.push({
      label: t('extensions'),
      value: extensions.total,
      context: t('registeredShort', { count: extensions.registered }),
    });
  }
  return figures;
}
