import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { POST_LEDGER_SQL, postLedgerValues } from '@/lib/services/ledger/entries';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { type BooksWorld, openBooks } from './world';

let world: BooksWorld;
let owner: pg.Client;
let accounts: { readonly acme: string; readonly south: string; readonly revenue: string };

beforeAll(async () => {
  world = await openBooks();
  owner = new pg.Client({ connectionString: world.fresh.ownerUrl });
  await owner.connect();
  const chart = new ChartOfAccounts();
  const { pool } = world.database;
  const ids = [world.acme.id, world.south.id];
  await chart.ensureWallets(
    pool,
    ids.map((accountId) => ({ accountId, currency: 'USD' })),
  );
  const revenue = {
    ownerId: world.north.id,
    currency: 'USD',
    kind: 'revenue',
    counterpartyId: null,
  } as const;
  await chart.ensureAccounts(pool, [revenue]);
  const [acme, south] = ids.map((id) => chart.wallet(id, 'USD')?.ledgerAccountId ?? '');
  accounts = { acme: acme ?? '', south: south ?? '', revenue: chart.accountId(revenue) };
});

afterAll(async () => {
  await owner.end();
  await world.close();
});

const app = (sql: string, values: unknown[] = []) => world.database.pool.query(sql, values);

function entry(lines: readonly (readonly [string, bigint])[], key = newId() as string) {
  return {
    key,
    id: newId(),
    kind: 'adjustment' as const,
    subjectId: null,
    actorId: null,
    reason: null,
    lines: lines.map(([ledgerAccountId, amountMicro]) => ({ ledgerAccountId, amountMicro })),
  };
}

const post = (...entries: ReturnType<typeof entry>[]) =>
  app(POST_LEDGER_SQL, postLedgerValues(entries));

describe('the application', () => {
  it.each([
    'UPDATE posting SET amount_micro = 1',
    'DELETE FROM posting',
    'TRUNCATE posting',
    `INSERT INTO posting (transaction_id, line, book_id, ledger_account_id, currency, amount_micro)
     SELECT transaction_id, 9, book_id, ledger_account_id, currency, 1 FROM posting LIMIT 1`,
    'UPDATE ledger_transaction SET kind = $$call$$',
    'DELETE FROM ledger_transaction',
    'INSERT INTO ledger_transaction (key, id, kind) VALUES ($$x$$, gen_random_uuid(), $$call$$)',
    'UPDATE charge SET amount_micro = 0',
    'DELETE FROM charge',
    'DELETE FROM settled_call',
    'UPDATE ledger_account SET wallet_id = NULL',
    'DELETE FROM ledger_book',
    'UPDATE wallet SET balance_micro = 1000000000',
    'UPDATE audit_entry SET verb = $$nothing$$',
    'ALTER TABLE posting DISABLE TRIGGER ALL',
    'DROP TRIGGER posting_balances ON posting',
    'SELECT grant_application_role(current_user)',
  ])('may not: %s', async (sql) => {
    await expect(app(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('reaches no partition directly', async () => {
    const { rows } = await app(
      `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'posting'::regclass`,
    );
    expect(rows.length).toBeGreaterThan(12);
    for (const { relname } of rows) {
      for (const sql of [
        `SELECT count(*) FROM ${relname}`,
        `UPDATE ${relname} SET amount_micro = 1`,
        `DELETE FROM ${relname}`,
        `TRUNCATE ${relname}`,
      ]) {
        await expect(app(sql)).rejects.toMatchObject({ code: '42501' });
      }
    }
  });

  it('may not open a wallet with money in it', async () => {
    await expect(
      app(
        `INSERT INTO wallet (id, account_id, seller_account_id, currency, balance_micro)
         VALUES ($1, $2, $3, 'EUR', 5)`,
        [newId(), world.acme.id, world.north.id],
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });

  it('may not put a wallet’s line into a book or currency that is not its own', async () => {
    const insert = (owner: string, currency: string) => async () => {
      const book = newId();
      await app('INSERT INTO ledger_book (id, account_id, currency) VALUES ($1, $2, $3)', [
        book,
        owner,
        currency,
      ]);
      await app(
        `INSERT INTO ledger_account (id, book_id, kind, counterparty_id, wallet_id)
         VALUES ($1, $2, 'wallet', $3, $4)`,
        [newId(), book, world.acme.id, world.acme.walletId],
      );
    };
    await expect(insert(world.acme.id, 'USD')()).rejects.toMatchObject({ code: '23514' });
    await expect(insert(world.north.id, 'GBP')()).rejects.toMatchObject({ code: '23514' });
  });

  it('may not hold less than nothing', async () => {
    await expect(
      app('UPDATE wallet SET held_micro = -1 WHERE id = $1', [world.acme.walletId]),
    ).rejects.toMatchObject({ code: '23514' });
  });
});

describe('the one door for postings', () => {
  it('refuses a transaction that does not balance', async () => {
    await expect(
      post(
        entry([
          [accounts.acme, 5n],
          [accounts.revenue, -4n],
        ]),
      ),
    ).rejects.toThrow(/does not balance/);
  });

  it('refuses transactions that balance only together', async () => {
    await expect(
      post(entry([[accounts.acme, 5n]]), entry([[accounts.revenue, -5n]])),
    ).rejects.toThrow(/does not balance/);
  });

  it('refuses one that balances only across two books', async () => {
    const chart = new ChartOfAccounts();
    await chart.ensureWallets(world.database.pool, [
      { accountId: world.birch.id, currency: 'USD' },
    ]);
    const birch = chart.wallet(world.birch.id, 'USD')?.ledgerAccountId ?? '';
    await expect(
      post(
        entry([
          [accounts.acme, 5n],
          [birch, -5n],
        ]),
      ),
    ).rejects.toThrow(/does not balance/);
  });

  it('refuses unknown accounts, empty transactions, zero lines and foreign transactions', async () => {
    await expect(post(entry([[newId(), 5n]]))).rejects.toMatchObject({ code: '23503' });
    await expect(post(entry([]))).rejects.toMatchObject({ code: '23514' });
    await expect(post(entry([[accounts.acme, 0n]]))).rejects.toMatchObject({ code: '23514' });
    const values = postLedgerValues([
      entry([
        [accounts.acme, 5n],
        [accounts.revenue, -5n],
      ]),
    ]);
    const { rows } = await app('SELECT id FROM ledger_transaction LIMIT 1');
    values[6] = values[6].map(() => rows[0].id);
    await expect(app(POST_LEDGER_SQL, values)).rejects.toMatchObject({ code: '23503' });
  });

  it('skips a transaction whose key is taken, and posts the others', async () => {
    const balanced = [
      [accounts.acme, 7n],
      [accounts.revenue, -7n],
    ] as const;
    const first = entry(balanced, 'taken');
    const second = entry(balanced, 'free');
    const balance = async () =>
      (await app('SELECT balance_micro FROM wallet WHERE id = $1', [world.acme.walletId])).rows[0]
        .balance_micro;
    const before = await balance();
    expect((await post(first)).rows).toEqual([{ id: first.id }]);
    expect((await post({ ...first, id: newId() }, second)).rows).toEqual([{ id: second.id }]);
    expect((await post({ ...first, id: newId() })).rows).toEqual([]);
    expect((await balance()) - before).toBe(14n);
  });
});

describe('even the owner of the tables', () => {
  it.each(['UPDATE posting SET amount_micro = 1', 'DELETE FROM charge', 'TRUNCATE posting'])(
    'is refused by trigger: %s',
    async (sql) => {
      await expect(owner.query(sql)).rejects.toThrow(/append-only/);
    },
  );
});

describe('verifying', () => {
  const tamper = async (sql: string, expected: RegExp) => {
    await owner.query('SET session_replication_role = replica').catch(() => undefined);
    const client = new pg.Client({ connectionString: world.fresh.superuserUrl });
    await client.connect();
    try {
      await client.query('SET session_replication_role = replica');
      await client.query('CREATE TABLE kept_wallet AS SELECT * FROM wallet');
      await client.query('CREATE TABLE kept_posting AS SELECT * FROM posting');
      await client.query('CREATE TABLE kept_transaction AS SELECT * FROM ledger_transaction');
      await client.query(sql);
      const verdict = await verifyLedger(world.database);
      expect(verdict.ok).toBe(false);
      expect(verdict.broken).toMatch(expected);
    } finally {
      await client.query('DELETE FROM hold');
      await client.query('DELETE FROM charge');
      await client.query('DELETE FROM posting');
      await client.query('INSERT INTO posting SELECT * FROM kept_posting');
      await client.query('DELETE FROM ledger_transaction');
      await client.query('INSERT INTO ledger_transaction SELECT * FROM kept_transaction');
      await client.query('DELETE FROM wallet');
      await client.query('INSERT INTO wallet SELECT * FROM kept_wallet');
      await client.query('DROP TABLE kept_wallet, kept_posting, kept_transaction');
      await client.end();
    }
    expect((await verifyLedger(world.database)).broken).toBeNull();
  };

  it('finds a posting that was changed behind its back', () =>
    tamper(
      'UPDATE posting SET amount_micro = amount_micro + 1 WHERE amount_micro > 0',
      /^transactions balance: transaction /,
    ));

  it('finds a wallet that does not equal its postings', () =>
    tamper('UPDATE wallet SET balance_micro = balance_micro + 1', /^wallets equal their postings/));

  it('finds a transaction whose postings are gone', () =>
    tamper('DELETE FROM posting', /^transactions and postings belong together/));

  it('finds held funds without a hold', () =>
    tamper('UPDATE wallet SET held_micro = 1', /^held funds equal the open holds/));

  it('finds an open hold without a call', () =>
    tamper(
      `INSERT INTO hold (call_id, hop, wallet_id, node_id, amount_micro, granted_seconds)
       SELECT gen_random_uuid(), 0, id, 'x', 0, 1 FROM wallet LIMIT 1`,
      /^open holds belong to live calls/,
    ));

  it('finds a charge that was never posted', () =>
    tamper(
      `INSERT INTO charge (id, call_id, hop, buyer_account_id, currency, amount_micro, rated_seconds,
                           billed_seconds)
       VALUES (gen_random_uuid(), gen_random_uuid(), 0, gen_random_uuid(), 'USD', 5, 1, 1)`,
      /^charges equal their postings/,
    ));

  it('finds money that was taken for a call without a charge', () =>
    tamper(
      `UPDATE ledger_transaction SET kind = 'call' WHERE kind <> 'call'`,
      /^charges equal their postings: transaction .* and no charge says so/,
    ));
});
