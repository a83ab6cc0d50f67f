'use client';

import { ChartColumn, Table2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Money } from '@/components/patterns/money';
import { Panel } from '@/components/patterns/panel';
import { IconButton } from '@/components/ui/icon-button';
import { Segmented } from '@/components/ui/segmented';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatSpan } from '@/lib/client/format/duration';
import { moneySign } from '@/lib/client/format/money';
import type { Overview } from '@/lib/services/overview/schemas';
import { barHeight, type ChartOf, totalSpent, weekAverage } from './figures';
import { dayName, SpendChart } from './spend-chart';

/** Spend or minutes by day, as bars or as the table behind them. */
export function SpendPanel(props: { daily: Overview['daily']; className?: string }) {
  const { daily, className } = props;
  const t = useTranslations('overview');
  const total = totalSpent(daily);
  const [chosen, setChosen] = useState<ChartOf>('spend');
  const [isTable, setTable] = useState(false);
  const of = total === null ? 'minutes' : chosen;
  const seconds = daily.reduce((sum, day) => sum + day.seconds, 0);
  const isEmpty = of === 'spend' ? total === null || moneySign(total) === 0 : seconds === 0;
  const hasAverage = weekAverage(daily.map((day) => barHeight(day, of))) > 0;
  return (
    <Panel
      title={t(of)}
      className={className}
      note={
        of === 'spend'
          ? t.rich('spendIn', {
              days: daily.length,
              money: () => <Money value={total} detail="balance" />,
            })
          : t('minutesIn', { minutes: Math.round(seconds / 60), days: daily.length })
      }
      actions={
        <>
          {!isTable && hasAverage && <AverageKey />}
          {total !== null && (
            <Segmented
              label={t('chartChoice')}
              value={of}
              onValueChange={setChosen}
              segments={[
                { value: 'spend', label: t('spend') },
                { value: 'minutes', label: t('minutes') },
              ]}
            />
          )}
          <IconButton
            label={t(isTable ? 'asChart' : 'asTable')}
            aria-pressed={isTable}
            onClick={() => setTable(!isTable)}
          >
            {isTable ? <ChartColumn /> : <Table2 />}
          </IconButton>
        </>
      }
    >
      {isTable ? (
        <DayTable daily={daily} />
      ) : isEmpty ? (
        <div className="flex h-56 flex-col justify-center px-4 text-center">
          <p className="font-medium">
            {t(of === 'spend' ? 'noSpend' : 'noMinutes', { days: daily.length })}
          </p>
          <p className="text-ink-3">{t('noSpendText')}</p>
        </div>
      ) : (
        <div className="px-4 py-3">
          <SpendChart daily={daily} of={of} />
        </div>
      )}
    </Panel>
  );
}

/** Names the dashed line. */
function AverageKey() {
  const t = useTranslations('overview');
  return (
    <span className="flex items-center gap-2 text-ink-3 text-small @max-xl:hidden">
      <span aria-hidden className="w-4 border-ink-2 border-t border-dashed" />
      {t('weekAverage')}
    </span>
  );
}

/** The newest day first. */
function DayTable({ daily }: { daily: Overview['daily'] }) {
  const t = useTranslations('overview');
  const locale = useLocale();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section aria-label={t('asTable')} tabIndex={0} className="focus-inside h-62 overflow-y-auto">
      <Table>
        <thead className="sticky top-0 bg-surface">
          <tr>
            <Th>{t('day')}</Th>
            <Th className="text-end">{t('calls')}</Th>
            <Th className="text-end">{t('talked')}</Th>
            <Th className="text-end">{t('spend')}</Th>
          </tr>
        </thead>
        <tbody>
          {[...daily].reverse().map((day) => (
            <Tr key={day.date}>
              <Td>{dayName(day.date, locale)}</Td>
              <Td className="text-end">{day.calls}</Td>
              <Td className="text-end">{formatSpan(day.seconds)}</Td>
              <Td className="text-end">
                <Money value={day.spent} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
