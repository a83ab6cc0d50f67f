import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { createAccount } from '@/lib/services/accounts/create-account';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { createDeck } from '@/lib/services/decks/create-deck';
import { createExchangeRate } from '@/lib/services/exchange-rates/create-exchange-rate';
import { listExchangeRates } from '@/lib/services/exchange-rates/list-exchange-rates';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

/** Of this suite alone: what is said of a moment must not depend on today. */
const clock = new ManualClock(Date.UTC(2026, 10, 28));
const operatorNow = () => ({ ...tree.operator.as(), clock });

const EUR_USD = { base: 'EUR', quote: 'USD' } as const;

describe('what currencies are worth', () => {
  it('is said once for a moment; saying it again changes nothing, another rate is refused', async () => {
    const operator = operatorNow();
    const validFrom = '2026-12-01T00:00:00.000Z';
    const first = await createExchangeRate(operator, { ...EUR_USD, rate: '1.0845', validFrom });
    expect(first).toMatchObject({ rate: '1.0845', isCurrent: false, validFrom });
    const again = await createExchangeRate(operator, { ...EUR_USD, rate: '1.08450', validFrom });
    expect(again.id).toBe(first.id);
    const other = createExchangeRate(operator, { ...EUR_USD, rate: '1.09', validFrom });
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is never said of the past, of nothing, or of a currency in itself', async () => {
    const operator = operatorNow();
    for (const wrong of [
      { ...EUR_USD, rate: '1.1', validFrom: '2020-01-01T00:00:00.000Z' },
      { ...EUR_USD, rate: '0' },
      { ...EUR_USD, rate: '-1' },
      { ...EUR_USD, rate: '1.1234567891' },
      { base: 'USD', quote: 'USD', rate: '1' },
    ]) {
      await expect(createExchangeRate(operator, wrong)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    }
  });

  it('is current from its moment on, until a newer one is', async () => {
    const operator = operatorNow();
    const pair = { base: 'GBP', quote: 'USD' } as const;
    const first = await createExchangeRate(operator, { ...pair, rate: '1.25' });
    clock.advance(1_000);
    const second = await createExchangeRate(operator, { ...pair, rate: '1.26', source: 'ECB' });
    const { items } = await listExchangeRates(operator, pair);
    expect(items.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [second.id, true],
      [first.id, false],
    ]);
  });

  it('is the operator’s business alone', async () => {
    for (const who of [tree.reseller.as(), tree.acme.as()]) {
      await expect(listExchangeRates(who)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      const said = createExchangeRate(who, { ...EUR_USD, rate: '2' });
      await expect(said).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });
});

describe('an account with a wallet in another currency', () => {
  it('buys at a deck whose currency is known there, and at no other', async () => {
    const reseller = tree.reseller.as();
    const deck = await createDeck(reseller, {
      ...{ kind: 'sell', name: 'in yen', currency: 'JPY' },
      rates: [{ prefix: '44', destination: 'UK', perMinute: '3', first: 1, next: 1 }],
    });
    const account = await createAccount(reseller, {
      ...{ kind: 'customer', name: 'Paris', currency: 'EUR' },
    });
    const change = () => updateAccount(reseller, account.id, { sellDeckId: deck.id });
    await expect(change()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await createExchangeRate(operatorNow(), { base: 'EUR', quote: 'JPY', rate: '160' });
    expect((await change()).sellDeck).toMatchObject({ id: deck.id });
  });

  it('says itself below what margin it does not sell; its seller does not', async () => {
    const own = tree.reseller.as();
    const set = await updateAccount(own, tree.reseller.id, { marginFloor: '0.01' });
    expect(set.marginFloor).toEqual({ amount: '0.010000', currency: 'USD' });
    const off = await updateAccount(tree.operator.as(), tree.reseller.id, { marginFloor: null });
    expect(off.marginFloor).toBeNull();
    const child = updateAccount(own, tree.acme.id, { marginFloor: '1' });
    await expect(child).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
