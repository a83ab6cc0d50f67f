import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import { formatPerMinute, parseCurrency } from '@/lib/core/money';
import { Lab } from './lab';

/** An account may have rates of its own, in a second deck: they count before its sell deck. */
const LONDON = '+442079460018';
const MOBILE = '+447700900123';

let lab: Lab;

beforeEach(() => {
  lab = new Lab();
});

/** Gives somebody a deck of its own rates. */
function give(name: string, lines: readonly string[]): void {
  const ownDeckId = `own ${name}`;
  lab.setDeck(ownDeckId, lines);
  lab.change('accounts', name, { ownDeckId });
}

function planned(plan: ReturnType<Lab['call']>): PlannedCall {
  if (plan.kind !== 'planned') throw new Error(`${plan.code}: ${plan.message}`);
  return plan;
}

function refused(plan: ReturnType<Lab['call']>): RefusedCall {
  if (plan.kind !== 'refused') throw new Error('it was planned');
  return plan;
}

/** From the payer up: buyer, price a minute, prefix. */
function prices(plan: ReturnType<Lab['call']>): string[] {
  return planned(plan).hops.map(
    ({ buyerAccountId, rate }) =>
      `${buyerAccountId} ${formatPerMinute(rate.nextPerMinuteNano)} ${rate.prefix}`,
  );
}

describe('a rate of an account’s own', () => {
  it('counts, however much longer the prefix of its sell deck is', () => {
    give('Acme', ['4 0.0111 1/1']);
    lab.setDeck('North → Acme', ['44 0.0200 1/1', '44207946 0.0900 1/1']);
    const [hop] = planned(lab.call('Acme', LONDON)).hops;
    expect(hop?.rate).toMatchObject({ deckId: 'own Acme', deckName: 'own Acme', prefix: '4' });
    expect(prices(lab.call('Acme', LONDON))).toEqual(['Acme 0.0111 4', 'North 0.0100 44']);
  });

  it('is the one with the longest prefix among its own', () => {
    give('Acme', ['44 0.0111 1/1', '4420 0.0122 1/1']);
    expect(prices(lab.call('Acme', LONDON))[0]).toBe('Acme 0.0122 4420');
  });

  it('leaves everything else to the sell deck, also once it is over', () => {
    give('Acme', ['4420 0.0111 1/1', '447 0.0222 1/1 over']);
    expect(prices(lab.call('Acme', MOBILE))[0]).toBe('Acme 0.0500 447');
    expect(prices(lab.call('Acme', '+12125550199'))[0]).toBe('Acme 0.0150 1');
  });

  it('refuses what it blocks, whatever the sell deck has', () => {
    give('Acme', ['44 0 1/1 blocked']);
    expect(refused(lab.call('Acme', LONDON))).toMatchObject({
      code: 'DESTINATION_BLOCKED',
      hopAccountId: 'Acme',
      message: 'North blocks +44… for Acme in "own Acme"',
    });
  });

  it('opens what the sell deck blocks', () => {
    lab.setDeck('North → Acme', ['44 0.0200 1/1', '4420 0 1/1 blocked']);
    expect(refused(lab.call('Acme', LONDON)).code).toBe('DESTINATION_BLOCKED');
    give('Acme', ['44 0.0111 1/1']);
    expect(prices(lab.call('Acme', LONDON))[0]).toBe('Acme 0.0111 44');
  });

  it('is enough without a sell deck, for what it covers', () => {
    give('Acme', ['44 0.0111 1/1']);
    lab.change('accounts', 'Acme', { sellDeckId: null });
    expect(prices(lab.call('Acme', LONDON))[0]).toBe('Acme 0.0111 44');
    expect(refused(lab.call('Acme', '+12125550199'))).toMatchObject({
      code: 'NO_SELL_RATE',
      hopAccountId: 'Acme',
      message: expect.stringContaining('no prefix of "own Acme" matches'),
    });
  });

  it('and one of its sell deck are both told to be missing', () => {
    give('Acme', ['43 0.0111 1/1']);
    lab.setDeck('North → Acme', ['1 0.0200 1/1']);
    expect(refused(lab.call('Acme', LONDON)).message).toContain(
      'no prefix of "own Acme" or "North → Acme" matches',
    );
  });

  it('is nobody else’s who buys at the same sell deck', () => {
    lab.change('accounts', 'Cedar', { parentId: 'North', sellDeckId: 'North → Acme' });
    const before = prices(lab.call('Cedar', LONDON));
    give('Acme', ['44 0.0111 1/1']);
    expect(prices(lab.call('Cedar', LONDON))).toEqual(before);
    expect(before[0]).toBe('Cedar 0.0200 44');
    give('Cedar', ['44 0.0333 1/1']);
    expect(prices(lab.call('Acme', LONDON))[0]).toBe('Acme 0.0111 44');
    expect(prices(lab.call('Cedar', LONDON))[0]).toBe('Cedar 0.0333 44');
  });

  it('stands at every hop by itself', () => {
    give('South', ['442 0.0140 1/1']);
    expect(prices(lab.call('Birch', LONDON))).toEqual([
      'Birch 0.0300 44',
      'South 0.0140 442',
      'North 0.0100 44',
    ]);
    give('Birch', ['44 0.0290 1/1']);
    give('North', ['4 0.0090 1/1']);
    expect(prices(lab.call('Birch', LONDON))).toEqual([
      'Birch 0.0290 44',
      'South 0.0140 442',
      'North 0.0090 4',
    ]);
  });

  it('may be a mark-up on what the seller pays, at rates of its own or not', () => {
    give('Acme', ['44 0 1/1 markup=500000']);
    expect(prices(lab.call('Acme', LONDON))[0]).toBe('Acme 0.0150 44');
    give('North', ['44 0.0080 1/1']);
    expect(prices(lab.call('Acme', LONDON))[0]).toBe('Acme 0.0120 44');
  });

  it('is guarded against a loss like any other, and never passed over for a dearer one', () => {
    give('Acme', ['44 0.0090 1/1']);
    expect(refused(lab.call('Acme', LONDON))).toMatchObject({
      code: 'MARGIN_NEGATIVE',
      hopAccountId: 'North',
    });
  });

  it('in a currency that nobody has a rate for refuses, and is not passed over', () => {
    lab.change('accounts', 'Acme', { currency: parseCurrency('EUR') });
    give('Acme', ['44 0.0111 1/1']);
    const refusal = refused(lab.call('Acme', LONDON));
    expect(refusal).toMatchObject({ code: 'NO_SELL_RATE', hopAccountId: 'Acme' });
    expect(refusal.message).toContain('"own Acme" is in USD, not EUR');
  });

  it('of a deck without a live version does not count yet', () => {
    lab.change('accounts', 'Acme', { ownDeckId: 'a draft' });
    expect(prices(lab.call('Acme', LONDON))[0]).toBe('Acme 0.0200 44');
  });
});

it('for any two decks: the longest of its own, or else the longest of the sell deck', () => {
  const digits = LONDON.slice(1);
  const prefixes = fc.uniqueArray(fc.integer({ min: 0, max: digits.length }), { maxLength: 4 });
  // Prices say whose they are: the length in the last digits, above them the deck.
  const lines = (deck: 1 | 2, lengths: readonly number[]) => [
    `999 0.${deck}999 1/1`,
    ...lengths.map((length) => `${digits.slice(0, length)} 0.${deck}0${`${length + 10}`} 1/1`),
  ];
  fc.assert(
    fc.property(prefixes, prefixes, (own, shared) => {
      give('Acme', lines(1, own));
      lab.setDeck('North → Acme', lines(2, shared));
      const plan = lab.call('Acme', LONDON);
      const counts = own.length > 0 ? own : shared;
      if (counts.length === 0) return refused(plan).code === 'NO_SELL_RATE';
      const price = `0.${own.length > 0 ? 1 : 2}0${Math.max(...counts) + 10}`;
      expect(prices(plan)[0]).toBe(`Acme ${price} ${digits.slice(0, Math.max(...counts))}`);
      return true;
    }),
    { numRuns: 200 },
  );
});

describe('a number that its owner pays for', () => {
  const from = { kind: 'trunk', trunkId: 'trunk carrier-a' } as const;
  const birch = '+12025550102';

  it('is charged at its own rates first', () => {
    lab.setDeck('South → Birch', ['1202555 0.0300 60/60 reverse']);
    give('Birch', ['1 0.0250 1/1 reverse', '12025 0.9000 1/1']);
    expect(prices(lab.plan(from, birch))).toEqual(['Birch 0.0250 1']);
  });

  it('is charged by the sell deck where its own rates are of calls that it makes', () => {
    lab.setDeck('South → Birch', ['1 0.0300 60/60 reverse']);
    give('Birch', ['1202 0.9000 1/1']);
    expect(prices(lab.plan(from, birch))).toEqual(['Birch 0.0300 1']);
  });
});

describe('the group of routes', () => {
  it('is that of the sell deck, whichever deck the price is of', () => {
    const asked = vi.spyOn(lab.directory, 'routeGroupFor');
    give('North', ['44 0.0090 1/1']);
    expect(lab.call('Acme', LONDON).kind).toBe('planned');
    expect(asked).toHaveBeenLastCalledWith('Operator → North');
  });

  it('is that of its own rates’ deck where it has no other', () => {
    const asked = vi.spyOn(lab.directory, 'routeGroupFor');
    give('North', ['44 0.0090 1/1']);
    lab.change('accounts', 'North', { sellDeckId: null });
    expect(lab.call('Acme', LONDON).kind).toBe('planned');
    expect(asked).toHaveBeenLastCalledWith('own North');
  });
});
