import pg from 'pg';
import { newId } from '@/lib/core/ids.server';
import type { ServicesDatabase } from '@/lib/services/database';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { type LedgerEntry, POST_LEDGER_SQL, postLedgerValues } from '@/lib/services/ledger/entries';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { type Buyer, makeBuyers, makeOperator } from '@/tests/support/money-world';
import { type Bench, table, whole } from './support/bench';
import { startBenchPostgres } from './support/postgres';

const CUSTOMERS = 1_000;
/** As charging groups them: 64 calls of three charges. */
const CALLS = 64;
const CHARGES = 3;
const POSTINGS = CALLS * CHARGES * 2;
const ROUND_MS = 4_000;
const ROUNDS = 6;

interface Books {
  readonly wallets: readonly string[];
  readonly revenue: string;
  readonly cost: string;
  readonly payable: string;
}

async function openBooks(
  database: ServicesDatabase,
  reseller: Buyer,
  customers: readonly Buyer[],
): Promise<Books> {
  const chart = new ChartOfAccounts();
  const account = (ownerId: string, kind: 'revenue' | 'carrier_cost' | 'carrier_payable') => ({
    ownerId,
    currency: 'USD',
    kind,
    counterpartyId: kind === 'carrier_payable' ? ownerId : null,
  });
  const revenue = account(reseller.id, 'revenue');
  const cost = account(reseller.parentId, 'carrier_cost');
  const payable = account(reseller.parentId, 'carrier_payable');
  await chart.ensureWallets(
    database.pool,
    customers.map(({ id }) => ({ accountId: id, currency: 'USD' })),
  );
  await chart.ensureAccounts(database.pool, [revenue, cost, payable]);
  return {
    wallets: customers.map(({ id }) => chart.wallet(id, 'USD')?.ledgerAccountId ?? ''),
    revenue: chart.accountId(revenue),
    cost: chart.accountId(cost),
    payable: chart.accountId(payable),
  };
}

function makeGroup(books: Books): readonly LedgerEntry[] {
  return Array.from({ length: CALLS * CHARGES }, (_, index): LedgerEntry => {
    const id = newId();
    const wallet = books.wallets[Math.floor(Math.random() * books.wallets.length)] ?? '';
    const [debit, credit] =
      index % CHARGES === CHARGES - 1 ? [books.cost, books.payable] : [wallet, books.revenue];
    return {
      key: `call:${id}:${index % CHARGES}`,
      id,
      kind: 'call',
      subjectId: id,
      actorId: null,
      reason: null,
      lines: [
        { ledgerAccountId: debit, amountMicro: -2_933n },
        { ledgerAccountId: credit, amountMicro: 2_933n },
      ],
    };
  });
}

/** Postings a second through the one door, two groups under way at once. */
async function measure(database: ServicesDatabase, books: Books): Promise<number> {
  const begin = performance.now();
  const until = begin + ROUND_MS;
  let groups = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const values = postLedgerValues(makeGroup(books));
      await database.pool.query({ name: 'ledger.post', text: POST_LEDGER_SQL, values });
      groups += 1;
    }
  };
  await Promise.all([lane(), lane()]);
  return (groups * POSTINGS * 1_000) / (performance.now() - begin);
}

/** Postings with and without the check that every transaction sums to zero. */
export const postings: Bench = {
  name: 'postings',
  about:
    'postings a second through post_ledger (transaction, keys, postings, wallets; durable), with and ' +
    'without the Σ = 0 trigger, in turns; left out: calls, charges, holds',
  async run(print) {
    const postgres = await startBenchPostgres();
    const { database } = postgres;
    const owner = new pg.Client({ connectionString: postgres.ownerUrl });
    try {
      await owner.connect();
      const operator = await makeOperator(database);
      const [reseller] = await makeBuyers(database, operator, [{ kind: 'reseller', balance: '0' }]);
      if (!reseller) throw new Error('no reseller');
      const customers = await makeBuyers(
        database,
        reseller,
        Array.from({ length: CUSTOMERS }, () => ({ kind: 'customer' as const, balance: '1000' })),
      );
      const books = await openBooks(database, reseller, customers);
      await measure(database, books);
      const sums = { checked: 0, unchecked: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const checked = round % 2 === 0;
        const verb = checked ? 'ENABLE' : 'DISABLE';
        await owner.query(`ALTER TABLE posting ${verb} TRIGGER posting_balances`);
        sums[checked ? 'checked' : 'unchecked'] += await measure(database, books);
      }
      const withCheck = Math.round((sums.checked * 2) / ROUNDS);
      const withoutCheck = Math.round((sums.unchecked * 2) / ROUNDS);
      const cost = Number((1 - withCheck / withoutCheck).toFixed(3));
      print(
        table([
          ['', 'postings/s', 'calls/s of 6 postings'],
          ['with the Σ check', whole(withCheck), whole(withCheck / 6)],
          ['without', whole(withoutCheck), whole(withoutCheck / 6)],
        ]),
      );
      const verdict = await verifyLedger(database);
      if (!verdict.ok) throw new Error(`the ledger does not verify: ${verdict.broken}`);
      print(`the ledger verifies: ${whole(verdict.figures.postings)} postings`);
      return {
        figures: {
          postingsPerSecond: withCheck,
          postingsWithoutCheckPerSecond: withoutCheck,
          checkCostShare: cost,
        },
        ratios: {},
      };
    } finally {
      await owner.end();
      await postgres.stop();
    }
  },
};
