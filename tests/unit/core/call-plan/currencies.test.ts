import { beforeEach, describe, expect, it } from 'vitest';
import type { CallPlan, PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { parseCurrency, parseDecimal } from '@/lib/core/money';
import { Lab } from './lab';

/** Chains whose accounts have wallets in different currencies. */
const LONDON = '+442079460018';

let lab: Lab;

beforeEach(() => {
  lab = new Lab();
});

function worth(base: string, quote: string, rate: string): void {
  const rateNano = parseDecimal(rate, 9);
  lab.exchange.put({ id: `${base}${quote}${rate}`, base, quote, rateNano, validFromMs: 0 });
}

function planned(plan: CallPlan): PlannedCall {
  if (plan.kind === 'refused') throw new Error(plan.message);
  return plan;
}

function refused(plan: CallPlan): RefusedCall {
  if (plan.kind === 'planned') throw new Error('it was planned');
  return plan;
}

describe('an account with a wallet in another currency than its deck', () => {
  it('is charged in its own, the exchange rate pinned with the rate', () => {
    lab.change('accounts', 'Acme', { currency: parseCurrency('EUR') });
    worth('USD', 'EUR', '0.9');
    const [payer, reseller] = planned(lab.call('Acme', LONDON)).hops;
    expect(payer?.rate).toMatchObject({
      currency: 'EUR',
      fx: { deckCurrency: 'USD', rateNano: 900_000_000n },
    });
    // 300 s at 0.0200 are 0.1 dollars.
    expect(payer?.price300Micro).toBe(90_000n);
    expect(reseller?.rate).not.toHaveProperty('fx');
  });

  it('is held to its limits in its own money', () => {
    lab.change('accounts', 'Acme', {
      currency: parseCurrency('EUR'),
      limits: { ...NO_LIMITS, maxPerMinuteNano: 15_000_000n },
    });
    // 0.02 dollars are 0.018 euros, more than the 0.015 that are allowed.
    worth('USD', 'EUR', '0.9');
    expect(refused(lab.call('Acme', LONDON)).code).toBe('LIMIT_RATE');
    // And 0.014 once a dollar is worth less.
    lab = new Lab();
    lab.change('accounts', 'Acme', {
      currency: parseCurrency('EUR'),
      limits: { ...NO_LIMITS, maxPerMinuteNano: 15_000_000n },
    });
    worth('USD', 'EUR', '0.7');
    worth('EUR', 'USD', '1.43');
    expect(lab.call('Acme', LONDON).kind).toBe('planned');
  });

  it('is sold nothing while nobody knows what its money is worth', () => {
    lab.change('accounts', 'Acme', { currency: parseCurrency('EUR') });
    const refusal = refused(lab.call('Acme', LONDON));
    expect(refusal).toMatchObject({ code: 'NO_SELL_RATE', hopAccountId: 'Acme' });
    expect(refusal.message).toContain('no exchange rate');
  });

  it('guards the margin of its seller in the money that the seller pays in', () => {
    lab.change('accounts', 'Acme', { currency: parseCurrency('EUR') });
    worth('USD', 'EUR', '0.9');
    worth('EUR', 'USD', '0.4');
    // Acme pays 0.09 euros that are worth 0.036 dollars, and North pays 0.05.
    expect(refused(lab.call('Acme', LONDON))).toMatchObject({
      code: 'MARGIN_NEGATIVE',
      hopAccountId: 'North',
    });
  });
});

describe('a carrier that charges in another currency', () => {
  const inEuros = (name: string, line: string) => {
    lab.setDeck(name, [line]);
    const deck = lab.deckMap.get(name);
    if (!deck) throw new Error('no deck');
    const { info } = deck;
    const currency = parseCurrency('EUR');
    lab.deckMap.set(name, {
      info: { ...info, currency },
      lookup: (digits, atMs, paidBy) => {
        const match = deck.lookup(digits, atMs, paidBy);
        return match && { ...match, rate: { ...match.rate, currency } };
      },
    });
  };

  it('is compared in the operator’s money, and paid in its own', () => {
    inEuros('buy carrier-b', '44 0.0052 1/1');
    worth('EUR', 'USD', '1.2');
    const plan = planned(lab.call('Acme', LONDON));
    // 300 s: 0.026 euros are 0.0312 dollars, more than the 0.03 of carrier-a.
    expect(plan.attempts.map((one) => (one.kind === 'trunk' ? one.cost300Micro : 0n))).toEqual([
      30_000n,
      31_200n,
    ]);
    const dearer = plan.attempts[1];
    expect(dearer?.kind === 'trunk' ? dearer.buy?.rate.currency : null).toBe('EUR');
  });

  it('is skipped while nobody knows what it costs', () => {
    inEuros('buy carrier-b', '44 0.0052 1/1');
    const plan = planned(lab.call('Acme', LONDON));
    expect(plan.skipped).toMatchObject([{ trunkName: 'carrier-b', reason: 'CURRENCY_MISMATCH' }]);
  });
});
