'use client';

import { useLocale, useTranslations } from 'next-intl';
import { Duration } from '@/components/patterns/duration';
import { Money } from '@/components/patterns/money';
import { useNow } from '@/components/patterns/use-now';
import { Meter } from '@/components/ui/meter';
import { formatRate } from '@/lib/client/format/money';
import type { PhoneCall } from '@/lib/client/phone/calls';
import { parseMicro, parsePerMinute, toWireMoney, type WireMoney } from '@/lib/core/money';
import { priceCall } from '@/lib/core/rating/price';
import type { WireQuote } from '@/lib/services/calls/schemas';
import { useQuote } from './use-quote';

type Price = NonNullable<WireQuote['price']>;

/**
 * What a call that we made has cost so far, at the price that held when it began, and how long it may
 * still go on; nothing where it is free. A running figure: what is charged is settled by the switch.
 */
export function CallCost(props: { call: PhoneCall; extensionId: string | null }) {
  const { call, extensionId } = props;
  const t = useTranslations('softphone');
  const locale = useLocale();
  const nowMs = useNow();
  const { data, dataUpdatedAt } = useQuote({
    extensionId: call.direction === 'out' ? extensionId : null,
    number: call.peer.number,
    callAs: call.callAs,
    isFixed: true,
  });
  const price = data?.price;
  if (!price || nowMs === null || call.answeredAtMs === null) return null;
  const talked = Math.max(0, (nowMs - call.answeredAtMs) / 1_000);
  const since = Math.max(call.answeredAtMs, dataUpdatedAt);
  const left =
    data.talkSeconds === null
      ? null
      : Math.max(0, Math.floor(data.talkSeconds - (nowMs - since) / 1_000));
  const steps = { first: price.firstSeconds, next: price.nextSeconds };
  return (
    <section className="rounded-panel border border-line p-3 text-small">
      <p className="mb-1 flex items-baseline justify-between">
        {t('costSoFar')}
        <Money value={costAfter(price, talked)} className="font-semibold text-section" />
      </p>
      {left !== null && <Meter label={t('talked')} value={talked} max={talked + left} />}
      <p className="mt-2 text-ink-2">
        {t('priceSteps', {
          ...steps,
          rate: formatRate(price.nextPerMinute, price.currency, locale),
        })}
      </p>
      {left !== null && (
        <p className="flex justify-between text-ink-2">
          {t('talkTimeLeft')}
          <Duration seconds={left} look="span" className="font-medium text-ink" />
        </p>
      )}
    </section>
  );
}

function costAfter(price: Price, talkedSeconds: number): WireMoney {
  const { amountMicro } = priceCall(
    {
      firstPerMinuteNano: parsePerMinute(price.firstPerMinute),
      nextPerMinuteNano: parsePerMinute(price.nextPerMinute),
      connectFeeMicro: parseMicro(price.connectFee.amount),
      minimumMicro: parseMicro(price.minimum.amount),
      noChargeSeconds: price.noChargeSeconds,
      freeSeconds: price.freeSeconds,
      firstSeconds: price.firstSeconds,
      nextSeconds: price.nextSeconds,
      rounding: price.rounding,
    },
    Math.ceil(talkedSeconds),
  );
  return toWireMoney(amountMicro, price.currency);
}
