import { toWireMoney } from '@/lib/core/money';
import { seesWallet, sellsTo, setsMarginFloor, visibleParent } from '@/lib/services/accounts/rules';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import { type Observations, readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';

export const accountInclude = {
  sellDeck: { select: { id: true, name: true } },
  ownDeck: { select: { id: true, name: true } },
  wallets: true,
} satisfies Prisma.AccountInclude;

export type AccountRow = Prisma.AccountGetPayload<{ include: typeof accountInclude }>;

function toWireWallet(row: AccountRow): WireAccount['wallet'] {
  const wallet = row.wallets.find((one) => one.currency === row.currency);
  if (!wallet) return null;
  const { currency, balanceMicro, heldMicro, creditLimitMicro } = wallet;
  return {
    id: wallet.id,
    mode: wallet.mode,
    balance: toWireMoney(balanceMicro, currency),
    held: toWireMoney(heldMicro, currency),
    creditLimit: toWireMoney(creditLimitMicro, currency),
    available: toWireMoney(balanceMicro + creditLimitMicro - heldMicro, currency),
  };
}

function toWireAccount(
  { actor }: ServiceContext,
  row: AccountRow,
  observed: Observations,
): WireAccount {
  return {
    id: row.id,
    parentId: visibleParent(actor, row),
    kind: row.kind,
    name: row.name,
    state: row.status,
    billedBy: row.billedBy,
    currency: row.currency,
    timeZone: row.timeZone,
    country: row.country,
    limits: {
      maxConcurrentCalls: row.maxConcurrentCalls,
      maxCallsPerSecond: row.maxCallsPerSecond,
    },
    marginFloor:
      setsMarginFloor(actor, row) && row.marginFloorMicro !== null
        ? toWireMoney(row.marginFloorMicro, row.currency)
        : null,
    sellDeck: sellsTo(actor, row) ? row.sellDeck : null,
    ownDeck: sellsTo(actor, row) ? row.ownDeck : null,
    wallet: seesWallet(actor, row) ? toWireWallet(row) : null,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  };
}

/** Views of accounts, each with no more than the caller may see. */
export async function toWireAccounts(
  context: ServiceContext,
  rows: readonly AccountRow[],
): Promise<readonly WireAccount[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'account', ids);
  return rows.map((row) => toWireAccount(context, row, observed));
}
