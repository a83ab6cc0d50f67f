import { useLocale } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { formatMoney, formatRate, type MoneyDetail, moneySign } from '@/lib/client/format/money';
import type { WireMoney } from '@/lib/core/money';

export interface MoneyProps {
  /** As it came over the wire; null where there is none, which is not the same as zero. */
  value: WireMoney | null | undefined;
  /** list: four decimals · explained: six · balance: two. */
  detail?: MoneyDetail | undefined;
  /** A change: writes "+", and colours gains green and losses red. */
  change?: boolean | undefined;
  className?: string | undefined;
}

/** An amount, exactly. Zero is grey, absence is a dash, less than nothing red only as a change. */
export function Money({ value, detail = 'list', change = false, className }: MoneyProps) {
  const locale = useLocale();
  if (!value) return <span className={cn('text-ink-3', className)}>–</span>;
  const sign = moneySign(value);
  return (
    <span
      className={cn(
        'whitespace-nowrap tabular-nums',
        sign === 0 && 'text-ink-3',
        change && sign > 0 && 'text-green-text',
        change && sign < 0 && 'text-red-text',
        className,
      )}
    >
      {formatMoney(value, { locale, detail, signed: change })}
    </span>
  );
}

export interface RateProps {
  /** Decimal string of the currency unit. */
  perMinute: string;
  currency: string;
  className?: string | undefined;
}

/** A price per minute, unrounded: "$0.0240/min". */
export function Rate({ perMinute, currency, className }: RateProps) {
  const locale = useLocale();
  return (
    <span className={cn('whitespace-nowrap tabular-nums', className)}>
      {formatRate(perMinute, currency, locale)}
      <span className="text-ink-3">/min</span>
    </span>
  );
}
