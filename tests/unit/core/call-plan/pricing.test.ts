import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedCall } from '@/lib/core/call-plan/plan';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { formatPerMinute, parseCurrency } from '@/lib/core/money';
import { priceCall } from '@/lib/core/rating/price';
import { Lab } from './lab';

let lab: Lab;

beforeEach(() => {
  lab = new Lab();
});

function planned(plan: ReturnType<Lab['call']>): PlannedCall {
  if (plan.kind !== 'planned') throw new Error(`${plan.code}: ${plan.message}`);
  return plan;
}

/** Buyers from the payer up, each with its price a minute. */
function perMinute(plan: ReturnType<Lab['call']>): string[] {
  return planned(plan).hops.map(
    ({ buyerAccountId, rate }) => `${buyerAccountId} ${formatPerMinute(rate.nextPerMinuteNano)}`,
  );
}

describe('a mark-up deck', () => {
  it('prices a call by what its owner pays for the same call, whatever prefix that matched', () => {
    lab.setDeck('North → Acme', ['44 0 1/1 markup=500000:0.0010', '4420 0 1/1 markup=100000']);
    const plan = lab.call('Acme', '+442079460018');
    expect(perMinute(plan)).toEqual(['Acme 0.0110', 'North 0.0100']);
    expect(planned(plan).hops[0]?.rate).toMatchObject({ prefix: '4420', beatenLengths: 0b100 });
    expect(perMinute(lab.call('Acme', '+447700900123'))).toEqual(['Acme 0.0450', 'North 0.0300']);
  });

  it('adds its minimum where the per cent is less', () => {
    lab.setDeck('North → Acme', ['44 0 1/1 markup=10000:0.0050']);
    expect(perMinute(lab.call('Acme', '+442079460018'))).toEqual(['Acme 0.0150', 'North 0.0100']);
  });

  it('works at any depth, each on top of the one above', () => {
    lab.setDeck('North → South', ['44 0 1/1 markup=100000']);
    lab.setDeck('South → Birch', ['44 0 1/1 markup=100000']);
    expect(perMinute(lab.call('Birch', '+442079460018'))).toEqual([
      'Birch 0.0121',
      'South 0.0110',
      'North 0.0100',
    ]);
  });

  it('follows when the owner’s own price changes', () => {
    lab.setDeck('North → Acme', ['44 0 1/1 markup=100000']);
    lab.setDeck('Operator → North', ['44 0.0500 60/60']);
    expect(planned(lab.call('Acme', '+442079460018')).hops[0]?.rate).toMatchObject({
      nextPerMinuteNano: 55_000_000n,
      firstSeconds: 60,
    });
  });

  it('of somebody who pays nobody prices nothing', () => {
    lab.setDeck('Operator → Cedar', ['44 0 1/1 markup=100000']);
    expect(lab.call('Cedar', '+442079460018')).toMatchObject({
      kind: 'refused',
      code: 'NO_SELL_RATE',
      hopAccountId: 'Cedar',
      message: expect.stringContaining('pays nobody'),
    });
  });

  it('of a carrier is no buy rate: its figures are no prices', () => {
    lab.setDeck('buy carrier-a', ['44 0 1/1 markup=1']);
    lab.setDeck('buy carrier-b', ['44 0 1/1 markup=1']);
    expect(lab.call('Acme', '+442079460018')).toMatchObject({ code: 'NO_BUY_RATE' });
  });

  it('may block a prefix like any deck', () => {
    lab.setDeck('North → Acme', ['44 0 1/1 markup=100000', '447 0 1/1 blocked']);
    expect(lab.call('Acme', '+447700900123')).toMatchObject({ code: 'DESTINATION_BLOCKED' });
  });
});

describe('a call from a carrier', () => {
  const from = { kind: 'trunk', trunkId: 'trunk carrier-a' } as const;
  const birch = '+12025550102';

  it('is free where nobody has a reverse-billed rate for the number', () => {
    const plan = planned(lab.plan(from, birch));
    expect(plan).toMatchObject({ callClass: 'inbound', payerAccountId: null, hops: [] });
    expect(plan.buy).toBeUndefined();
  });

  it('to a number that its owner pays for is charged hop by hop, the carrier’s part to the operator', () => {
    lab.setDeck('South → Birch', ['1202 0.0300 60/60 reverse fee=0.0100']);
    lab.setDeck('North → South', ['1 0.0200 1/1 reverse']);
    lab.setDeck('Operator → North', ['1 0.0150 1/1 reverse', '12 0.9000 1/1']);
    lab.setDeck('buy carrier-a', ['1 0.0100 6/6 reverse']);
    const plan = planned(lab.plan(from, birch));
    expect(plan.payerAccountId).toBe('Birch');
    expect(perMinute(plan)).toEqual(['Birch 0.0300', 'South 0.0200', 'North 0.0150']);
    expect(plan.hops[0]?.rate).toMatchObject({ prefix: '1202', reverseBilled: true });
    expect(plan.buy).toMatchObject({ carrierId: 'carrier-a', buyerAccountId: 'Operator' });
    const cost = plan.buy && priceCall(plan.buy.rate, 61).amountMicro;
    expect(cost).toBe(11_000n);
  });

  it('leaves out the hops at which nobody is charged', () => {
    lab.setDeck('North → South', ['1 0.0200 1/1 reverse']);
    const plan = planned(lab.plan(from, birch));
    expect(plan.payerAccountId).toBe('South');
    expect(plan.hops).toMatchObject([
      { level: 1, buyerAccountId: 'South', sellerAccountId: 'North' },
    ]);
  });

  it('is marked up by the decks between like any other', () => {
    lab.setDeck('South → Birch', ['1 0 1/1 reverse markup=1000000']);
    expect(perMinute(lab.plan(from, birch))).toEqual([]);
    lab.setDeck('North → South', ['1 0.0200 1/1 reverse']);
    expect(perMinute(lab.plan(from, birch))).toEqual(['Birch 0.0400', 'South 0.0200']);
  });

  it('is refused where the reverse-billed rate is blocked, or is in another currency', () => {
    lab.setDeck('South → Birch', ['1 0.0300 1/1 reverse blocked']);
    expect(lab.plan(from, birch)).toMatchObject({ code: 'DESTINATION_BLOCKED' });
    lab.setDeck('South → Birch', ['1 0.0300 1/1 reverse']);
    lab.change('accounts', 'Birch', { currency: parseCurrency('EUR') });
    expect(lab.plan(from, birch)).toMatchObject({ code: 'NO_SELL_RATE', hopAccountId: 'Birch' });
  });

  it('counts towards what its payer may spend a day', () => {
    const limits = { ...lab.accounts.get('Birch')?.limits, maxDailySpendMicro: 1_000n };
    lab.change('accounts', 'Birch', { limits: { ...NO_LIMITS, ...limits } });
    lab.usages.set('account Birch', { spentTodayMicro: 1_000n });
    expect(lab.plan(from, birch).kind).toBe('planned');
    lab.setDeck('South → Birch', ['1 0.0300 1/1 reverse']);
    expect(lab.plan(from, birch)).toMatchObject({ code: 'LIMIT_DAILY_SPEND' });
  });
});

describe('sell and buy prefixes of different depth', () => {
  it('never leave a call unrated: each deck is matched by itself', () => {
    lab.setDeck('North → Acme', ['4 0.0500 1/1']);
    lab.setDeck('buy carrier-a', ['442079460018 0.0060 1/1']);
    lab.setDeck('buy carrier-b', ['4420 0.0070 1/1', '44 0.9000 1/1']);
    const plan = planned(lab.call('Acme', '+442079460018'));
    expect(plan.hops.map(({ rate }) => rate.prefix)).toEqual(['4', '44']);
    expect(
      plan.attempts.map((attempt) =>
        attempt.kind === 'trunk' ? attempt.buy?.rate.prefix : attempt.kind,
      ),
    ).toEqual(['442079460018', '4420']);
    for (const { rate } of plan.hops) expect(priceCall(rate, 1).amountMicro > 0n).toBe(true);
  });
});
