import type { Pool } from 'pg';
import type { PlannedBuy } from '@/lib/core/call-plan/plan';
import type { Clock } from '@/lib/core/clock';
import { assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { deckPrice } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';

import { buyOf, type PricedCall, type PricedHop, priceResult } from '@/lib/services/charging/rules';
import type { CallResult, ChargedHop, Settlement } from '@/lib/services/charging/types';
import type { BookAccount, ChartOfAccounts } from '@/lib/services/ledger/chart';
import {
  type LedgerEntry,
  type LedgerLine,
  POST_LEDGER_SQL,
  postLedgerValues,
} from '@/lib/services/ledger/entries';
import { READ_OPEN_HOLDS } from './grants-sql';
import { writeCallEvents } from './outbox';
import { callRow, chargeRow, legRow } from './settle-rows';
import { CLAIM_CALLS, WRITE_SETTLEMENTS } from './settle-sql';
import { storedRate } from './stored-facts';
import { allOf, type GroupTransaction, groupTransaction } from './transaction';

export interface SettleContext {
  readonly pool: Pool;
  readonly chart: ChartOfAccounts;
  readonly clock: Clock;
  readonly nodeId: string;
}

const POST_LEDGER = { name: 'ledger.post', text: POST_LEDGER_SQL };

interface ClaimRow {
  readonly claimed: string | null;
  readonly live: string | null;
  readonly granted_seconds: number | null;
  readonly subscribers: number | null;
}
interface FreedRow {
  readonly wallet_id: string;
  readonly amount_micro: bigint;
}

/** A call with its prices, and its ledger transaction where it costs something. */
interface Prepared {
  readonly result: CallResult;
  readonly priced: PricedCall;
  readonly entry: LedgerEntry | null;
}

/**
 * Settles a group of calls in one transaction, each exactly once: the claim, the call and its legs,
 * charges, postings, holds freed, the live call's end, events for subscribers. The wallets are
 * locked last and written once.
 */
export async function settleGroup(
  context: SettleContext,
  results: readonly CallResult[],
  lockWaitMs?: number,
): Promise<readonly Settlement[]> {
  await ensureChart(context, results);
  return groupTransaction(
    context.pool,
    async (tx) => {
      const { claimed, granted, heldChanges, subscribers } = await claim(tx, results);
      const settled = results
        .filter((result) => claimed.has(result.callId))
        .map((result) => prepare(context, result, granted.get(result.callId) ?? null));
      await allOf([
        write(context, tx, { results, settled }),
        post(tx, { settled, heldChanges }),
        subscribers > 0 ? writeCallEvents(tx, settled, context.clock.nowMs()) : undefined,
      ]);
      const settlements = new Map(settled.map((each) => [each.result.callId, toSettlement(each)]));
      return results.map(
        ({ callId }) =>
          settlements.get(callId) ?? { callId, alreadySettled: true, ratedSeconds: 0, charges: [] },
      );
    },
    lockWaitMs,
  );
}

interface Claims {
  readonly claimed: ReadonlySet<string>;
  /** Seconds granted to the calls that live. */
  readonly granted: ReadonlyMap<string, number>;
  /** By how much the held funds of wallets change when all holds of the group are freed. */
  readonly heldChanges: ReadonlyMap<string, bigint>;
  readonly subscribers: number;
}

async function claim(tx: GroupTransaction, results: readonly CallResult[]): Promise<Claims> {
  const ids = results.map((result) => result.callId);
  assert(new Set(ids).size === ids.length, 'a call is settled once in a group');
  const [{ rows }, holds] = await allOf([
    tx.query<ClaimRow>(CLAIM_CALLS, [ids]),
    tx.query<FreedRow>(READ_OPEN_HOLDS, [ids]),
  ]);
  const claimed = new Set<string>();
  const granted = new Map<string, number>();
  let subscribers = 0;
  for (const row of rows) {
    if (row.claimed !== null) claimed.add(row.claimed);
    if (row.live !== null) granted.set(row.live, row.granted_seconds ?? 0);
    subscribers += row.subscribers ?? 0;
  }
  const heldChanges = new Map<string, bigint>();
  for (const row of holds.rows) {
    heldChanges.set(row.wallet_id, (heldChanges.get(row.wallet_id) ?? 0n) - row.amount_micro);
  }
  return { claimed, granted, heldChanges, subscribers };
}

async function ensureChart(context: SettleContext, results: readonly CallResult[]): Promise<void> {
  const answered = results.filter((result) => result.ratedSeconds > 0);
  const hops = answered.flatMap((result) => result.facts.hops);
  const buys = answered.flatMap((result) => buyOf(result) ?? []);
  await ensureParties(context.chart, context.pool, { hops, buys });
}

/** Makes sure that all accounts exist in which charges are posted. */
export async function ensureHops(
  chart: ChartOfAccounts,
  pool: Pool,
  charged: readonly PricedHop[],
): Promise<void> {
  await ensureParties(chart, pool, {
    hops: charged.flatMap(({ sellerAccountId, buyerAccountId, rate }) =>
      sellerAccountId === null ? [] : [{ sellerAccountId, buyerAccountId, rate }],
    ),
    buys: charged.flatMap(({ carrierId, buyerAccountId, rate }) =>
      carrierId === null ? [] : [{ carrierId, buyerAccountId, rate }],
    ),
  });
}

async function ensureParties(
  chart: ChartOfAccounts,
  pool: Pool,
  { hops, buys }: { readonly hops: readonly ChargedHop[]; readonly buys: readonly PlannedBuy[] },
): Promise<void> {
  await chart.ensureWallets(
    pool,
    hops.map((hop) => ({ accountId: hop.buyerAccountId, currency: hop.rate.currency })),
  );
  await chart.ensureAccounts(pool, [
    ...hops.flatMap((hop) => sellerAccounts(hop.sellerAccountId, hop.rate)),
    ...buys.flatMap((buy) => {
      const { cost, payable } = carrierAccounts(
        buy.buyerAccountId,
        buy.carrierId,
        buy.rate.currency,
      );
      return [cost, payable];
    }),
  ]);
}

/** What a charge needs of its seller's books: two of them where prices stand in another currency. */
function sellerAccounts(ownerId: string, { currency, fx }: Rate): readonly BookAccount[] {
  if (fx === undefined) return [revenueOf(ownerId, currency)];
  const { deckCurrency } = fx;
  return [
    clearingOf(ownerId, currency),
    clearingOf(ownerId, deckCurrency),
    revenueOf(ownerId, deckCurrency),
  ];
}

function clearingOf(ownerId: string, currency: string): BookAccount {
  return { ownerId, currency, kind: 'fx_clearing', counterpartyId: null };
}

function revenueOf(ownerId: string, currency: string): BookAccount {
  return { ownerId, currency, kind: 'revenue', counterpartyId: null };
}

function carrierAccounts(
  ownerId: string,
  carrierId: string,
  currency: string,
): { readonly cost: BookAccount; readonly payable: BookAccount } {
  return {
    cost: { ownerId, currency, kind: 'carrier_cost', counterpartyId: null },
    payable: { ownerId, currency, kind: 'carrier_payable', counterpartyId: carrierId },
  };
}

function prepare(
  context: SettleContext,
  result: CallResult,
  grantedSeconds: number | null,
): Prepared {
  const priced = priceResult(result, grantedSeconds);
  const lines = priced.hops.flatMap((hop) =>
    hop.amountMicro === 0n ? [] : linesOf(context.chart, hop),
  );
  if (lines.length === 0) return { result, priced, entry: null };
  const entry: LedgerEntry = {
    key: `call:${result.callId}`,
    id: newId(context.clock.nowMs()),
    kind: 'call',
    subjectId: result.callId,
    actorId: null,
    reason: null,
    lines,
  };
  return { result, priced, entry };
}

/** A charge is two postings in the seller's book; a carrier's stand in the operator's. */
export function linesOf(chart: ChartOfAccounts, hop: PricedHop): readonly LedgerLine[] {
  const { amountMicro, buyerAccountId, currency } = hop;
  if (hop.carrierId !== null) {
    const { cost, payable } = carrierAccounts(buyerAccountId, hop.carrierId, currency);
    return [
      { ledgerAccountId: chart.accountId(cost), amountMicro: -amountMicro },
      { ledgerAccountId: chart.accountId(payable), amountMicro },
    ];
  }
  const wallet = chart.wallet(buyerAccountId, currency);
  assert(wallet !== undefined, `account ${buyerAccountId} has a wallet in ${currency}`);
  const paid = { ledgerAccountId: wallet.ledgerAccountId, amountMicro: -amountMicro };
  const seller = wallet.sellerAccountId;
  const { rate, billedSeconds } = hop;
  if (rate.fx === undefined) {
    const revenue = chart.accountId(revenueOf(seller, currency));
    return [paid, { ledgerAccountId: revenue, amountMicro }];
  }
  // The buyer's currency goes into one book's clearing, the deck's comes out of the other's.
  const { deckCurrency } = rate.fx;
  const into = { ledgerAccountId: chart.accountId(clearingOf(seller, currency)), amountMicro };
  const earned = deckPrice(rate, billedSeconds);
  if (earned === 0n) return [paid, into];
  const out = chart.accountId(clearingOf(seller, deckCurrency));
  const revenue = chart.accountId(revenueOf(seller, deckCurrency));
  return [
    paid,
    into,
    { ledgerAccountId: out, amountMicro: -earned },
    { ledgerAccountId: revenue, amountMicro: earned },
  ];
}

/** Texts, each once, in the order in which they came. */
class Places {
  private readonly places = new Map<string, number>();

  /** From 1, as PostgreSQL counts. */
  placeOf(text: string): number {
    const place = this.places.get(text) ?? this.places.size + 1;
    this.places.set(text, place);
    return place;
  }

  get texts(): readonly string[] {
    return [...this.places.keys()];
  }
}

async function write(
  context: SettleContext,
  tx: GroupTransaction,
  what: { readonly results: readonly CallResult[]; readonly settled: readonly Prepared[] },
): Promise<void> {
  const nowMs = context.clock.nowMs();
  const { results, settled } = what;
  const calls = settled.map(({ result, priced }) => callRow(result, priced, context.nodeId));
  const legs = settled.flatMap(({ result }) => result.legs.map((leg) => legRow(result, leg)));
  const snapshots = new Places();
  const charges = settled.flatMap(({ result, priced, entry }) =>
    priced.hops.map((hop) =>
      chargeRow(hop, {
        id: newId(nowMs),
        callId: result.callId,
        ratedSeconds: priced.ratedSeconds,
        transactionId: hop.amountMicro === 0n ? null : (entry?.id ?? null),
        snapshot: snapshots.placeOf(JSON.stringify(storedRate(hop.rate))),
      }),
    ),
  );
  await tx.query(WRITE_SETTLEMENTS, [
    results.map((result) => result.callId),
    JSON.stringify(calls),
    JSON.stringify(legs),
    JSON.stringify(charges),
    settled.flatMap(({ result, priced }) => (priced.ratedSeconds > 0 ? [result.callId] : [])),
    snapshots.texts,
  ]);
}

async function post(
  tx: GroupTransaction,
  what: {
    readonly settled: readonly Prepared[];
    readonly heldChanges: ReadonlyMap<string, bigint>;
  },
): Promise<void> {
  const entries = what.settled.flatMap(({ entry }) => entry ?? []);
  if (entries.length === 0 && what.heldChanges.size === 0) return;
  const values = postLedgerValues(entries, what.heldChanges);
  const { rows } = await tx.query(POST_LEDGER, values);
  assert(rows.length === entries.length, 'a call that is claimed has not been posted before');
}

function toSettlement({ result, priced }: Prepared): Settlement {
  return {
    callId: result.callId,
    alreadySettled: false,
    ratedSeconds: priced.ratedSeconds,
    charges: priced.hops.map(({ rate: _, ...charge }) => charge),
  };
}
