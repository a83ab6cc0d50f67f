import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { inTransaction } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { POST_LEDGER_SQL, postLedgerValues } from '@/lib/services/ledger/entries';
import {
  accountsOf,
  chargeColumns,
  entriesOf,
  type PostCharge,
  priceUnrated,
  type StillUnrated,
  sumByParty,
  type UnratedCall,
} from './internal/batch';
import { PriceBook } from './internal/book';
import { CLAIM, UNRATED_CALLS, WRITE_CHARGES } from './internal/sql';

export type { StillUnrated } from './internal/batch';

/** Calls in one transaction: wallets are locked once for all of them. */
const BATCH_CALLS = 5_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Which calls: those that began in [from, to). */
export interface PostRatingPeriod {
  readonly from: Date;
  readonly to: Date;
  readonly batchCalls?: number;
}

/** What became of a batch. */
export interface PostRatedBatch {
  readonly calls: number;
  readonly charges: number;
  /** Ledger transactions: one for each wallet and carrier. */
  readonly transactions: number;
  readonly unrated: readonly StillUnrated[];
}

/**
 * Charges answered calls that were recorded without a price (their CDRs came from elsewhere, or there
 * was no rate that day) at every hop, by the decks that are live now and the rates that were in effect
 * when they began. Each call once, however often and by however many it is tried: whoever is killed
 * loses no more than the batch under way. Nothing was held for them, so a wallet may end below its
 * credit limit. Calls that still have no price are told and left for the next time.
 *
 * Throws FORBIDDEN for anybody but the operator, INVALID_INPUT where the period is none.
 */
export async function* postRateCalls(
  context: ServiceContext,
  period: PostRatingPeriod,
): AsyncGenerator<PostRatedBatch> {
  authorize(context, 'charges.correct');
  const { from, to, batchCalls = BATCH_CALLS } = period;
  if (!(from.getTime() < to.getTime())) {
    throw new AppError('INVALID_INPUT', 'The end of the period lies after its beginning.');
  }
  const { pool } = context.database;
  const book = await inTransaction(pool, (client) => PriceBook.open(context.database, client));
  const chart = new ChartOfAccounts();
  let after = FIRST_ID;
  for (;;) {
    const { rows } = await pool.query<UnratedCall>(UNRATED_CALLS, [from, to, after, batchCalls]);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    await book.prepare(rows);
    yield await chargeBatch(context, { book, chart, calls: rows });
    if (rows.length < batchCalls) return;
  }
}

async function chargeBatch(
  { database: { pool }, clock }: ServiceContext,
  batch: {
    readonly book: PriceBook;
    readonly chart: ChartOfAccounts;
    readonly calls: readonly UnratedCall[];
  },
): Promise<PostRatedBatch> {
  const { book, chart, calls } = batch;
  const priced = calls.map((call) => priceUnrated(book, call));
  await chart.ensureWallets(pool, priced.flatMap(walletsOf));
  const charges: PostCharge[] = [];
  const unrated: StillUnrated[] = [];
  for (const one of priced) {
    const outcome = 'code' in one ? one : withoutWallet(chart, one);
    if (outcome) unrated.push(outcome);
    else if (!('code' in one)) charges.push(...one);
  }
  const all = sumByParty(charges);
  await chart.ensureAccounts(pool, accountsOf(all));
  const batchId = newId(clock.nowMs());
  return await inTransaction(pool, async (client) => {
    const ids = [...new Set(charges.map(({ callId }) => callId))];
    const claimed = await client.query<{ id: string }>(CLAIM, [ids, batchId]);
    const mine = new Set(claimed.rows.map(({ id }) => id));
    const own = mine.size === ids.length ? charges : charges.filter((one) => mine.has(one.callId));
    const sums = own === charges ? all : sumByParty(own);
    await client.query(WRITE_CHARGES, chargeColumns(own, sums, clock.nowMs()));
    const entries = entriesOf(chart, batchId, sums);
    if (entries.length > 0) await client.query(POST_LEDGER_SQL, postLedgerValues(entries));
    return { calls: mine.size, charges: own.length, transactions: entries.length, unrated };
  });
}

function walletsOf(priced: readonly PostCharge[] | StillUnrated) {
  if ('code' in priced) return [];
  return priced.flatMap(({ carrierId, buyerAccountId: accountId, rate: { currency } }) =>
    carrierId === null ? [{ accountId, currency }] : [],
  );
}

/** Whoever has no wallet can't be charged, and then nobody of that call is. */
function withoutWallet(
  chart: ChartOfAccounts,
  charges: readonly PostCharge[],
): StillUnrated | null {
  const bare = charges.find(
    ({ carrierId, buyerAccountId, rate }) =>
      carrierId === null && chart.wallet(buyerAccountId, rate.currency) === undefined,
  );
  if (bare === undefined) return null;
  const { callId, buyerAccountId, rate } = bare;
  const message = `account ${buyerAccountId} has no wallet in ${rate.currency}`;
  return { callId, code: 'INSUFFICIENT_FUNDS', message };
}
