import { AppError, assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { formatMicro, parseMicro } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { findWallet } from '@/lib/services/wallets/find-wallet';
import { keepsWallet } from '@/lib/services/wallets/rules';
import type { Wallet } from '@/prisma/generated/client';
import { ChartOfAccounts } from './chart';
import { type LedgerEntry, POST_LEDGER_SQL, postLedgerValues } from './entries';
import { counterAccount, mayPost } from './rules';
import { type PostToWalletInput, postToWalletSchema } from './schemas';

export interface PostedToWallet {
  readonly transactionId: string;
  /** It had been posted before, under the same idempotency key; nothing was changed now. */
  readonly repeated: boolean;
}

/**
 * Posts a top-up, an adjustment or an opening balance to a wallet in its seller's book, once for
 * each idempotency key. Only the seller (or the operator) may. Throws INSUFFICIENT_FUNDS where it
 * would take what is reserved or was never there, IDEMPOTENCY_KEY_REUSED where the key stood for
 * something else.
 */
export async function postToWallet(
  context: ServiceContext,
  walletId: string,
  input: PostToWalletInput,
): Promise<PostedToWallet> {
  authorize(context, 'wallets.adjust');
  const data = parseInput(postToWalletSchema, input);
  const { database, actor, clock } = context;
  const wallet = await findWallet(database.prisma, context, walletId);
  if (!keepsWallet(actor, wallet)) {
    throw new AppError('FORBIDDEN', 'Only whoever sells to an account posts to its wallet.');
  }
  const amountMicro = parseMicro(data.amount);
  const entry: LedgerEntry = {
    key: `wallet:${wallet.sellerAccountId}:${data.idempotencyKey}`,
    id: newId(clock.nowMs()),
    kind: data.kind,
    subjectId: wallet.id,
    actorId: actor.id,
    reason: data.reason,
    lines: await linesFor(context, { wallet, kind: data.kind, amountMicro }),
  };
  return database.prisma.$transaction(async (tx) => {
    const funds = await lockWallet(tx, wallet.id);
    const before = await tx.ledgerTransaction.findUnique({ where: { key: entry.key } });
    if (before !== null) return repeated(tx, entry, before);
    if (!mayPost(funds, amountMicro)) {
      throw new AppError('INSUFFICIENT_FUNDS', 'More than is free in the wallet.', {
        meta: { hop: wallet.accountId },
      });
    }
    const posted = await tx.$queryRawUnsafe<{ id: string }[]>(
      POST_LEDGER_SQL,
      ...postLedgerValues([entry]),
    );
    assert(posted.length === 1, 'a key that was free under the lock is posted');
    await recordAudit(tx, context, {
      verb: 'wallets.adjust',
      objectKind: 'wallet',
      objectId: wallet.id,
      accountId: wallet.accountId,
      detail: {
        transactionId: entry.id,
        kind: data.kind,
        amount: formatMicro(amountMicro),
        currency: wallet.currency,
      },
    });
    return { transactionId: entry.id, repeated: false };
  });
}

async function linesFor(
  { database }: ServiceContext,
  posting: {
    readonly wallet: Wallet;
    readonly kind: Parameters<typeof counterAccount>[0];
    readonly amountMicro: bigint;
  },
): Promise<LedgerEntry['lines']> {
  const { wallet, kind, amountMicro } = posting;
  const { accountId, currency } = wallet;
  const chart = new ChartOfAccounts();
  const counter = {
    ownerId: wallet.sellerAccountId,
    currency,
    kind: counterAccount(kind),
    counterpartyId: null,
  };
  await chart.ensureWallets(database.pool, [{ accountId, currency }]);
  await chart.ensureAccounts(database.pool, [counter]);
  const charted = chart.wallet(accountId, currency);
  assert(charted !== undefined, 'a wallet that was found is charted');
  return [
    { ledgerAccountId: charted.ledgerAccountId, amountMicro },
    { ledgerAccountId: chart.accountId(counter), amountMicro: -amountMicro },
  ];
}

/** Nothing is reserved or posted there until the transaction ends. */
async function lockWallet(tx: Tx, walletId: string): Promise<Wallet> {
  await tx.$executeRaw`SELECT 1 FROM wallet WHERE id = ${walletId}::uuid FOR UPDATE`;
  return tx.wallet.findUniqueOrThrow({ where: { id: walletId } });
}

async function repeated(
  tx: Tx,
  entry: LedgerEntry,
  before: { readonly id: string; readonly kind: string; readonly subjectId: string | null },
): Promise<PostedToWallet> {
  const lines = await tx.posting.findMany({
    where: { transactionId: before.id },
    orderBy: { line: 'asc' },
  });
  const same =
    before.kind === entry.kind &&
    before.subjectId === entry.subjectId &&
    lines.length === entry.lines.length &&
    lines.every((line, index) => line.amountMicro === entry.lines[index]?.amountMicro);
  if (!same) {
    throw new AppError('IDEMPOTENCY_KEY_REUSED', 'This idempotency key stood for another posting.');
  }
  return { transactionId: before.id, repeated: true };
}
