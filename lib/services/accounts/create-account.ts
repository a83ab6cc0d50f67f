import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { parseMicro } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { profileColumns, startingProfile } from '@/lib/services/fraud/rules';
import { setFraudProfileSchema } from '@/lib/services/fraud/schemas';
import { parseInput } from '@/lib/services/parse';
import { findAccount } from './find-account';
import { getAccount } from './get-account';
import { checkTwoDecks, deckColumns, limitColumns, requireSellDecks } from './internal/pricing';
import { sellsTo } from './rules';
import { type CreateAccountInput, createAccountSchema, type WireAccount } from './schemas';

/**
 * Creates a reseller or customer below a seller of the caller's subtree, with its wallet in that
 * seller's book. Prices and credit are set by the seller itself, or the operator.
 */
export async function createAccount(
  context: ServiceContext,
  input: CreateAccountInput,
): Promise<WireAccount> {
  authorize(context, 'accounts.write');
  const data = parseInput(createAccountSchema, input);
  const { database, actor, clock } = context;
  const id = newId(clock.nowMs());
  await database.prisma.$transaction(async (tx) => {
    const parent = await findAccount(tx, context, data.parentId ?? actor.accountId);
    if (parent.kind === 'customer') {
      throw new AppError('INVALID_INPUT', 'A customer sells to nobody: choose another parent.');
    }
    if (parent.status === 'terminated') {
      throw new AppError('CONFLICT', 'Nothing is created below a terminated account.');
    }
    const path = `${parent.path}${id}/`;
    const currency = data.currency ?? parent.currency;
    const creditLimitMicro = parseMicro(data.creditLimit);
    if (!sellsTo(actor, { id, parentId: parent.id, path, status: 'active' })) {
      throw new AppError('FORBIDDEN', 'Only whoever sells to an account may create it.');
    }
    checkTwoDecks(data);
    await requireSellDecks(tx, { sellerId: parent.id, currency }, data);
    await tx.account.create({
      data: {
        id,
        parentId: parent.id,
        path,
        kind: data.kind,
        name: data.name,
        billedBy: data.billedBy,
        currency,
        timeZone: data.timeZone,
        country: data.country ?? parent.country,
        ...deckColumns(data),
        ...limitColumns(data.limits),
      },
    });
    await tx.wallet.create({
      data: {
        id: newId(clock.nowMs()),
        accountId: id,
        sellerAccountId: parent.id,
        currency,
        mode: data.walletMode,
        creditLimitMicro,
      },
    });
    // Resellers are held by those of their customers.
    const fraudProfile = data.fraudProfile ?? (data.kind === 'customer' ? 'starting' : 'none');
    if (fraudProfile === 'starting') {
      const profile = startingProfile(data.country ?? parent.country);
      await tx.fraudProfile.create({
        data: {
          ...{ id: newId(clock.nowMs()), accountId: id },
          ...profileColumns(parseInput(setFraudProfileSchema, profile)),
        },
      });
    }
    await recordAudit(tx, context, {
      verb: 'accounts.create',
      objectKind: 'account',
      objectId: id,
      accountId: id,
      detail: {
        parentId: parent.id,
        kind: data.kind,
        currency,
        sellDeckId: data.sellDeckId ?? null,
        ownDeckId: data.ownDeckId ?? null,
        walletMode: data.walletMode,
        creditLimit: data.creditLimit,
        fraudProfile,
      },
    });
  });
  return await getAccount(context, id);
}
