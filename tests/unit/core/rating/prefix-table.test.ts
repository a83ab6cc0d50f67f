import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCurrency } from '@/lib/core/money';
import { buildDeck } from '@/lib/core/rating/deck-table';
import { beatenPrefixes, type DeckInfo, type RateRow } from '@/lib/core/rating/rate';

const info: DeckInfo = {
  deckId: 'deck',
  deckName: 'Deck',
  deckVersion: 7,
  currency: parseCurrency('USD'),
  rounding: 'half_up',
};

function row(prefix: string, terms: Partial<RateRow> = {}): RateRow {
  return {
    prefix,
    destination: `to ${prefix}`,
    firstSeconds: 1,
    nextSeconds: 1,
    firstPerMinuteNano: 1n,
    nextPerMinuteNano: 2n,
    connectFeeMicro: 3n,
    minimumMicro: 4n,
    noChargeSeconds: 5,
    freeSeconds: 6,
    validFromMs: null,
    validToMs: null,
    blocked: false,
    reverseBilled: false,
    band: 0,
    markup: null,
    ...terms,
  };
}

const at = 1_000;

/** The definition, without any cleverness: longest prefix, then newest, then last listed. */
function naive(rows: readonly RateRow[], digits: string, atMs: number) {
  const matching = rows
    .map((candidate, index) => ({ candidate, index }))
    .filter(
      ({ candidate }) =>
        digits.startsWith(candidate.prefix) &&
        (candidate.validFromMs ?? Number.NEGATIVE_INFINITY) <= atMs &&
        atMs < (candidate.validToMs ?? Number.POSITIVE_INFINITY),
    )
    .sort(
      (left, right) =>
        right.candidate.prefix.length - left.candidate.prefix.length ||
        (right.candidate.validFromMs ?? -1e9) - (left.candidate.validFromMs ?? -1e9) ||
        right.index - left.index,
    )
    .map(({ candidate }) => candidate);
  const best = matching[0];
  if (!best) return undefined;
  const beaten = new Set(matching.map(({ prefix }) => prefix));
  beaten.delete(best.prefix);
  return { best, beaten: [...beaten] };
}

describe('a prefix table', () => {
  it('gives the whole rate, the deck it stands in, and the prefixes that it beat', () => {
    const table = buildDeck(info, [row('447'), row('4'), row('44'), row('1')]);
    expect(table.lookup('447700900123', at)).toEqual({
      blocked: false,
      markup: null,
      rate: {
        ...info,
        prefix: '447',
        destination: 'to 447',
        firstSeconds: 1,
        nextSeconds: 1,
        firstPerMinuteNano: 1n,
        nextPerMinuteNano: 2n,
        connectFeeMicro: 3n,
        minimumMicro: 4n,
        noChargeSeconds: 5,
        freeSeconds: 6,
        beatenLengths: 0b110,
      },
    });
  });

  it('finds nothing where no prefix matches', () => {
    const table = buildDeck(info, [row('447'), row('882')]);
    expect(table.lookup('442079460018', at)).toBeUndefined();
    expect(table.lookup('44', at)).toBeUndefined();
    expect(table.lookup('', at)).toBeUndefined();
    expect(table.lookup('44x', at)).toBeUndefined();
    expect(buildDeck(info, []).lookup('44', at)).toBeUndefined();
  });

  it('takes the empty prefix for everything else', () => {
    const table = buildDeck(info, [row(''), row('44')]);
    expect(table.lookup('4930', at)?.rate.prefix).toBe('');
    expect(table.lookup('4420', at)?.rate.beatenLengths).toBe(1);
  });

  it('takes, of one prefix, the newest rate in effect', () => {
    const table = buildDeck(info, [
      row('44', { destination: 'future', validFromMs: 2_000 }),
      row('44', { destination: 'old', validFromMs: 0 }),
      row('44', { destination: 'current', validFromMs: 500 }),
    ]);
    expect(table.lookup('4420', 499)?.rate.destination).toBe('old');
    expect(table.lookup('4420', 500)?.rate.destination).toBe('current');
    expect(table.lookup('4420', 2_000)?.rate.destination).toBe('future');
    expect(table.lookup('4420', 1_000)?.rate.beatenLengths).toBe(0);
  });

  it('lets the shorter prefix take over when a rate has ended, half-open', () => {
    const table = buildDeck(info, [row('44'), row('447', { validToMs: 1_000 })]);
    expect(table.lookup('447700', 999)?.rate.prefix).toBe('447');
    expect(table.lookup('447700', 1_000)?.rate.prefix).toBe('44');
  });

  it('lets no shorter prefix take over from a blocked one', () => {
    const table = buildDeck(info, [row('44'), row('447', { blocked: true })]);
    expect(table.lookup('447700', at)).toMatchObject({ blocked: true, rate: { prefix: '447' } });
  });

  it.each([
    ['letters in the prefix', row('44a')],
    ['sixteen digits', row('1'.repeat(16))],
    ['a next increment of 0', row('44', { nextSeconds: 0 })],
    ['a fraction of a second', row('44', { firstSeconds: 0.5 })],
    ['a negative rate', row('44', { nextPerMinuteNano: -1n })],
    ['a negative fee', row('44', { connectFeeMicro: -1n })],
    ['more than an hour free', row('44', { freeSeconds: 3_601 })],
    ['a band that no plan can have', row('44', { band: 32 })],
    [
      'a mark-up of less than nothing',
      row('44', { markup: { ppm: -1, minimumPerMinuteNano: 0n } }),
    ],
  ])('refuses %s', (_, bad) => {
    expect(() => buildDeck(info, [bad])).toThrow(/rate/);
  });

  it('answers as a search through all rows would, whatever order they came in', () => {
    const digit = fc.constantFrom('0', '1', '4', '9');
    const digits = (maxLength: number) =>
      fc.array(digit, { maxLength }).map((list) => list.join(''));
    const time = fc.constantFrom(null, 0, 10, 20);
    const anyRow = fc
      .record({ prefix: digits(15), validFromMs: time, validToMs: time, blocked: fc.boolean() })
      .chain((terms) =>
        fc
          .integer({ min: 0, max: 9 })
          .map((n) => row(terms.prefix, { ...terms, destination: `${n}` })),
      );
    const rows = fc.oneof(
      fc.array(anyRow, { maxLength: 60 }),
      fc.array(
        anyRow.map((each) => ({ ...each, prefix: each.prefix.slice(0, 3) })),
        { maxLength: 60 },
      ),
    );
    fc.assert(
      fc.property(rows, fc.array(digits(18), { maxLength: 20 }), (list, numbers) => {
        const table = buildDeck(info, list);
        expect(table.size).toBe(list.length);
        for (const number of [...numbers, ...list.map(({ prefix }) => `${prefix}4`)]) {
          for (const atMs of [-1, 0, 15, 30]) {
            const expected = naive(list, number, atMs);
            const found = table.lookup(number, atMs);
            expect(found?.rate.prefix).toBe(expected?.best.prefix);
            expect(found?.rate.destination).toBe(expected?.best.destination);
            expect(found?.blocked).toBe(expected?.best.blocked);
            expect(found && beatenPrefixes(found.rate)).toEqual(expected?.beaten);
          }
        }
      }),
    );
  });

  it('takes at most 100 bytes a rate', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => row(`${1_000_000 + index * 37}`));
    const table = buildDeck(info, rows);
    expect(table.bytes / table.size).toBeLessThanOrEqual(100);
  });
});
