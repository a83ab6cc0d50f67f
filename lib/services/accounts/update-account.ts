import { AppError } from '@/lib/core/errors';
import { parseMicro } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import type { Prisma } from '@/prisma/generated/client';
import { findAccount } from './find-account';
import { getAccount } from './get-account';
import { checkTwoDecks, deckColumns, limitColumns, requireSellDecks } from './internal/pricing';
import { checkUpdate } from './rules';
import {
  type UpdateAccountData,
  type UpdateAccountInput,
  updateAccountSchema,
  type WireAccount,
} from './schemas';

type AccountRow = Prisma.AccountGetPayload<object>;

/**
 * Changes an account; what is left out stays. State and limits are set from above, prices and
 * credit by the seller or the operator, name and time zone by the account itself too, the margin below
 * which it does not sell by itself and the operator.
 */
export async function updateAccount(
  context: ServiceContext,
  accountId: string,
  input: UpdateAccountInput,
): Promise<WireAccount> {
  authorize(context, 'accounts.write');
  const data = parseInput(updateAccountSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const account = await findAccount(tx, context, accountId);
    checkUpdate(context.actor, account, data);
    await changeAccount(tx, account, data);
    await changeWallet(tx, context, { account, data });
    await recordAudit(tx, context, {
      verb: 'accounts.update',
      objectKind: 'account',
      objectId: account.id,
      accountId: account.id,
      detail: {
        changed: Object.keys(data),
        ...(data.state ? { from: account.status, to: data.state } : {}),
        ...(data.limits ? { limits: { ...data.limits } } : {}),
        ...deckColumns(data),
        ...(data.marginFloor === undefined ? {} : { marginFloor: data.marginFloor }),
        ...(data.creditLimit ? { creditLimit: data.creditLimit } : {}),
        ...(data.walletMode ? { walletMode: data.walletMode } : {}),
      },
    });
  });
  return await getAccount(context, accountId);
}

async function changeAccount(tx: Tx, account: AccountRow, data: UpdateAccountData): Promise<void> {
  if (data.sellDeckId || data.ownDeckId) {
    const { parentId: sellerId, currency } = account;
    if (sellerId === null) {
      throw new AppError('INVALID_INPUT', 'The operator buys from carriers, not at a sell deck.');
    }
    checkTwoDecks({ ...account, ...deckColumns(data) });
    await requireSellDecks(tx, { sellerId, currency }, data);
  }
  await tx.account.update({
    where: { id: account.id },
    data: {
      ...(data.name === undefined ? {} : { name: data.name }),
      ...(data.timeZone === undefined ? {} : { timeZone: data.timeZone }),
      ...(data.state === undefined ? {} : { status: data.state }),
      ...deckColumns(data),
      ...(data.marginFloor === undefined
        ? {}
        : { marginFloorMicro: data.marginFloor === null ? null : parseMicro(data.marginFloor) }),
      ...limitColumns(data.limits),
    },
  });
}

async function changeWallet(
  tx: Tx,
  { clock }: ServiceContext,
  { account, data }: { readonly account: AccountRow; readonly data: UpdateAccountData },
): Promise<void> {
  if (data.creditLimit === undefined && data.walletMode === undefined) return;
  await tx.wallet.updateMany({
    where: { accountId: account.id, currency: account.currency },
    data: {
      ...(data.walletMode === undefined ? {} : { mode: data.walletMode }),
      ...(data.creditLimit === undefined ? {} : { creditLimitMicro: parseMicro(data.creditLimit) }),
      updatedAt: new Date(clock.nowMs()),
    },
  });
}
