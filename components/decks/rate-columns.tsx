'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { Money, Rate } from '@/components/patterns/money';
import { Badge } from '@/components/ui/badge';
import { parseMicro } from '@/lib/core/money';
import type { WireDeck, WireRate } from '@/lib/services/decks/schemas';

type RateDeck = Pick<WireDeck, 'kind' | 'currency'>;

/** Columns of the rates of a deck. */
export function useRateColumns({ kind, currency }: RateDeck): DataColumn<WireRate>[] {
  const t = useTranslations('decks.rates');
  return useMemo(() => {
    const fee = (amount: string) =>
      parseMicro(amount) === 0n ? (
        <span className="text-ink-3">–</span>
      ) : (
        <Money value={{ amount, currency }} />
      );
    return [
      {
        id: 'prefix',
        header: t('prefix'),
        skeleton: 'w-10',
        cell: (row) =>
          row.prefix === '' ? (
            <span className="text-ink-2">{t('everything')}</span>
          ) : (
            <span className="text-mono">{row.prefix}</span>
          ),
      },
      { id: 'destination', header: t('destination'), grow: true, cell: (row) => row.destination },
      {
        id: 'perMinute',
        header: t('perMinute'),
        align: 'end',
        cell: (row) =>
          row.blocked ? (
            <Badge tone="amber">{t(kind === 'buy' ? 'blockedBuy' : 'blocked')}</Badge>
          ) : (
            <Rate perMinute={row.perMinute} currency={currency} className="font-medium" />
          ),
      },
      {
        id: 'firstPerMinute',
        header: t('firstPerMinute'),
        align: 'end',
        optional: 'hidden',
        cell: (row) => <Rate perMinute={row.firstPerMinute} currency={currency} />,
      },
      {
        id: 'increments',
        header: t('increments'),
        align: 'end',
        cell: (row) => (
          <span className="text-ink-2">
            {t('incrementsValue', { first: row.first, next: row.next })}
          </span>
        ),
      },
      {
        id: 'connectFee',
        header: t('connectFee'),
        align: 'end',
        optional: 'shown',
        cell: (row) => fee(row.connectFee),
      },
      {
        id: 'minimum',
        header: t('minimum'),
        align: 'end',
        optional: 'hidden',
        cell: (row) => fee(row.minimum),
      },
      {
        id: 'noCharge',
        header: t('noCharge'),
        align: 'end',
        optional: 'hidden',
        cell: (row) =>
          row.noChargeSeconds === 0 ? (
            <span className="text-ink-3">–</span>
          ) : (
            t('seconds', { seconds: row.noChargeSeconds })
          ),
      },
      {
        id: 'validity',
        header: t('validity'),
        optional: 'shown',
        className: 'ps-4',
        cell: (row) => <Validity rate={row} />,
      },
    ];
  }, [t, kind, currency]);
}

function Validity({ rate }: { rate: WireRate }) {
  const t = useTranslations('decks.rates');
  const { validFrom, validTo } = rate;
  if (validFrom === null && validTo === null) {
    return <span className="text-ink-3">{t('always')}</span>;
  }
  return (
    <span className="text-ink-2">
      {validFrom !== null && <DateTime value={validFrom} look="date" />}
      {' – '}
      {validTo !== null && <DateTime value={validTo} look="date" />}
    </span>
  );
}
