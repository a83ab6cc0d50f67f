import { toWireMoney } from '@/lib/core/money';
import type { Actor } from '@/lib/services/context';
import type { WireWallet } from '@/lib/services/wallets/schemas';
import type { Prisma, Wallet } from '@/prisma/generated/client';

/** A row as the API shows it. */
export function toWireWallet(row: Wallet): WireWallet {
  const { currency, balanceMicro, heldMicro, creditLimitMicro } = row;
  return {
    id: row.id,
    accountId: row.accountId,
    sellerAccountId: row.sellerAccountId,
    mode: row.mode,
    balance: toWireMoney(balanceMicro, currency),
    held: toWireMoney(heldMicro, currency),
    creditLimit: toWireMoney(creditLimitMicro, currency),
    available: toWireMoney(balanceMicro + creditLimitMicro - heldMicro, currency),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Prisma's filter for the wallets that `seesWallet` lets the caller see. */
export function visibleWallets(actor: Actor): Prisma.WalletWhereInput {
  if (actor.kind === 'system' || actor.accountKind === 'operator') {
    return { account: { path: { startsWith: actor.accountPath } } };
  }
  return { OR: [{ accountId: actor.accountId }, { sellerAccountId: actor.accountId }] };
}
