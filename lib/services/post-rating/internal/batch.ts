import { assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { e164Digits, isE164 } from '@/lib/core/phone-number';
import { deckPrice, priceCall } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';
import { snapshotOf } from '@/lib/core/rating/snapshot';
import { atAnswer } from '@/lib/core/rating/timetable';
import type { BookAccount, ChartOfAccounts } from '@/lib/services/ledger/chart';
import type { LedgerEntry, LedgerLine } from '@/lib/services/ledger/entries';
import type { PriceBook } from './book';

/** A call that nobody was charged for. */
export interface UnratedCall {
  readonly id: string;
  readonly payerAccountId: string;
  readonly toNumber: string;
  readonly callClass: 'outbound' | 'onnet';
  readonly trunkId: string | null;
  readonly ratedSeconds: number;
  readonly startedAtMs: number;
  readonly answeredAtMs: number;
}

/** One charge to be. */
export interface PostCharge {
  readonly callId: string;
  readonly hop: number;
  readonly buyerAccountId: string;
  /** null = a carrier sells. */
  readonly sellerAccountId: string | null;
  readonly carrierId: string | null;
  readonly rate: Rate;
  readonly ratedSeconds: number;
  readonly billedSeconds: number;
  readonly amountMicro: bigint;
  /** In the currency of the deck, where that is another one. */
  readonly earnedMicro: bigint;
}

/** Why a call still has no price. */
export interface StillUnrated {
  readonly callId: string;
  readonly code: string;
  readonly message: string;
}

/** Prices a call at every hop, or says why it can't be. */
export function priceUnrated(
  book: PriceBook,
  call: UnratedCall,
): readonly PostCharge[] | StillUnrated {
  const callId = call.id;
  const { toNumber, payerAccountId } = call;
  if (!isE164(toNumber)) {
    return { callId, code: 'DESTINATION_UNKNOWN', message: `${toNumber} is not E.164` };
  }
  const to = { digits: e164Digits(toNumber), atMs: call.startedAtMs };
  const priced = book.hops(payerAccountId, to);
  if (priced.kind === 'refused') return { callId, code: priced.code, message: priced.message };
  const charges = priced.hops.map((hop) =>
    chargeOf(call, {
      ...{ hop: hop.level, buyerAccountId: hop.buyerAccountId, rate: hop.rate },
      ...{ sellerAccountId: hop.sellerAccountId, carrierId: null },
    }),
  );
  if (call.callClass === 'onnet') return charges;
  const bought = book.bought(call.trunkId, payerAccountId, to);
  if (bought === null) {
    return { callId, code: 'NO_BUY_RATE', message: 'its carrier has no rate for it' };
  }
  return [...charges, chargeOf(call, { ...bought, hop: charges.length, sellerAccountId: null })];
}

function chargeOf(
  { id, ratedSeconds, answeredAtMs }: UnratedCall,
  of: Pick<PostCharge, 'hop' | 'buyerAccountId' | 'sellerAccountId' | 'carrierId' | 'rate'>,
): PostCharge {
  const rate = atAnswer(of.rate, answeredAtMs);
  const { billedSeconds, amountMicro } = priceCall(rate, ratedSeconds);
  const earnedMicro = rate.fx === undefined ? amountMicro : deckPrice(rate, billedSeconds);
  return { ...of, callId: id, rate, ratedSeconds, billedSeconds, amountMicro, earnedMicro };
}

/** Whose money a charge moves: one transaction of a batch. */
function partyOf({ carrierId, buyerAccountId, rate }: PostCharge): string {
  const who = carrierId === null ? buyerAccountId : `carrier:${carrierId}`;
  return `${who}:${rate.currency}:${rate.fx?.deckCurrency ?? ''}`;
}

/** The charges of one party, summed. */
interface PartySum {
  readonly first: PostCharge;
  readonly transactionId: string;
  amountMicro: bigint;
  earnedMicro: bigint;
}

/** Sums what a batch charges by whose money it moves; charges of nothing move none. */
export function sumByParty(charges: readonly PostCharge[]): ReadonlyMap<string, PartySum> {
  const sums = new Map<string, PartySum>();
  for (const charge of charges) {
    if (charge.amountMicro === 0n) continue;
    const party = partyOf(charge);
    const known = sums.get(party);
    const sum = known ?? {
      ...{ first: charge, transactionId: newId() },
      ...{ amountMicro: 0n, earnedMicro: 0n },
    };
    sum.amountMicro += charge.amountMicro;
    sum.earnedMicro += charge.earnedMicro;
    if (!known) sums.set(party, sum);
  }
  return sums;
}

/** The ledger accounts that sums need beside the wallets. */
export function accountsOf(sums: ReadonlyMap<string, PartySum>): readonly BookAccount[] {
  return [...sums.values()].flatMap(({ first }) => allOf(counterAccounts(first)));
}

/** What stands against a wallet's line, or a carrier's. */
type CounterAccounts =
  | { readonly kind: 'carrier'; readonly cost: BookAccount; readonly payable: BookAccount }
  | { readonly kind: 'plain'; readonly revenue: BookAccount }
  | {
      readonly kind: 'converted';
      readonly into: BookAccount;
      readonly out: BookAccount;
      readonly revenue: BookAccount;
    };

function allOf(accounts: CounterAccounts): readonly BookAccount[] {
  switch (accounts.kind) {
    case 'carrier':
      return [accounts.cost, accounts.payable];
    case 'plain':
      return [accounts.revenue];
    case 'converted':
      return [accounts.into, accounts.out, accounts.revenue];
  }
}

function counterAccounts(charge: PostCharge): CounterAccounts {
  const { carrierId, buyerAccountId, sellerAccountId, rate } = charge;
  const { currency, fx } = rate;
  const ownerId = sellerAccountId ?? buyerAccountId;
  const of = (kind: BookAccount['kind'], stated: string): BookAccount => {
    return { ownerId, currency: stated, kind, counterpartyId: null };
  };
  if (carrierId !== null) {
    const payable = { ...of('carrier_payable', currency), counterpartyId: carrierId };
    return { kind: 'carrier', cost: of('carrier_cost', currency), payable };
  }
  if (fx === undefined) return { kind: 'plain', revenue: of('revenue', currency) };
  return {
    kind: 'converted',
    into: of('fx_clearing', currency),
    out: of('fx_clearing', fx.deckCurrency),
    revenue: of('revenue', fx.deckCurrency),
  };
}

/** One transaction for each party of a batch. */
export function entriesOf(
  chart: ChartOfAccounts,
  batchId: string,
  sums: ReadonlyMap<string, PartySum>,
): readonly LedgerEntry[] {
  return [...sums].map(([party, sum]) => ({
    key: `post-rating:${batchId}:${party}`,
    id: sum.transactionId,
    kind: 'call',
    subjectId: batchId,
    actorId: null,
    reason: null,
    lines: linesOf(chart, sum),
  }));
}

function linesOf(chart: ChartOfAccounts, sum: PartySum): readonly LedgerLine[] {
  const { first, amountMicro, earnedMicro } = sum;
  const accounts = counterAccounts(first);
  const line = (account: BookAccount, amount: bigint): LedgerLine => ({
    ledgerAccountId: chart.accountId(account),
    amountMicro: amount,
  });
  if (accounts.kind === 'carrier') {
    return [line(accounts.cost, -amountMicro), line(accounts.payable, amountMicro)];
  }
  const wallet = chart.wallet(first.buyerAccountId, first.rate.currency);
  assert(wallet !== undefined, `account ${first.buyerAccountId} has a wallet`);
  const paid = { ledgerAccountId: wallet.ledgerAccountId, amountMicro: -amountMicro };
  if (accounts.kind === 'plain') return [paid, line(accounts.revenue, amountMicro)];
  const into = line(accounts.into, amountMicro);
  if (earnedMicro === 0n) return [paid, into];
  return [paid, into, line(accounts.out, -earnedMicro), line(accounts.revenue, earnedMicro)];
}

/** How many columns WRITE_CHARGES takes. */
const COLUMNS = 12;

/**
 * The columns of charges, as the statement takes them: each an array literal of its own making, as
 * the driver would look for something to escape in every id and number.
 */
export function chargeColumns(
  charges: readonly PostCharge[],
  sums: ReadonlyMap<string, PartySum>,
  nowMs: number,
): readonly string[] {
  const columns: (string | number)[][] = Array.from({ length: COLUMNS }, () => []);
  for (const charge of charges) {
    const { rate, amountMicro } = charge;
    const transactionId = amountMicro === 0n ? null : sums.get(partyOf(charge))?.transactionId;
    columns[0]?.push(newId(nowMs));
    columns[1]?.push(charge.callId);
    columns[2]?.push(charge.hop);
    columns[3]?.push(charge.sellerAccountId ?? 'NULL');
    columns[4]?.push(charge.carrierId ?? 'NULL');
    columns[5]?.push(charge.buyerAccountId);
    columns[6]?.push(rate.currency);
    columns[7]?.push(amountMicro.toString());
    columns[8]?.push(charge.ratedSeconds);
    columns[9]?.push(charge.billedSeconds);
    columns[10]?.push(quoted(JSON.stringify(snapshotOf(rate))));
    columns[11]?.push(transactionId ?? 'NULL');
  }
  return columns.map((values) => `{${values.join(',')}}`);
}

/** JSON as an element of an array literal: what it escapes are quotes and backslashes alone. */
function quoted(json: string): string {
  return JSON.stringify(json);
}
