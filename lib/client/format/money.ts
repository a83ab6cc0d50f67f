import { parseMicro, type WireMoney } from '@/lib/core/money';

/**
 * How exactly an amount is told: charges in lists with four decimals, where a price is explained
 * with six, balances and invoices with two.
 */
export type MoneyDetail = 'list' | 'explained' | 'balance';

const DECIMALS: Record<MoneyDetail, number> = { list: 4, explained: 6, balance: 2 };

export interface MoneyFormat {
  locale: string;
  detail: MoneyDetail;
  /** Writes "+" before what is above zero, for changes and effects. */
  signed?: boolean;
}

/** Made once for each kind: constructing one costs more than a hundred uses. */
const formatters = new Map<string, Intl.NumberFormat>();

function formatterFor(currency: string, { locale, detail, signed }: MoneyFormat) {
  const key = `${locale} ${currency} ${detail} ${signed}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: DECIMALS[detail],
      maximumFractionDigits: DECIMALS[detail],
      signDisplay: signed ? 'exceptZero' : 'negative',
    });
    formatters.set(key, formatter);
  }
  return formatter;
}

/**
 * An amount for people: "$0.0128", "–$18.40". The decimal string goes to Intl as it is, so no float
 * is in between; the minus is an en dash, as everywhere in the product.
 */
export function formatMoney(money: WireMoney, format: MoneyFormat): string {
  const detail = tellingDetail(money, format.detail);
  return formatterFor(money.currency, { ...format, detail })
    .formatToParts(money.amount as Intl.StringNumericLiteral)
    .map((part) => (part.type === 'minusSign' ? '–' : part.value))
    .join('');
}

/** What is not nothing never reads as nothing: less than half a cent is told with more decimals. */
function tellingDetail(money: WireMoney, detail: MoneyDetail): MoneyDetail {
  if (!/^-?0(\.|$)/.test(money.amount)) return detail;
  const micro = parseMicro(money.amount);
  const size = micro < 0n ? -micro : micro;
  if (size === 0n || detail === 'explained') return detail;
  if (size < 50n) return 'explained';
  return size < 5_000n ? 'list' : detail;
}

/** -1, 0 or 1. Zero only where nothing at all is owed, however few decimals are shown. */
export function moneySign(money: WireMoney): -1 | 0 | 1 {
  const micro = parseMicro(money.amount);
  if (micro === 0n) return 0;
  return micro < 0n ? -1 : 1;
}

/** A price per minute as it lies in a deck, at least four decimals and never rounded: "$0.0131". */
export function formatRate(perMinute: string, currency: string, locale: string): string {
  const decimals = perMinute.split('.')[1] ?? '';
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 4,
    maximumFractionDigits: Math.max(4, decimals.replace(/0+$/, '').length),
  }).format(perMinute as Intl.StringNumericLiteral);
}
