import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { parseCurrency, parseDecimal } from '@/lib/core/money';
import type { Rate } from '@/lib/core/rating/rate';
import type { ServiceContext } from '@/lib/services/context';
import { getMargins } from '@/lib/services/margins/get-margins';
import { type MoneyWorld, openMoneyWorld } from '@/tests/integration/charging/world';
import {
  type Buyer,
  chainOf,
  holdOf,
  makeBuyers,
  rateOf,
  resultOf,
  sampleCall,
} from '@/tests/support/money-world';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let world: MoneyWorld;
let customer: Buyer;
let other: Buyer;
let reseller: Buyer;
let carrierId: string;

const PERIOD = { from: '2020-01-01T00:00:00.000Z', to: '2020-12-31T00:00:00.000Z' };

beforeAll(async () => {
  world = await openMoneyWorld();
  tree = await plantTree();
  const rich = { balance: '100' };
  const [parent] = await makeBuyers(world.database, world.operator, [
    { kind: 'reseller', ...rich },
  ]);
  if (!parent) throw new Error('no reseller');
  reseller = parent;
  const children = await makeBuyers(world.database, reseller, [
    { kind: 'customer', ...rich },
    { kind: 'customer', ...rich },
  ]);
  const [one, two] = children;
  if (!one || !two) throw new Error('no customers');
  [customer, other] = [one, two];
  carrierId = newId();
  await world.database.prisma.carrier.create({
    data: { id: carrierId, accountId: world.operator.id, name: 'carrier' },
  });
});

afterAll(async () => {
  await tree.close();
  await world.close();
});

function seller(account: { id: string; path: string }, kind: 'operator' | 'reseller' | 'customer') {
  const context: ServiceContext = tree.operator.as();
  return {
    ...context,
    database: world.database,
    actor: {
      ...context.actor,
      accountId: account.id as Uuid,
      accountPath: account.path,
      accountKind: kind,
    },
  };
}

async function call(
  buyer: Buyer,
  { destination, seconds }: { destination: string; seconds: number },
  buy?: Partial<Rate>,
) {
  const { charging } = await world.start();
  const sold = (text: string): Rate => ({ ...rateOf(text), destination });
  const hops = chainOf([
    { buyer, rate: sold('0.0300 1/1') },
    { buyer: reseller, rate: sold('0.0200 1/1') },
  ]);
  const bought = {
    carrierId,
    buyerAccountId: world.operator.id,
    rate: { ...rateOf('0.0100 1/1'), destination: 'as the carrier calls it', ...buy },
  };
  const made = sampleCall(hops, bought, world.clock.nowMs());
  await charging.hold(holdOf(made));
  await charging.settle(resultOf(made, seconds));
}

describe('margins', () => {
  const period = () => {
    const now = world.clock.nowMs();
    return {
      from: new Date(now - 3_600_000).toISOString(),
      to: new Date(now + 3_600_000).toISOString(),
    };
  };

  it('are what each seller was paid, less what it paid, by destination and by buyer', async () => {
    await call(customer, { destination: 'UK', seconds: 60 });
    await call(customer, { destination: 'UK', seconds: 30 });
    await call(other, { destination: 'France', seconds: 30 });
    const own = await getMargins(seller(reseller, 'reseller'), { by: 'destination', ...period() });
    expect(own.total).toEqual({
      calls: 3,
      seconds: 120,
      revenue: { amount: '0.060000', currency: 'USD' },
      cost: { amount: '0.040000', currency: 'USD' },
      margin: { amount: '0.020000', currency: 'USD' },
      share: '0.3333',
    });
    expect(own.rows).toMatchObject([
      { name: 'UK', calls: 2, seconds: 90, margin: { amount: '0.015000' } },
      { name: 'France', calls: 1, margin: { amount: '0.005000' } },
    ]);
    const byAccount = await getMargins(seller(reseller, 'reseller'), {
      by: 'account',
      ...period(),
    });
    expect(byAccount.rows.map(({ id, calls }) => [id, calls])).toEqual([
      [customer.id, 2],
      [other.id, 1],
    ]);
    const operator = seller(world.operator, 'operator');
    const byCarrier = await getMargins(operator, { by: 'carrier', ...period() });
    expect(byCarrier.rows).toMatchObject([
      {
        id: carrierId,
        name: 'carrier',
        revenue: { amount: '0.040000' },
        cost: { amount: '0.020000' },
      },
    ]);
  });

  it('of another period are none, and carriers are the operator’s business', async () => {
    const none = await getMargins(seller(reseller, 'reseller'), PERIOD);
    expect(none).toMatchObject({ rows: [], total: { calls: 0, share: null }, hasMore: false });
    const asked = getMargins(seller(reseller, 'reseller'), { by: 'carrier', ...PERIOD });
    await expect(asked).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const customers = getMargins(seller(customer, 'customer'), PERIOD);
    await expect(customers).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const wrong = getMargins(seller(reseller, 'reseller'), { from: PERIOD.to, to: PERIOD.from });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('of charges in another currency are converted as of their day, or counted as not converted', async () => {
    const operator = seller(world.operator, 'operator');
    const before = await getMargins(operator, period());
    await call(customer, { destination: 'UK', seconds: 60 }, { currency: parseCurrency('EUR') });
    expect(await getMargins(operator, period())).toMatchObject({ unconverted: 1 });
    await world.database.prisma.exchangeRate.create({
      data: {
        ...{ id: newId(), accountId: world.operator.id, base: 'USD', quote: 'EUR' },
        rateNano: parseDecimal('0.8', 9),
        validFrom: new Date(world.clock.nowMs() - 7_200_000),
      },
    });
    const after = await getMargins(operator, period());
    expect(after.unconverted).toBe(0);
    // 0.01 euros are 0.0125 dollars.
    const more = Number(after.total.cost.amount) - Number(before.total.cost.amount);
    expect(more).toBeCloseTo(0.0125, 6);
  });
});
