'use client';

import { useTranslations } from 'next-intl';
import { Duration } from '@/components/patterns/duration';
import { Money } from '@/components/patterns/money';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { moneySign } from '@/lib/client/format/money';
import type { MarginGroup, WireMarginRow } from '@/lib/services/margins/schemas';
import { percent } from './percent';

export interface MarginTableProps {
  rows: readonly WireMarginRow[];
  by: MarginGroup;
}

/** The figures behind the chart. */
export function MarginTable({ rows, by }: MarginTableProps) {
  const t = useTranslations('margins');
  return (
    <Table>
      <caption className="sr-only">{t(`byTitle.${by}`)}</caption>
      <thead>
        <tr>
          <Th>{t(`by.${by}`)}</Th>
          <Th className="text-end">{t('calls')}</Th>
          <Th className="text-end max-md:hidden">{t('talked')}</Th>
          <Th className="text-end max-md:hidden">{t('revenue')}</Th>
          <Th className="text-end max-md:hidden">{t('cost')}</Th>
          <Th className="text-end">{t('margin')}</Th>
          <Th className="text-end">{t('share')}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={`${row.id} ${row.name}`}>
            <Td className="font-medium">{row.name ?? t('unnamed')}</Td>
            <Td className="text-end">{row.calls.toLocaleString()}</Td>
            <Td className="text-end text-ink-2 max-md:hidden">
              <Duration seconds={row.seconds} look="span" />
            </Td>
            <Td className="text-end max-md:hidden">
              <Money value={row.revenue} />
            </Td>
            <Td className="text-end max-md:hidden">
              <Money value={row.cost} />
            </Td>
            <Td className="text-end">
              <Money value={row.margin} change={moneySign(row.margin) < 0} />
            </Td>
            <Td className="whitespace-nowrap text-end text-ink-2">
              {row.share === null ? '–' : percent(row.share)}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
