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
const BATCH_CALLS = 20_000;
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
  const tools = { context, book, chart: new ChartOfAccounts() };
  const next = (after: string) => {
    const prepared = prepareBatch(tools, { from, to, after, batchCalls });
    // Whoever stops asking leaves one behind.
    prepared.catch(() => undefined);
    return prepared;
  };
  let prepared = next(FIRST_ID);
  for (;;) {
    const batch = await prepared;
    if (batch === null) return;
    // While this one is written, the next one is read and priced.
    prepared = batch.isLast ? Promise.resolve(null) : next(batch.lastId);
    yield await writeBatch(tools, batch);
  }
}

interface Tools {
  readonly context: ServiceContext;
  readonly book: PriceBook;
  readonly chart: ChartOfAccounts;
}

interface PreparedBatch {
  readonly charges: readonly PostCharge[];
  readonly unrated: readonly StillUnrated[];
  readonly lastId: string;
  readonly isLast: boolean;
}

/** Reads and prices the calls after one; null = there are none. */
async function prepareBatch(
  { context: { database }, book, chart }: Tools,
  asked: Required<PostRatingPeriod> & { readonly after: string },
): Promise<PreparedBatch | null> {
  const { pool } = database;
  const { from, to, after, batchCalls } = asked;
  const { rows } = await pool.query<UnratedCall>(UNRATED_CALLS, [from, to, after, batchCalls]);
  const last = rows.at(-1);
  if (last === undefined) return null;
  await book.prepare(rows);
  const priced = rows.map((call) => priceUnrated(book, call));
  await chart.ensureWallets(pool, priced.flatMap(walletsOf));
  const charges: PostCharge[] = [];
  const unrated: StillUnrated[] = [];
  for (const one of priced) {
    const outcome = 'code' in one ? one : withoutWallet(chart, one);
    if (outcome) unrated.push(outcome);
    else if (!('code' in one)) charges.push(...one);
  }
  await chart.ensureAccounts(pool, accountsOf(sumByParty(charges)));
  return { charges, unrated, lastId: last.id, isLast: rows.length < batchCalls };
}

/** Claims the calls of a batch and charges them, in one transaction. */
async function writeBatch(
  { context: { database, clock }, chart }: Tools,
  { charges, unrated }: PreparedBatch,
): Promise<PostRatedBatch> {
  const batchId = newId(clock.nowMs());
  const ids = [...new Set(charges.map(({ callId }) => callId))];
  return await inTransaction(database.pool, async (client) => {
    const claimed = await client.query<{ id: string }>(CLAIM, [ids, batchId]);
    const mine = new Set(claimed.rows.map(({ id }) => id));
    const own = mine.size === ids.length ? charges : charges.filter((one) => mine.has(one.callId));
    const sums = sumByParty(own);
    await client.query(WRITE_CHARGES, [...chargeColumns(own, sums, clock.nowMs())]);
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
