'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Money } from '@/components/patterns/money';
import { useViewer } from '@/components/portal/me-context';
import { Notice } from '@/components/ui/notice';
import { formatMoney } from '@/lib/client/format/money';
import { parseMicro, toWireMoney, type WireMoney } from '@/lib/core/money';
import type { WirePlan } from '@/lib/services/plans/schemas';
import type { WireWallet } from '@/lib/services/wallets/schemas';

export interface Bill {
  price: WireMoney;
  setUpFee: WireMoney;
  total: WireMoney;
  totalWords: string;
  isFree: boolean;
  /** What is left of the available funds; null where they are not known here. */
  left: WireMoney | null;
  /** What is missing; null where nothing is. */
  missing: WireMoney | null;
}

/** What an order costs now. The server decides in the end; this only tells it beforehand. */
export function useBill(plan: WirePlan, wallet: WireWallet | undefined): Bill {
  const locale = useLocale();
  const { currency } = plan.pricePerPeriod;
  const totalMicro = parseMicro(plan.pricePerPeriod.amount) + parseMicro(plan.setUpFee.amount);
  const total = toWireMoney(totalMicro, currency);
  const isKnown = wallet !== undefined && wallet.available.currency === currency;
  const leftMicro = isKnown ? parseMicro(wallet.available.amount) - totalMicro : null;
  return {
    price: plan.pricePerPeriod,
    setUpFee: plan.setUpFee,
    total,
    totalWords: formatMoney(total, { locale, detail: 'balance' }),
    isFree: totalMicro === 0n,
    left: leftMicro === null ? null : toWireMoney(leftMicro, currency),
    missing: leftMicro !== null && leftMicro < 0n ? toWireMoney(-leftMicro, currency) : null,
  };
}

/** Price, fee, sum, and what is left. */
export function OrderBill({ bill }: { bill: Bill }) {
  const t = useTranslations('plans.dialog');
  const locale = useLocale();
  const { account } = useViewer();
  const seller = account.sellerName ?? '';
  return (
    <>
      <dl className="overflow-hidden rounded-panel border border-line [&>div+div]:border-line [&>div+div]:border-t">
        <BillLine name={t('price')} value={bill.price} />
        <BillLine name={t('setUp')} value={bill.setUpFee} />
        <BillLine name={t('total')} value={bill.total} strong />
        {bill.left && !bill.missing && <BillLine name={t('left')} value={bill.left} />}
      </dl>
      {bill.missing && (
        <Notice tone="amber">
          {t('tooLittle', {
            missing: formatMoney(bill.missing, { locale, detail: 'balance' }),
            seller,
          })}
        </Notice>
      )}
    </>
  );
}

function BillLine(props: { name: ReactNode; value: WireMoney; strong?: boolean }) {
  const { name, value, strong } = props;
  return (
    <div
      className={`flex h-8 items-center justify-between gap-3 px-3 ${strong ? 'bg-sunken font-semibold' : ''}`}
    >
      <dt className={strong ? undefined : 'text-ink-2'}>{name}</dt>
      <dd>
        <Money value={value} detail="balance" />
      </dd>
    </div>
  );
}
