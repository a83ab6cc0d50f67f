'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useDeferredValue } from 'react';
import { Duration } from '@/components/patterns/duration';
import { Rate } from '@/components/patterns/money';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { callApi } from '@/lib/client/api';
import { itemKey } from '@/lib/client/use-item';
import { quoteSchema } from '@/lib/services/calls/schemas';

/** A number of fewer digits than this is still being typed. */
const SHORTEST = 3;
/** Funds move with every call: what is shown is asked for again this often. */
const FRESH_MS = 15_000;

export interface QuotePanelProps {
  extensionId: string;
  /** What would be dialled. */
  number: string;
}

/** What the call would cost and how long it could last, before it is dialled. */
export function QuotePanel({ extensionId, number }: QuotePanelProps) {
  const t = useTranslations('softphone');
  const dialled = useDeferredValue(number);
  const isWhole = dialled.replace('+', '').length >= SHORTEST;
  const { data } = useQuery({
    // Unlike useItem it shows nothing meanwhile: another number's price would be a wrong one.
    queryKey: itemKey('/calls/quote', undefined, { extensionId, dialled }),
    queryFn: ({ signal }) =>
      callApi({
        path: '/calls/quote',
        query: { extensionId, dialled },
        response: quoteSchema,
        signal,
      }),
    enabled: isWhole,
    staleTime: FRESH_MS,
    refetchInterval: FRESH_MS,
    retry: false,
  });
  if (!isWhole || !data) return <div className="min-h-13" />;
  if (data.refusal) {
    const { code } = data.refusal;
    const text = t.has(`refusals.${code}` as never) ? t(`refusals.${code}` as never) : t('refused');
    return <p className="min-h-13 text-red-text">{text}</p>;
  }
  return (
    <dl className="grid min-h-13 grid-cols-2 gap-x-4 text-small">
      <dt className="text-ink-2">{t('price')}</dt>
      <dt className="text-ink-2">{data.talkSeconds === null ? '' : t('talkTimeLeft')}</dt>
      <dd className="font-medium text-base">
        {data.price ? (
          <Rate perMinute={data.price.nextPerMinute} currency={data.price.currency} />
        ) : (
          t('free')
        )}
      </dd>
      <dd className="font-medium text-base">
        {data.talkSeconds !== null && <Duration seconds={data.talkSeconds} look="span" />}
      </dd>
      <dd className="col-span-2 truncate text-ink-2">
        {[data.destination].filter(Boolean).join(' ')}
        {data.callerId !== null && (
          <>
            {data.destination !== null && ' · '}
            {t('shows')} <PhoneNumber value={data.callerId} />
          </>
        )}
      </dd>
    </dl>
  );
}
