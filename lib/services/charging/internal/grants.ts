import type { Pool } from 'pg';
import { AppError } from '@/lib/core/errors';
import { beforeAnswer, forHolding } from '@/lib/core/rating/timetable';
import { type Ask, type AskedHop, type Decision, decideHolds } from '@/lib/services/charging/rules';
import type {
  ExtendRequest,
  GrantResult,
  HoldRequest,
  NodeLease,
} from '@/lib/services/charging/types';
import type { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { LOCK_LIVE_CALLS, LOCK_WALLETS, READ_OPEN_HOLDS, WRITE_GRANTS } from './grants-sql';
import { encodeFacts } from './stored-facts';
import { allOf, type GroupTransaction, groupTransaction } from './transaction';
import { walletIds } from './wallet-locks';

/** A first slice or a further one. */
export type GrantRequest =
  | ({ readonly kind: 'hold' } & HoldRequest)
  | ({ readonly kind: 'extend' } & ExtendRequest);

export interface GrantContext {
  readonly pool: Pool;
  readonly chart: ChartOfAccounts;
  readonly lease: NodeLease;
}

/** A request with what the database holds about it. */
type Prepared =
  | { readonly kind: 'ask'; readonly request: GrantRequest; readonly ask: Ask }
  | { readonly kind: 'refused'; readonly refusal: AppError };

interface LiveRow {
  readonly id: string | null;
  readonly granted_seconds: number;
  readonly answered_at: Date | null;
}
interface HoldRow {
  readonly call_id: string;
  readonly hop: number;
  readonly wallet_id: string;
  readonly amount_micro: bigint;
}
interface WalletRow {
  readonly id: string | null;
  readonly available_micro: bigint;
}

/**
 * Decides a group of holds and extensions under the locks of their wallets and writes what was
 * decided, in one transaction. Further slices of calls in progress go before new calls. Rows that
 * others hold are waited for as `groupTransaction` says.
 */
export async function grantGroup(
  context: GrantContext,
  requests: readonly GrantRequest[],
  lockWaitMs?: number,
): Promise<readonly GrantResult[]> {
  await context.chart.ensureWallets(
    context.pool,
    requests.flatMap((request) => hopsOf(request).map(walletOf)),
  );
  return groupTransaction(
    context.pool,
    async (tx) => {
      const live = await lockLiveCalls(context, tx, requests);
      const prepared = requests.map((request) =>
        request.kind === 'hold' ? prepareHold(context, request) : prepareExtend(live, request),
      );
      const asks = prepared.filter((each) => each.kind === 'ask');
      asks.sort((one, other) => rank(one.request) - rank(other.request));
      const available = await lockWallets(
        context,
        tx,
        asks.map((each) => each.ask),
      );
      const decisions = decideHolds(
        available,
        asks.map((each) => each.ask),
      );
      const decided = asks.map((each, index) => ({
        ...each,
        decision: decisions[index] ?? ({ kind: 'refused', hop: 0 } as const),
      }));
      await writeGrants(context, tx, decided);
      const results = new Map(
        decided.map((each) => [each.request, toResult(each.request, each.decision)]),
      );
      return prepared.map((each) =>
        each.kind === 'refused'
          ? { ok: false, refusal: each.refusal }
          : (results.get(each.request) ?? { ok: false, refusal: gone() }),
      );
    },
    lockWaitMs,
  );
}

/** What a request locks: the wallets of its hops, and the call that it is to prolong. */
export function grantLocks(chart: ChartOfAccounts, request: GrantRequest): readonly string[] {
  const wallets = walletIds(chart, hopsOf(request));
  return request.kind === 'extend' ? [request.callId, ...wallets] : wallets;
}

export function hopsOf(request: GrantRequest): HoldRequest['facts']['hops'] {
  return request.kind === 'hold' ? request.facts.hops : request.hops;
}

function walletOf(hop: HoldRequest['facts']['hops'][number]): {
  accountId: string;
  currency: string;
} {
  return { accountId: hop.buyerAccountId, currency: hop.rate.currency };
}

function rank(request: GrantRequest): number {
  return request.kind === 'extend' ? 0 : 1;
}

function gone(): AppError {
  return new AppError('GONE', 'The call has ended.');
}

function noFunds(accountId: string | undefined): AppError {
  const meta = accountId === undefined ? {} : { hop: accountId };
  return new AppError('INSUFFICIENT_FUNDS', 'There are not enough funds for this call.', { meta });
}

function fenced(): AppError {
  return new AppError('UNAVAILABLE', 'This node has lost its lease: another one took over.');
}

interface Granted {
  readonly seconds: number;
  /** null = not known to be answered. */
  readonly answeredAtMs: number | null;
}

interface LiveCalls {
  readonly granted: ReadonlyMap<string, Granted>;
  /** By call, in the order of the hops. */
  readonly holds: ReadonlyMap<string, readonly HoldRow[]>;
}

async function lockLiveCalls(
  { lease }: GrantContext,
  tx: GroupTransaction,
  requests: readonly GrantRequest[],
): Promise<LiveCalls> {
  const ids = requests.flatMap((each) => (each.kind === 'extend' ? [each.callId] : []));
  if (ids.length === 0) return { granted: new Map(), holds: new Map() };
  const [locked, { rows }] = await allOf([
    tx.query<LiveRow>(LOCK_LIVE_CALLS, [ids, lease.nodeId, lease.epoch]),
    tx.query<HoldRow>(READ_OPEN_HOLDS, [ids]),
  ]);
  if (locked.rows.length === 0) throw fenced();
  const holds = new Map<string, HoldRow[]>();
  for (const row of rows) {
    const ofCall = holds.get(row.call_id);
    if (ofCall) ofCall.push(row);
    else holds.set(row.call_id, [row]);
  }
  const granted = new Map<string, Granted>();
  for (const { id, granted_seconds: seconds, answered_at } of locked.rows) {
    if (id !== null) granted.set(id, { seconds, answeredAtMs: answered_at?.getTime() ?? null });
  }
  return { granted, holds };
}

function prepareHold(context: GrantContext, request: GrantRequest & { kind: 'hold' }): Prepared {
  const hops: AskedHop[] = [];
  for (const [index, hop] of request.facts.hops.entries()) {
    const wallet = context.chart.wallet(hop.buyerAccountId, hop.rate.currency);
    if (wallet?.sellerAccountId !== hop.sellerAccountId) {
      return { kind: 'refused', refusal: noFunds(hop.buyerAccountId) };
    }
    const activeCalls = request.activeCalls[index] ?? 1;
    const { walletId } = wallet;
    hops.push({ walletId, rate: beforeAnswer(hop.rate), heldMicro: 0n, activeCalls });
  }
  const ask = { hops, grantedSeconds: 0, maxSeconds: request.maxSeconds };
  return { kind: 'ask', request, ask };
}

function prepareExtend(live: LiveCalls, request: GrantRequest & { kind: 'extend' }): Prepared {
  const granted = live.granted.get(request.callId);
  if (granted === undefined) return { kind: 'refused', refusal: gone() };
  const { seconds: grantedSeconds, answeredAtMs } = granted;
  const held = live.holds.get(request.callId) ?? [];
  const hops = request.hops.flatMap((hop, index): AskedHop[] => {
    const row = held.find((each) => each.hop === index);
    if (!row) return [];
    const activeCalls = request.activeCalls[index] ?? 1;
    const rate = forHolding(hop.rate, answeredAtMs);
    return [{ walletId: row.wallet_id, rate, heldMicro: row.amount_micro, activeCalls }];
  });
  if (hops.length < request.hops.length) return { kind: 'refused', refusal: gone() };
  return { kind: 'ask', request, ask: { hops, grantedSeconds, maxSeconds: request.maxSeconds } };
}

async function lockWallets(
  { lease }: GrantContext,
  tx: GroupTransaction,
  asks: readonly Ask[],
): Promise<Map<string, bigint>> {
  const ids = new Set(asks.flatMap((ask) => ask.hops.map((hop) => hop.walletId)));
  const { rows } = await tx.query<WalletRow>(LOCK_WALLETS, [[...ids], lease.nodeId, lease.epoch]);
  if (rows.length === 0) throw fenced();
  return new Map(
    rows.flatMap((row) => (row.id === null ? [] : [[row.id, row.available_micro] as const])),
  );
}

interface Decided {
  readonly request: GrantRequest;
  readonly ask: Ask;
  readonly decision: Decision;
}

async function writeGrants(
  { lease }: GrantContext,
  tx: GroupTransaction,
  decided: readonly Decided[],
): Promise<void> {
  const reserved = new Map<string, bigint>();
  const begun: (readonly unknown[])[] = [];
  const held: (readonly unknown[])[] = [];
  const longer: (readonly unknown[])[] = [];
  const grown: (readonly unknown[])[] = [];
  for (const { request, ask, decision } of decided) {
    if (decision.kind !== 'granted') continue;
    const { callId } = request;
    const { grantedSeconds } = decision;
    if (request.kind === 'extend' && grantedSeconds === ask.grantedSeconds) continue;
    if (request.kind === 'hold') begun.push(beginRow(request, grantedSeconds));
    else longer.push([callId, grantedSeconds]);
    for (const [hop, asked] of ask.hops.entries()) {
      const amount = decision.heldMicro[hop] ?? 0n;
      const { walletId } = asked;
      reserved.set(walletId, (reserved.get(walletId) ?? 0n) + amount - asked.heldMicro);
      if (request.kind === 'hold') {
        held.push([callId, hop, walletId, amount.toString(), grantedSeconds]);
      } else {
        grown.push([callId, hop, amount.toString(), grantedSeconds]);
      }
    }
  }
  if (begun.length === 0 && longer.length === 0) return;
  const [g1, g2, g3, g4] = columns(grown, 4);
  await tx.finish(WRITE_GRANTS, [
    [...reserved.keys()],
    [...reserved.values()].map(String),
    ...columns(begun, 6),
    ...columns(held, 5),
    ...columns(longer, 2),
    ...[g1, g2, g3],
    lease.nodeId,
    lease.epoch,
    g4,
  ]);
}

function beginRow(request: HoldRequest, grantedSeconds: number): readonly unknown[] {
  const { callId, facts, legs } = request;
  return [
    callId,
    facts.payerAccountId,
    facts.callClass,
    new Date(facts.startedAtMs),
    grantedSeconds,
    encodeFacts(facts, legs),
  ];
}

/** Rows as the arrays that unnest takes. */
function columns(rows: readonly (readonly unknown[])[], count: number): unknown[][] {
  return Array.from({ length: count }, (_, index) => rows.map((row) => row[index]));
}

function toResult(request: GrantRequest, decision: Decision): GrantResult {
  if (decision.kind === 'refused') {
    return { ok: false, refusal: noFunds(hopsOf(request)[decision.hop]?.buyerAccountId) };
  }
  const { grantedSeconds, final, reachSeconds } = decision;
  return { ok: true, grantedSeconds, final, reachSeconds };
}
