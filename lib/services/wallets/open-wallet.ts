import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { parseMicro } from '@/lib/core/money';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { toWireWallet } from './internal/view';
import { keepsWallet } from './rules';
import { type OpenWalletInput, openWalletSchema, type WireWallet } from './schemas';

/**
 * Opens a wallet in a further currency for an account, with its parent as the seller; it starts
 * empty. Only its seller or the operator may. Throws CONFLICT where it has one in that currency.
 */
export async function openWallet(
  context: ServiceContext,
  input: OpenWalletInput,
): Promise<WireWallet> {
  authorize(context, 'wallets.adjust');
  const data = parseInput(openWalletSchema, input);
  const { database, actor, clock } = context;
  return database.prisma.$transaction(async (tx) => {
    const account = await tx.account.findFirst({
      where: { id: data.accountId, AND: [inSubtree(actor)] },
    });
    if (account === null) throw notFound('account');
    if (account.parentId === null) {
      throw new AppError('CONFLICT', 'The operator buys from nobody: it has no wallet.');
    }
    if (!keepsWallet(actor, { accountId: account.id, sellerAccountId: account.parentId })) {
      throw new AppError('FORBIDDEN', 'Only whoever sells to an account may open its wallets.');
    }
    const { currency, mode } = data;
    const same = { accountId: account.id, currency };
    if (await tx.wallet.findFirst({ where: same, select: { id: true } })) {
      throw new AppError('CONFLICT', `The account has a wallet in ${currency} already.`);
    }
    const row = await tx.wallet.create({
      data: {
        id: newId(clock.nowMs()),
        ...same,
        sellerAccountId: account.parentId,
        mode,
        creditLimitMicro: parseMicro(data.creditLimit),
      },
    });
    await recordAudit(tx, context, {
      verb: 'wallets.open',
      objectKind: 'wallet',
      objectId: row.id,
      accountId: account.id,
      detail: { currency, mode, creditLimit: data.creditLimit },
    });
    return toWireWallet(row);
  });
}
