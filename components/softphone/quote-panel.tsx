'use client';

import { useTranslations } from 'next-intl';
import { useDeferredValue } from 'react';
import { Duration } from '@/components/patterns/duration';
import { Rate } from '@/components/patterns/money';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { useQuote } from './use-quote';

export interface QuotePanelProps {
  extensionId: string;
  /** What would be dialled. */
  number: string;
  /** The number to be shown; null: the switch's choice. */
  callAs: string | null;
}

/** What the call would cost and how long it could last, before it is dialled. */
export function QuotePanel({ extensionId, number, callAs }: QuotePanelProps) {
  const t = useTranslations('softphone');
  const { data } = useQuote({ extensionId, number: useDeferredValue(number), callAs });
  if (!data) return <div className="min-h-13" />;
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
      <dd className="col-span-2 text-ink-2">
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
