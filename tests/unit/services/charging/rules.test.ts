import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOfGrant } from '@/lib/core/rating/grants';
import type { PricedTerms } from '@/lib/core/rating/price';
import {
  type Ask,
  type AskedHop,
  decideHolds,
  priceResult,
  recoveredSeconds,
} from '@/lib/services/charging/rules';
import { chainOf, rateOf, resultOf, sampleCall } from '@/tests/support/money-world';

const PER_SECOND = rateOf('0.0600 1/1');
const PER_MINUTE = rateOf('0.0600 60/60');

const hop = (walletId: string, rate: PricedTerms = PER_SECOND, heldMicro = 0n): AskedHop => ({
  walletId,
  rate,
  heldMicro,
  activeCalls: 1,
});

const ask = (hops: readonly AskedHop[], terms: Partial<Ask> = {}): Ask => ({
  hops,
  grantedSeconds: 0,
  maxSeconds: 86_400,
  ...terms,
});

const granted = (seconds: number, final: boolean, ...heldMicro: bigint[]) => ({
  kind: 'granted',
  grantedSeconds: seconds,
  final,
  reachSeconds: final ? seconds : expect.any(Number),
  heldMicro,
});

describe('a group of calls', () => {
  it('is decided in order: a call sees what the ones before it took', () => {
    const funds = new Map([['w', 100_000n]]);
    const decisions = decideHolds(funds, [ask([hop('w')]), ask([hop('w')]), ask([hop('w')])]);
    expect(decisions[0]).toEqual(granted(25, false, 25_000n));
    expect(decisions[1]).toEqual(granted(18, false, 18_000n));
    expect(funds.get('w')).toBe(100_000n);
  });

  it('gives a call all of its hops or none', () => {
    const funds = new Map([
      ['rich', 1_000_000n],
      ['poor', 0n],
    ]);
    const [first, second] = decideHolds(funds, [
      ask([hop('rich'), hop('poor')]),
      ask([hop('rich')]),
    ]);
    expect(first).toEqual({ kind: 'refused', hop: 1 });
    // Nothing of the refused call was taken from the rich wallet.
    expect(second).toEqual(granted(60, false, 60_000n));
  });

  it('refuses what would not last the first increment that its payer is billed', () => {
    const funds = new Map([
      ['payer', 1_000_000n],
      ['reseller', 6_000n],
    ]);
    const [decision] = decideHolds(funds, [ask([hop('payer', PER_MINUTE), hop('reseller')])]);
    expect(decision).toEqual({ kind: 'refused', hop: 1 });
  });

  it('lets a call that nobody pays last as long as it may', () => {
    expect(decideHolds(new Map(), [ask([], { maxSeconds: 900 })])).toEqual([granted(900, true)]);
  });

  it('never takes back what was granted, even where the wallet sank below nothing', () => {
    const [decision] = decideHolds(new Map([['w', -500_000n]]), [
      ask([hop('w', PER_SECOND, 60_000n)], { grantedSeconds: 60 }),
    ]);
    expect(decision).toEqual(granted(60, true, 60_000n));
  });

  it('refuses a wallet that is not there', () => {
    expect(decideHolds(new Map(), [ask([hop('nowhere')])])).toEqual([{ kind: 'refused', hop: 0 }]);
  });

  it('never reserves more than is available in any wallet, and covers the cost of what it grants', () => {
    const wallet = fc.constantFrom('a', 'b', 'c');
    const rate = fc.constantFrom(
      PER_SECOND,
      PER_MINUTE,
      rateOf('0.0200 30/6'),
      rateOf('1 6/6', '0.01'),
    );
    const oneAsk = fc
      .uniqueArray(wallet, { minLength: 1, maxLength: 3 })
      .chain((ids) => fc.tuple(...ids.map((id) => fc.tuple(fc.constant(id), rate))))
      .map((pairs) => ask(pairs.map(([id, of]) => hop(id, of))));
    const funds = fc.dictionary(wallet, fc.bigInt({ min: 0n, max: 5_000_000n }));
    fc.assert(
      fc.property(funds, fc.array(oneAsk, { maxLength: 40 }), (available, asks) => {
        const before = new Map(Object.entries(available));
        const left = new Map(before);
        for (const [index, decision] of decideHolds(before, asks).entries()) {
          if (decision.kind === 'refused') continue;
          for (const [place, of] of (asks[index]?.hops ?? []).entries()) {
            const held = decision.heldMicro[place] ?? 0n;
            expect(held).toBe(costOfGrant(of.rate, decision.grantedSeconds));
            left.set(of.walletId, (left.get(of.walletId) ?? 0n) - held);
          }
        }
        for (const rest of left.values()) expect(rest).toBeGreaterThanOrEqual(0n);
      }),
    );
  });
});

describe('the price of a call that is over', () => {
  const buyer = { id: 'customer', parentId: 'seller', path: '/', walletId: 'w', currency: 'USD' };
  const call = () => sampleCall(chainOf([{ buyer, rate: PER_SECOND }]), null, 0);

  it('is never rated beyond what was granted', () => {
    const priced = priceResult(resultOf(call(), 75), 60);
    expect(priced.ratedSeconds).toBe(60);
    expect(priced.hops[0]?.amountMicro).toBe(60_000n);
  });

  it('is nothing where nobody answered', () => {
    expect(priceResult(resultOf(call(), 0), 60)).toEqual({ ratedSeconds: 0, hops: [] });
  });

  it('has the carrier’s cost as its last hop', () => {
    const buy = { carrierId: 'carrier', buyerAccountId: 'operator', rate: rateOf('0.0055 1/1') };
    const priced = priceResult(resultOf({ ...call(), buy }, 32), 60);
    expect(priced.hops.at(-1)).toMatchObject({
      hop: 1,
      carrierId: 'carrier',
      sellerAccountId: null,
      amountMicro: 2_933n,
    });
  });

  it('has its connect fee once, however many routes were tried', () => {
    const rate = rateOf('0.0600 1/1', '0.0500');
    const dear = sampleCall(chainOf([{ buyer, rate }]), null, 0);
    const amounts = [1, 4].map(
      (attempts) => priceResult({ ...resultOf(dear, 10), attempts }, 60).hops[0]?.amountMicro,
    );
    expect(amounts).toEqual([60_000n, 60_000n]);
  });

  it('is that of the bands of its answer, and so is what is stored with it', () => {
    const span = (fromMs: number, name: string, nano: bigint) => {
      return { fromMs, name, firstPerMinuteNano: nano, nextPerMinuteNano: nano };
    };
    const bandSpans = [span(0, 'peak', 120_000_000n), span(11_000, 'evening', 60_000_000n)];
    const rate = { ...PER_SECOND, bandSpans };
    // `resultOf` answers 1 s after the start.
    const banded = sampleCall(chainOf([{ buyer, rate }]), null, 0);
    const [charged] = priceResult(resultOf(banded, 30), 60).hops;
    expect(charged?.amountMicro).toBe(10n * 2_000n + 20n * 1_000n);
    expect(charged?.rate.bandSpans?.map(({ fromMs }) => fromMs)).toEqual([1_000, 11_000]);
  });

  it('is refused where money is due and nothing was granted', () => {
    expect(() => priceResult(resultOf(call(), 5), null)).toThrow(/granted/);
  });
});

describe('a call whose node died', () => {
  const at = (heartbeat: number | null) =>
    recoveredSeconds({
      answeredAtMs: heartbeat === null ? null : 10_000,
      lastHeartbeatMs: heartbeat ?? 0,
      grantedSeconds: 60,
    });

  it('is charged to the last heartbeat, at least a second, never more than was granted', () => {
    expect(at(42_000)).toBe(32);
    expect(at(500_000)).toBe(60);
    expect(at(4_000)).toBe(1);
    expect(at(null)).toBe(0);
  });
});
