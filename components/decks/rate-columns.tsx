'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useMemo } from 'react';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { Money, Rate } from '@/components/patterns/money';
import { Badge } from '@/components/ui/badge';
import { parseMicro } from '@/lib/core/money';
import type { WireDeck, WireRate } from '@/lib/services/decks/schemas';

type RateDeck = Pick<WireDeck, 'kind' | 'currency' | 'pricing'>;

/** Columns of the rates of a deck; `bands` are the names of the version's, in their order. */
export function useRateColumns(
  { kind, currency, pricing }: RateDeck,
  bands: readonly string[],
): DataColumn<WireRate>[] {
  const t = useTranslations('decks.rates');
  return useMemo(() => {
    const ends: DataColumn<WireRate>[] = [
      {
        id: 'reverse',
        header: t('reverse'),
        optional: 'hidden',
        cell: (row) => t(row.reverseBilled ? 'reverseBilled' : 'caller'),
      },
      {
        id: 'validity',
        header: t('validity'),
        optional: 'shown',
        className: 'ps-4',
        cell: (row) => <Validity rate={row} />,
      },
    ];
    const blocked = <Badge tone="amber">{t(kind === 'buy' ? 'blockedBuy' : 'blocked')}</Badge>;
    const names: DataColumn<WireRate>[] = [
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
    ];
    if (pricing === 'markup')
      return [...names, ...markupColumns({ t, blocked, currency }), ...ends];
    if (bands.length > 0) names.push({ id: 'band', header: t('band'), cell: bandOf(bands, t) });
    return [...names, ...priceColumns({ t, blocked, currency }), ...ends];
  }, [t, kind, currency, pricing, bands]);
}

interface ColumnWords {
  t: ReturnType<typeof useTranslations<'decks.rates'>>;
  blocked: ReactNode;
  currency: string;
}

const bandOf = (bands: readonly string[], t: ColumnWords['t']) => (row: WireRate) =>
  row.band === 0 ? (
    <span className="text-ink-3">{t('always24')}</span>
  ) : (
    (bands[row.band - 1] ?? '')
  );

function markupColumns({ t, blocked, currency }: ColumnWords): DataColumn<WireRate>[] {
  return [
    {
      id: 'markup',
      header: t('markup'),
      align: 'end',
      cell: (row) => (row.blocked ? blocked : t('percent', { percent: row.markupPercent ?? '0' })),
    },
    {
      id: 'markupMinimum',
      header: t('markupMinimum'),
      align: 'end',
      cell: (row) => <Rate perMinute={row.markupMinimum ?? '0'} currency={currency} />,
    },
  ];
}

function priceColumns({ t, blocked, currency }: ColumnWords): DataColumn<WireRate>[] {
  const nothing = <span className="text-ink-3">–</span>;
  const fee = (amount: string) =>
    parseMicro(amount) === 0n ? nothing : <Money value={{ amount, currency }} />;
  const seconds = (count: number) => (count === 0 ? nothing : t('seconds', { seconds: count }));
  return [
    {
      id: 'perMinute',
      header: t('perMinute'),
      align: 'end',
      cell: (row) =>
        row.blocked ? (
          blocked
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
      cell: (row) => seconds(row.noChargeSeconds),
    },
    {
      id: 'free',
      header: t('free'),
      align: 'end',
      optional: 'hidden',
      cell: (row) => seconds(row.freeSeconds),
    },
  ];
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
