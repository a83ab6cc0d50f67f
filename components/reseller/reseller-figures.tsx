'use client';

import { useLocale, useTranslations } from 'next-intl';
import { isOutOfFunds } from '@/components/accounts/account-cells';
import { childrenQuery } from '@/components/accounts/queries';
import { OVERVIEW_QUERY } from '@/components/calls/queries';
import { DateTime } from '@/components/patterns/date-time';
import { type Figure, FigureStrip } from '@/components/patterns/figure-strip';
import { Money } from '@/components/patterns/money';
import { useViewer } from '@/components/portal/me-context';
import { formatMoney } from '@/lib/client/format/money';
import { useItem } from '@/lib/client/use-item';
import { useList } from '@/lib/client/use-list';
import { parseMicro, toWireMoney } from '@/lib/core/money';
import { accountSchema } from '@/lib/services/accounts/schemas';
import { type Overview, overviewSchema } from '@/lib/services/overview/schemas';

/** What a reseller looks at first: own funds and how long they last, calls, who needs help. */
export function ResellerFigures() {
  const overview = useItem({ path: '/overview', query: OVERVIEW_QUERY, response: overviewSchema });
  const funds = useFundsFigures(overview.data);
  const calls = useCallFigures(overview.data);
  const attention = useAttentionFigure();
  return (
    <FigureStrip size="figure-sm" className="mb-4" figures={[...funds, ...calls, attention]} />
  );
}

function useFundsFigures(overview: Overview | undefined): Figure[] {
  const t = useTranslations('reseller.figures');
  const locale = useLocale();
  const funds = overview?.funds;
  if (!funds) return [];
  const tell = (money: Overview['daily'][number]['spent']) =>
    money === null ? '' : formatMoney(money, { locale, detail: 'balance' });
  const isHeld = parseMicro(funds.held.amount) > 0n;
  const isBurning = parseMicro(funds.burnPerDay.amount) > 0n;
  return [
    {
      label: t('wallet'),
      value: <Money value={funds.balance} detail="balance" />,
      context: isHeld ? t('held', { amount: tell(funds.held) }) : t('walletContext'),
    },
    {
      label: t('runsOut'),
      value:
        funds.runsOutAt === null ? t('never') : <DateTime value={funds.runsOutAt} look="day" />,
      context: isBurning ? t('aDay', { amount: tell(funds.burnPerDay) }) : t('noBurn'),
    },
  ];
}

function useCallFigures(overview: Overview | undefined): Figure[] {
  const t = useTranslations('reseller.figures');
  const locale = useLocale();
  if (!overview) return [];
  const { today, daily, funds } = overview;
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent' }).format(
    today.calls === 0 ? 0 : today.answered / today.calls,
  );
  const figures: Figure[] = [
    {
      label: t('callsToday'),
      value: number.format(today.calls),
      context: today.calls === 0 ? t('noCalls') : t('answered', { share }),
    },
  ];
  if (funds) {
    const spentMicro = daily.reduce((sum, { spent }) => sum + parseMicro(spent?.amount ?? '0'), 0n);
    const count = daily.reduce((sum, day) => sum + day.calls, 0);
    figures.push({
      label: t('spentMonth'),
      value: <Money value={toWireMoney(spentMicro, funds.balance.currency)} detail="balance" />,
      context: t('spentContext', { count }),
    });
  }
  return figures;
}

/** Customers that cannot call, among those that the viewer sells to. */
function useAttentionFigure(): Figure {
  const t = useTranslations('reseller.figures');
  const { account } = useViewer();
  const { rows } = useList({
    path: '/accounts',
    query: childrenQuery(account.id),
    item: accountSchema,
  });
  const suspended = (rows ?? []).filter((one) => one.state === 'suspended').length;
  const outOfFunds = (rows ?? []).filter(
    (one) => one.state === 'active' && isOutOfFunds(one),
  ).length;
  return {
    label: t('attention'),
    value: suspended + outOfFunds,
    context:
      suspended + outOfFunds === 0 ? (
        t('attentionNone')
      ) : (
        <span className="flex flex-wrap gap-x-2">
          {outOfFunds > 0 && (
            <span className="text-red-text">{t('outOfFunds', { count: outOfFunds })}</span>
          )}
          {suspended > 0 && (
            <span className="text-amber-text">{t('suspended', { count: suspended })}</span>
          )}
        </span>
      ),
  };
}
