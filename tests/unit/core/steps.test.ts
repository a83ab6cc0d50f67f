import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCurrency } from '@/lib/core/money';
import { buildDeck, DeckBuilder } from '@/lib/core/rating/deck-table';
import type { DeckInfo, RateRow } from '@/lib/core/rating/rate';
import { sortedOrder } from '@/lib/core/rating/sorted-order';
import { atOnce, byTurns, STEP_ITEMS, type Steps } from '@/lib/core/steps';

const INFO: DeckInfo = {
  deckId: '018f0000-0000-7000-8000-000000000001',
  deckName: 'steps',
  deckVersion: 1,
  currency: parseCurrency('USD'),
  rounding: 'half_up',
};

function* counted(to: number): Steps<number> {
  for (let step = 0; step < to; step += 1) yield;
  return to;
}

/** Every prefix of five digits, as a list without any order has them. */
function shuffledRows(): RateRow[] {
  return Array.from({ length: 90_000 }, (_, index) => ({
    prefix: String(10_000 + ((index * 48_271) % 90_000)),
    destination: '',
    firstSeconds: 1,
    nextSeconds: 1,
    firstPerMinuteNano: BigInt((index * 48_271) % 90_000),
    nextPerMinuteNano: 0n,
    connectFeeMicro: 0n,
    minimumMicro: 0n,
    noChargeSeconds: 0,
    freeSeconds: 0,
    validFromMs: null,
    validToMs: null,
    blocked: false,
    reverseBilled: false,
    band: 0,
    markup: null,
  }));
}

describe('long work', () => {
  it('comes to the same at once and by turns, with a turn between any two steps', async () => {
    let turns = 0;
    const turn = async () => {
      turns += 1;
    };
    expect(atOnce(counted(5))).toBe(5);
    expect(await byTurns(counted(5), turn)).toBe(5);
    expect(turns).toBe(5);
  });

  it('is sorted in steps as it is at once, equal items as they came', () => {
    const anyValues = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 });
    fc.assert(
      fc.property(anyValues, fc.integer({ min: 1, max: 1_000 }), (some, times) => {
        const values = Array.from({ length: times }, () => some).flat();
        const compare = (left: number, right: number) => (values[left] ?? 0) - (values[right] ?? 0);
        const expected = values.map((_, index) => index).sort(compare);
        expect([...atOnce(sortedOrder(values.length, compare))]).toEqual(expected);
      }),
    );
  });

  it('builds a table of rates in steps of a bounded number of them, whatever order they come in', () => {
    const rows = shuffledRows();
    const builder = new DeckBuilder();
    for (const row of rows) builder.add(row);
    const steps = builder.steps(INFO);
    let count = 0;
    let result = steps.next();
    for (; !result.done; result = steps.next()) count += 1;
    // Sorting, arranging, linking and indexing each go through all of them.
    expect(count).toBeGreaterThan((4 * rows.length) / STEP_ITEMS - 4);
    const table = result.value;
    const sorted = buildDeck(
      INFO,
      rows.toSorted((one, other) => (one.prefix < other.prefix ? -1 : 1)),
    );
    for (let index = 0; index < 90_000; index += 97) {
      const number = `${10_000 + index}1234`;
      const match = table.lookup(number, 0);
      expect(match?.rate.firstPerMinuteNano).toBe(BigInt(index));
      expect(match).toEqual(sorted.lookup(number, 0));
    }
  });
});
