import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { parseCurrency, parseDecimal, parseMicro } from '@/lib/core/money';
import type { Rate } from '@/lib/core/rating/rate';
import { type RateSnapshot, replayCharge } from '@/lib/core/rating/snapshot';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import {
  type Buyer,
  chainOf,
  holdOf,
  makeBuyers,
  rateOf,
  resultOf,
  type SampleCall,
  sampleCall,
} from '@/tests/support/money-world';
import { type MoneyWorld, openMoneyWorld } from './world';

/** A customer in euros of a reseller in pounds of an operator in dollars, each at decks in dollars. */
let world: MoneyWorld;
let customer: Buyer;
let reseller: Buyer;

const [EUR, GBP, USD] = ['EUR', 'GBP', 'USD'].map(parseCurrency);

beforeAll(async () => {
  world = await openMoneyWorld();
  const [parent] = await makeBuyers(world.database, world.operator, [
    { kind: 'reseller', balance: '100', currency: 'GBP' },
  ]);
  if (!parent) throw new Error('no reseller');
  reseller = parent;
  const [child] = await makeBuyers(world.database, reseller, [
    { kind: 'customer', balance: '1', currency: 'EUR' },
  ]);
  if (!child) throw new Error('no customer');
  customer = child;
});

afterAll(() => world.close());

function charged(text: string, currency: Rate['currency'] | undefined, rate: string): Rate {
  if (!currency || !USD) throw new Error('no currency');
  const fx = { deckCurrency: USD, rateNano: parseDecimal(rate, 9) };
  return { ...rateOf(text), currency, fx };
}

function callOf(): SampleCall {
  const hops = chainOf([
    { buyer: customer, rate: charged('0.0200 30/6', EUR, '0.9137') },
    { buyer: reseller, rate: charged('0.0100 1/1', GBP, '0.777') },
  ]);
  const buy = {
    carrierId: newId(),
    buyerAccountId: world.operator.id,
    rate: { ...rateOf('0.0055 1/1'), currency: EUR ?? parseCurrency('EUR') },
  };
  return sampleCall(hops, buy, world.clock.nowMs());
}

interface Line {
  readonly owner: string;
  readonly currency: string;
  readonly kind: string;
  readonly amount: string;
}

/** The lines of a call that stand in somebody's books, in their order. */
async function linesOf(callId: string, owner: string): Promise<readonly Line[]> {
  const { rows } = await world.database.pool.query<Line>(
    `SELECT b.account_id AS owner, p.currency, a.kind::text AS kind, p.amount_micro::text AS amount
       FROM ledger_transaction t JOIN posting p ON p.transaction_id = t.id
       JOIN ledger_account a ON a.id = p.ledger_account_id JOIN ledger_book b ON b.id = p.book_id
      WHERE t.key = $1 AND b.account_id = $2 ORDER BY p.line`,
    [`call:${callId}`, owner],
  );
  return rows;
}

describe('a call through three currencies', () => {
  it('takes from each wallet what its deck says, at the rate that was pinned', async () => {
    const { charging } = await world.start();
    const call = callOf();
    expect(await charging.hold(holdOf(call))).toMatchObject({ ok: true });
    const { charges } = await charging.settle(resultOf(call, 32));
    // 36 s at 0.0200 are 0.012 dollars, 0.0109644 euros; 32 s at 0.0100 are 0.0053333…, 0.004144 pounds.
    expect(charges.map(({ currency, amountMicro }) => [currency, amountMicro])).toEqual([
      ['EUR', 10_964n],
      ['GBP', 4_144n],
      ['EUR', 2_933n],
    ]);
    expect((await world.wallet(customer.walletId)).balance).toBe(parseMicro('1') - 10_964n);
    expect((await world.wallet(reseller.walletId)).balance).toBe(parseMicro('100') - 4_144n);
    const own = { owner: reseller.id };
    expect(await linesOf(call.callId, reseller.id)).toEqual([
      { ...own, currency: 'EUR', kind: 'wallet', amount: '-10964' },
      { ...own, currency: 'EUR', kind: 'fx_clearing', amount: '10964' },
      { ...own, currency: 'USD', kind: 'fx_clearing', amount: '-12000' },
      { ...own, currency: 'USD', kind: 'revenue', amount: '12000' },
    ]);
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });

  it('replays from what was stored with it', async () => {
    const { charging } = await world.start();
    const call = callOf();
    await charging.hold(holdOf(call));
    await charging.settle(resultOf(call, 57));
    const rows = await world.database.prisma.charge.findMany({ where: { callId: call.callId } });
    expect(rows).toHaveLength(3);
    for (const { snapshot, ratedSeconds, amountMicro, billedSeconds } of rows) {
      const again = replayCharge(snapshot as unknown as RateSnapshot, ratedSeconds);
      expect(again).toEqual({ amountMicro, billedSeconds });
    }
  });

  it('is granted no more than the euros pay for, and ends without a debt', async () => {
    const { charging } = await world.start();
    const before = await world.wallet(customer.walletId);
    const call = callOf();
    let grant = await charging.hold(holdOf(call));
    while (grant.ok && !grant.final) {
      grant = await charging.extend({ ...holdOf(call), hops: call.facts.hops });
    }
    if (!grant.ok) throw grant.refusal;
    // A euro is 1.0945 dollars here: 54 minutes at 0.02.
    expect(grant.grantedSeconds).toBeGreaterThan(3_100);
    await charging.settle(resultOf(call, grant.grantedSeconds));
    const after = await world.wallet(customer.walletId);
    expect(after.balance).toBeGreaterThanOrEqual(0n);
    expect(after.balance).toBeLessThan(2_000n);
    expect(before.held).toBe(after.held);
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });
});
