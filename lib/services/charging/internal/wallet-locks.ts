import type { ChargedHop } from '@/lib/services/charging/types';
import type { ChartOfAccounts } from '@/lib/services/ledger/chart';

/** The wallets that pay for hops, as far as they were looked for before. */
export function walletIds(chart: ChartOfAccounts, hops: readonly ChargedHop[]): readonly string[] {
  return hops.flatMap(
    ({ buyerAccountId, rate }) => chart.wallet(buyerAccountId, rate.currency)?.walletId ?? [],
  );
}
