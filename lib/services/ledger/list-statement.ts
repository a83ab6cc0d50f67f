import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { toWireMoney } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import { findWallet } from '@/lib/services/wallets/find-wallet';
import type { Page } from '@/lib/services/wire/schemas';
import {
  ledgerKindSchema,
  type StatementLine,
  type StatementQuery,
  statementQuerySchema,
} from './schemas';

interface Row {
  readonly transaction_id: string;
  readonly line: number;
  readonly kind: string;
  readonly subject_id: string | null;
  readonly reason: string | null;
  readonly amount_micro: bigint;
  readonly balance_after: bigint;
  readonly created_at: Date;
}

/**
 * $1 wallet, $2, $3 the line after which to go on (exclusive), $4 the balance before that line;
 * null = from the top. $5 lines at most.
 */
const STATEMENT = `
  SELECT p.transaction_id, p.line, t.kind, t.subject_id, t.reason, p.amount_micro, p.created_at,
         coalesce($4::text::bigint, w.balance_micro)
           - coalesce(sum(p.amount_micro) OVER later, 0)::bigint AS balance_after
    FROM (
      SELECT p.* FROM posting p JOIN ledger_account a ON a.id = p.ledger_account_id
       WHERE a.wallet_id = $1
         AND ($2::uuid IS NULL OR (p.transaction_id, p.line) < ($2::uuid, $3::int))
       ORDER BY p.transaction_id DESC, p.line DESC LIMIT $5
    ) p
    JOIN ledger_transaction t ON t.id = p.transaction_id
    JOIN wallet w ON w.id = $1
  WINDOW later AS (ORDER BY p.transaction_id DESC, p.line DESC
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
   ORDER BY p.transaction_id DESC, p.line DESC`;

const NO_CURSOR = [null, null, null] as const;

function readCursor(cursor: string): readonly [string, string, string] {
  const [transactionId = '', line = '', balance = ''] = decodeCursor(cursor, 3);
  if (!isUuid(transactionId) || !/^\d{1,5}$/.test(line) || !/^-?\d{1,19}$/.test(balance)) {
    throw new AppError('INVALID_INPUT', 'The cursor is not one of this list.');
  }
  return [transactionId, line, balance];
}

/** A wallet's postings, newest first, each with the balance after it. */
export async function listStatement(
  context: ServiceContext,
  walletId: string,
  input: StatementQuery = {},
): Promise<Page<StatementLine>> {
  authorize(context, 'wallets.read');
  const { cursor, limit } = parseInput(statementQuerySchema, input);
  const wallet = await findWallet(context.database.prisma, context, walletId);
  const [transactionId, line, balance] = cursor === undefined ? NO_CURSOR : readCursor(cursor);
  const { rows } = await context.database.pool.query<Row>(STATEMENT, [
    wallet.id,
    transactionId,
    line,
    balance,
    limit + 1,
  ]);
  return toPage(rows, limit, {
    keyOf: (row) => [
      row.transaction_id,
      String(row.line),
      String(row.balance_after - row.amount_micro),
    ],
    toItem: (row) => ({
      transactionId: row.transaction_id,
      kind: ledgerKindSchema.parse(row.kind),
      subjectId: row.subject_id,
      reason: row.reason,
      amount: toWireMoney(row.amount_micro, wallet.currency),
      balanceAfter: toWireMoney(row.balance_after, wallet.currency),
      createdAt: row.created_at.toISOString(),
    }),
  });
}
