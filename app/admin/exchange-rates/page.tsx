import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ExchangeRatesPage } from '@/components/exchange-rates/exchange-rates-page';
import { RATES_QUERY } from '@/components/exchange-rates/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { listExchangeRates } from '@/lib/services/exchange-rates/list-exchange-rates';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('exchangeRates');
  return { title: t('title') };
}

/** What currencies are worth in each other. */
export default async function AdminExchangeRatesPage() {
  const context = await requirePermission('exchangeRates.read');
  const page = await listExchangeRates(context, RATES_QUERY);
  return (
    <Prefetched entries={[{ path: '/exchange-rates', query: RATES_QUERY, page }]}>
      <ExchangeRatesPage />
    </Prefetched>
  );
}
