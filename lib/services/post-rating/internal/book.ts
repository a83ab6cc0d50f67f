import type { PoolClient } from 'pg';
import { type HopsOutcome, planHops } from '@/lib/core/call-plan/chain';
import { type AccountView, type Decks, NO_LIMITS } from '@/lib/core/call-plan/views';
import { ExchangeTable } from '@/lib/core/rating/exchange-table';
import type { ExchangeRateView } from '@/lib/core/rating/fx';
import type { Rate, RateDeck } from '@/lib/core/rating/rate';
import { loadDeckVersion } from '@/lib/services/configuration/load-deck-version';
import type { ServicesDatabase } from '@/lib/services/database';
import { ACCOUNTS, DECKS, EXCHANGE_RATES, TRUNKS } from './sql';

type AccountRow = Omit<AccountView, 'limits' | 'allowedDestinations'>;

interface TrunkRow {
  readonly id: string;
  readonly carrierId: string;
  readonly buyDeckId: string | null;
}

/** What a call is bought at. */
export interface Bought {
  readonly carrierId: string;
  readonly buyerAccountId: string;
  readonly rate: Rate;
}

/**
 * Who buys from whom at which decks, as it is now: what calls are priced from that were recorded
 * without a price. Decks are read when the first call needs them.
 */
export class PriceBook {
  private readonly accounts: ReadonlyMap<string, AccountView>;
  private readonly trunks: ReadonlyMap<string, TrunkRow>;
  private readonly versions: ReadonlyMap<string, string>;
  private readonly exchange = new ExchangeTable();
  private readonly decks = new Map<string, RateDeck>();
  private readonly chains = new Map<string, readonly AccountView[]>();
  private readonly database: ServicesDatabase;
  private readonly pricing = {
    decks: { deckById: (id: string) => this.decks.get(id) } satisfies Decks,
    directory: {
      exchangeRate: (base: string, quote: string, atMs: number) =>
        this.exchange.rate(base, quote, atMs),
    },
  };

  private constructor(
    database: ServicesDatabase,
    rows: {
      readonly accounts: readonly AccountRow[];
      readonly trunks: readonly TrunkRow[];
      readonly decks: readonly { readonly id: string; readonly versionId: string }[];
      readonly exchangeRates: readonly (ExchangeRateView & { readonly id: string })[];
    },
  ) {
    this.database = database;
    this.accounts = new Map(
      rows.accounts.map((row) => [
        row.id,
        { ...row, limits: NO_LIMITS, allowedDestinations: null },
      ]),
    );
    this.trunks = new Map(rows.trunks.map((row) => [row.id, row]));
    this.versions = new Map(rows.decks.map(({ id, versionId }) => [id, versionId]));
    for (const rate of rows.exchangeRates) this.exchange.put(rate);
  }

  /** Reads everything but the rates. */
  static async open(database: ServicesDatabase, client: PoolClient): Promise<PriceBook> {
    return new PriceBook(database, {
      accounts: (await client.query<AccountRow>(ACCOUNTS)).rows,
      trunks: (await client.query<TrunkRow>(TRUNKS)).rows,
      decks: (await client.query<{ id: string; versionId: string }>(DECKS)).rows,
      exchangeRates: (await client.query<ExchangeRateView & { id: string }>(EXCHANGE_RATES)).rows,
    });
  }

  /** Reads the decks that calls of these payers, over these trunks, need. */
  async prepare(
    calls: readonly { readonly payerAccountId: string; readonly trunkId: string | null }[],
  ): Promise<void> {
    const wanted = new Set<string>();
    for (const { payerAccountId, trunkId } of calls) {
      for (const { sellDeckId, ownDeckId } of this.chainOf(payerAccountId)) {
        if (sellDeckId !== null) wanted.add(sellDeckId);
        if (ownDeckId !== null) wanted.add(ownDeckId);
      }
      const buyDeckId = trunkId === null ? null : this.trunks.get(trunkId)?.buyDeckId;
      if (buyDeckId != null) wanted.add(buyDeckId);
    }
    for (const id of wanted) {
      const versionId = this.versions.get(id);
      if (versionId === undefined || this.decks.has(id)) continue;
      this.decks.set(id, await loadDeckVersion(this.database, versionId));
    }
  }

  /** What everyone from the payer up pays, or where nobody sells. */
  hops(
    payerAccountId: string,
    to: { readonly digits: string; readonly atMs: number },
  ): HopsOutcome {
    return planHops(this.pricing, { chain: this.chainOf(payerAccountId) }, to);
  }

  /** What the carrier behind a trunk takes; null = it has no rate, or nothing was bought. */
  bought(
    trunkId: string | null,
    payerAccountId: string,
    to: { readonly digits: string; readonly atMs: number },
  ): Bought | null {
    const trunk = trunkId === null ? undefined : this.trunks.get(trunkId);
    const deck = trunk?.buyDeckId == null ? undefined : this.decks.get(trunk.buyDeckId);
    const match = deck?.lookup(to.digits, to.atMs);
    const operator = this.chainOf(payerAccountId).at(-1);
    if (!trunk || !match || !operator) return null;
    return { carrierId: trunk.carrierId, buyerAccountId: operator.id, rate: match.rate };
  }

  private chainOf(accountId: string): readonly AccountView[] {
    const known = this.chains.get(accountId);
    if (known) return known;
    const chain: AccountView[] = [];
    let id: string | null = accountId;
    while (id !== null) {
      const account: AccountView | undefined = this.accounts.get(id);
      if (account === undefined || chain.includes(account)) break;
      chain.push(account);
      id = account.parentId;
    }
    this.chains.set(accountId, chain);
    return chain;
  }
}
