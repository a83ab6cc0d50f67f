import type { Pool } from 'pg';
import { assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';

/** Kinds of a book's accounts that are not a wallet's. */
export type BookAccountKind =
  | 'receivable'
  | 'revenue'
  | 'tax_payable'
  | 'psp_clearing'
  | 'rounding'
  | 'fx_clearing'
  | 'due_from'
  | 'due_to'
  | 'carrier_cost'
  | 'carrier_payable'
  | 'opening_balance';

/** A line of the chart of accounts, as somebody asks for it. */
export interface BookAccount {
  /** Whose book: the selling account. */
  readonly ownerId: string;
  readonly currency: string;
  readonly kind: BookAccountKind;
  /** The child, parent or carrier it is about; null = nobody in particular. */
  readonly counterpartyId: string | null;
}

/** Where a wallet stands. */
export interface ChartedWallet {
  readonly walletId: string;
  readonly accountId: string;
  readonly sellerAccountId: string;
  readonly currency: string;
  readonly ledgerAccountId: string;
}

/** Entries kept in memory; beyond that the oldest are asked for again. */
const MAX_REMEMBERED = 200_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

const ENSURE_BOOKS = `
  INSERT INTO ledger_book (id, account_id, currency)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS b (id, account_id, currency)
   ORDER BY account_id, currency ON CONFLICT (account_id, currency) DO NOTHING`;

const ENSURE_ACCOUNTS = `
  INSERT INTO ledger_account (id, book_id, kind, counterparty_id)
  SELECT a.id, b.id, a.kind::"LedgerAccountKind", a.counterparty
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[])
         AS a (id, owner, currency, kind, counterparty)
    JOIN ledger_book b ON b.account_id = a.owner AND b.currency = a.currency
   ORDER BY b.id, a.kind, a.counterparty
  ON CONFLICT (book_id, kind, counterparty_id) DO NOTHING`;

const FIND_ACCOUNTS = `
  SELECT a.id, b.account_id AS owner, b.currency, a.kind::text AS kind, a.counterparty_id AS counterparty
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])
         AS n (owner, currency, kind, counterparty)
    JOIN ledger_book b ON b.account_id = n.owner AND b.currency = n.currency
    JOIN ledger_account a ON a.book_id = b.id AND a.kind = n.kind::"LedgerAccountKind"
     AND a.counterparty_id = n.counterparty`;

const ENSURE_WALLET_ACCOUNTS = `
  INSERT INTO ledger_account (id, book_id, kind, counterparty_id, wallet_id)
  SELECT a.id, b.id, 'wallet', w.account_id, w.id
    FROM unnest($1::uuid[], $2::uuid[]) AS a (id, wallet)
    JOIN wallet w ON w.id = a.wallet
    JOIN ledger_book b ON b.account_id = w.seller_account_id AND b.currency = w.currency
   ORDER BY b.id, w.account_id
  ON CONFLICT (book_id, kind, counterparty_id) DO NOTHING`;

const FIND_WALLETS = `
  SELECT w.id, w.account_id, w.seller_account_id, w.currency, a.id AS ledger_account_id
    FROM unnest($1::uuid[], $2::text[]) AS n (account, currency)
    JOIN wallet w ON w.account_id = n.account AND w.currency = n.currency
    LEFT JOIN ledger_account a ON a.wallet_id = w.id`;

interface WalletRow {
  readonly id: string;
  readonly account_id: string;
  readonly seller_account_id: string;
  readonly currency: string;
  readonly ledger_account_id: string | null;
}

/**
 * The chart of accounts: books and their accounts come to be when first needed, and never change,
 * so their ids are remembered. One for a process.
 */
export class ChartOfAccounts {
  private readonly accounts = new Map<string, string>();
  private readonly wallets = new Map<string, ChartedWallet>();

  /** The id of an account that was ensured before. */
  accountId(account: BookAccount): string {
    const id = this.accounts.get(accountKey(account));
    assert(id !== undefined, `ledger account ${accountKey(account)} was ensured`);
    return id;
  }

  /** The wallet of an account in a currency that was looked for before; undefined = it has none. */
  wallet(accountId: string, currency: string): ChartedWallet | undefined {
    return this.wallets.get(`${accountId}:${currency}`);
  }

  /** Makes sure that book accounts exist and are known. Commits by itself. */
  async ensureAccounts(db: Pool, accounts: readonly BookAccount[]): Promise<void> {
    const missing = distinct(accounts, accountKey).filter(
      (account) => !touch(this.accounts, accountKey(account)),
    );
    if (missing.length === 0) return;
    const owners = missing.map((account) => account.ownerId);
    const currencies = missing.map((account) => account.currency);
    const kinds = missing.map((account) => account.kind);
    const counterparties = missing.map((account) => account.counterpartyId ?? NOBODY);
    const ids = missing.map(() => newId());
    await this.ensureBooks(db, owners, currencies);
    await db.query(ENSURE_ACCOUNTS, [ids, owners, currencies, kinds, counterparties]);
    const { rows } = await db.query<
      Record<'id' | 'owner' | 'currency' | 'kind' | 'counterparty', string>
    >(FIND_ACCOUNTS, [owners, currencies, kinds, counterparties]);
    for (const row of rows) {
      remember(
        this.accounts,
        `${row.owner}:${row.currency}:${row.kind}:${row.counterparty}`,
        row.id,
      );
    }
  }

  /** Makes sure that the wallets that exist of these have their ledger account and are known. */
  async ensureWallets(
    db: Pool,
    wanted: readonly { readonly accountId: string; readonly currency: string }[],
  ): Promise<void> {
    const missing = distinct(wanted, walletKey).filter(
      (each) => !touch(this.wallets, walletKey(each)),
    );
    if (missing.length === 0) return;
    const find = () =>
      db.query<WalletRow>(FIND_WALLETS, [
        missing.map((each) => each.accountId),
        missing.map((each) => each.currency),
      ]);
    let { rows } = await find();
    const bare = rows.filter((row) => row.ledger_account_id === null);
    if (bare.length > 0) {
      await this.ensureBooks(
        db,
        bare.map((row) => row.seller_account_id),
        bare.map((row) => row.currency),
      );
      await db.query(ENSURE_WALLET_ACCOUNTS, [bare.map(() => newId()), bare.map((row) => row.id)]);
      rows = (await find()).rows;
    }
    for (const row of rows) {
      assert(row.ledger_account_id !== null, `wallet ${row.id} has its ledger account`);
      remember(this.wallets, `${row.account_id}:${row.currency}`, {
        walletId: row.id,
        accountId: row.account_id,
        sellerAccountId: row.seller_account_id,
        currency: row.currency,
        ledgerAccountId: row.ledger_account_id,
      });
    }
  }

  private async ensureBooks(
    db: Pool,
    owners: readonly string[],
    currencies: readonly string[],
  ): Promise<void> {
    await db.query(ENSURE_BOOKS, [owners.map(() => newId()), owners, currencies]);
  }
}

function accountKey(account: BookAccount): string {
  return `${account.ownerId}:${account.currency}:${account.kind}:${account.counterpartyId ?? NOBODY}`;
}

function walletKey(wallet: { readonly accountId: string; readonly currency: string }): string {
  return `${wallet.accountId}:${wallet.currency}`;
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Whether it is known; if so, it becomes the last to be forgotten. */
function touch<V>(map: Map<string, V>, key: string): boolean {
  const value = map.get(key);
  if (value === undefined) return false;
  map.delete(key);
  map.set(key, value);
  return true;
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= MAX_REMEMBERED) {
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
  map.set(key, value);
}
