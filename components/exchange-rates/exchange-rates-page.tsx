'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DateTime } from '@/components/patterns/date-time';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState, ErrorState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, TableFrame, Td, Th, Tr } from '@/components/ui/table';
import { useList } from '@/lib/client/use-list';
import { exchangeRateSchema, type WireExchangeRate } from '@/lib/services/exchange-rates/schemas';
import { AddExchangeRate } from './add-exchange-rate';
import { RATES_QUERY } from './queries';

/** What currencies are worth in each other, and since when. */
export function ExchangeRatesPage() {
  const t = useTranslations('exchangeRates');
  const mayWrite = useMay('exchangeRates.write');
  const [isAdding, setAdding] = useState(false);
  const { rows, error, refetch } = useList({
    path: '/exchange-rates',
    query: RATES_QUERY,
    item: exchangeRateSchema,
  });
  const add = mayWrite ? () => setAdding(true) : undefined;
  return (
    <>
      <PageHead
        title={t('title')}
        note={t('note')}
        actions={
          add && (
            <Button variant="primary" icon={<Plus />} onClick={add}>
              {t('add')}
            </Button>
          )
        }
      />
      <TableFrame aria-busy={rows === undefined && !error}>
        {rows === undefined ? (
          error ? (
            <ErrorState title={t('failed')} onRetry={refetch}>
              {error.message}
            </ErrorState>
          ) : (
            <div className="p-4">
              <Skeleton className="w-1/2" />
            </div>
          )
        ) : rows.length === 0 ? (
          <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
        ) : (
          <Rates rows={rows} />
        )}
      </TableFrame>
      <AddExchangeRate open={isAdding} onOpenChange={setAdding} />
    </>
  );
}

function Rates({ rows }: { rows: readonly WireExchangeRate[] }) {
  const t = useTranslations('exchangeRates');
  return (
    <Table>
      <caption className="sr-only">{t('title')}</caption>
      <thead>
        <tr>
          <Th>{t('pair')}</Th>
          <Th className="text-end">{t('rate')}</Th>
          <Th>{t('from')}</Th>
          <Th className="max-md:hidden">{t('source')}</Th>
          <Th className="text-end max-md:hidden">{t('switch')}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <Td className="whitespace-nowrap">
              <span className="font-medium">
                {t('pairOf', { base: row.base, quote: row.quote })}
              </span>
              {row.isCurrent && (
                <Badge tone="green" className="ms-2">
                  {t('current')}
                </Badge>
              )}
            </Td>
            <Td className="text-end text-mono">{row.rate}</Td>
            <Td className="whitespace-nowrap">
              <DateTime value={row.validFrom} />
            </Td>
            <Td className="text-ink-2 max-md:hidden">{row.source === '' ? '–' : row.source}</Td>
            <Td className="text-end max-md:hidden">
              <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
