import { AppError, assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import type { ServiceContext } from '@/lib/services/context';
import type { ChartedWallet, ChartOfAccounts } from '@/lib/services/ledger/chart';
import { POST_LEDGER_SQL, postLedgerValues } from '@/lib/services/ledger/entries';

export interface OrderCharge {
  readonly subscriptionId: string;
  readonly amountMicro: bigint;
  readonly wallet: ChartedWallet;
  readonly revenueAccountId: string;
}

/** The lines of the chart that an order is posted to; made if they are not there yet. */
export async function readOrderAccounts(
  { database }: Pick<ServiceContext, 'database'>,
  chart: ChartOfAccounts,
  buyer: { readonly accountId: string; readonly currency: string },
): Promise<Pick<OrderCharge, 'wallet' | 'revenueAccountId'>> {
  await chart.ensureWallets(database.pool, [buyer]);
  const wallet = chart.wallet(buyer.accountId, buyer.currency);
  if (wallet === undefined) {
    throw new AppError('CONFLICT', `The account has no wallet in ${buyer.currency}.`);
  }
  const revenue = {
    ownerId: wallet.sellerAccountId,
    currency: buyer.currency,
    kind: 'revenue',
    counterpartyId: null,
  } as const;
  await chart.ensureAccounts(database.pool, [revenue]);
  return { wallet, revenueAccountId: chart.accountId(revenue) };
}

/**
 * Takes an order's price from the buyer's wallet into its seller's revenue, in the order's own
 * transaction. The wallet stays locked until that ends, so that calls and orders never spend the
 * same funds. Throws INSUFFICIENT_FUNDS.
 */
export async function chargeOrder(
  tx: Tx,
  { actor }: Pick<ServiceContext, 'actor'>,
  charge: OrderCharge,
): Promise<void> {
  const { subscriptionId, amountMicro, wallet, revenueAccountId } = charge;
  if (amountMicro === 0n) return;
  const [funds] = await tx.$queryRaw<{ available: bigint }[]>`
    SELECT balance_micro + credit_limit_micro - held_micro AS available
      FROM wallet WHERE id = ${wallet.walletId}::uuid FOR UPDATE`;
  assert(funds !== undefined, 'a charted wallet exists');
  if (funds.available < amountMicro) {
    throw new AppError(
      'INSUFFICIENT_FUNDS',
      'The balance does not cover this order: top up first.',
    );
  }
  const values = postLedgerValues([
    {
      key: `subscription:${subscriptionId}:order`,
      id: newId(),
      kind: 'subscription',
      subjectId: subscriptionId,
      actorId: actor.id,
      reason: null,
      lines: [
        { ledgerAccountId: wallet.ledgerAccountId, amountMicro: -amountMicro },
        { ledgerAccountId: revenueAccountId, amountMicro },
      ],
    },
  ]);
  const posted = await tx.$queryRawUnsafe<unknown[]>(POST_LEDGER_SQL, ...values);
  assert(posted.length === 1, 'an order is charged once');
}
