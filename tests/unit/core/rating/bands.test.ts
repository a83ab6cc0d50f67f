import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCurrency } from '@/lib/core/money';
import { BandClock, type BandPlan, checkBandPlan } from '@/lib/core/rating/bands';
import { buildDeck } from '@/lib/core/rating/deck-table';
import { billedSeconds } from '@/lib/core/rating/increments';
import { priceCall, priceParts } from '@/lib/core/rating/price';
import type { Rate, RateRow } from '@/lib/core/rating/rate';
import { atAnswer, MAX_RINGING_MS } from '@/lib/core/rating/timetable';
import { anyAnswerMs, anyDuration, anyRate, PINNED_MS } from './arbitraries';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const WORKDAYS = [1, 2, 3, 4, 5];

/** 08:00 to 20:00 on workdays is peak, the rest is not. */
const plan: BandPlan = {
  timeZone: 'Europe/London',
  bands: [
    { name: 'peak', windows: [{ days: WORKDAYS, from: '08:00', to: '20:00' }] },
    {
      name: 'off-peak',
      windows: [
        { days: [1, 2, 3, 4], from: '20:00', to: '08:00' },
        { days: [5], from: '20:00', to: '24:00' },
        { days: [6, 7], from: '00:00', to: '24:00' },
        { days: [1], from: '00:00', to: '08:00' },
      ],
    },
  ],
};

function withBands(bands: BandPlan['bands']): BandPlan {
  return { timeZone: 'UTC', bands };
}

describe('a band plan', () => {
  it('covers the week once', () => {
    expect(() => checkBandPlan(plan)).not.toThrow();
    const always = withBands([
      { name: 'always', windows: [{ days: EVERY_DAY, from: '00:00', to: '24:00' }] },
    ]);
    expect(() => checkBandPlan(always)).not.toThrow();
  });

  it('with a gap is refused, and the gap named', () => {
    const gap = withBands([
      { name: 'day', windows: [{ days: EVERY_DAY, from: '08:00', to: '20:00' }] },
      { name: 'night', windows: [{ days: [1, 2, 3, 4, 6, 7], from: '20:00', to: '08:00' }] },
    ]);
    expect(() => checkBandPlan(gap)).toThrow(/nothing covers Friday 20:00 to Saturday 08:00/);
  });

  it('with an overlap is refused, and both bands named', () => {
    const overlap = withBands([
      { name: 'day', windows: [{ days: EVERY_DAY, from: '08:00', to: '20:00' }] },
      { name: 'night', windows: [{ days: EVERY_DAY, from: '19:30', to: '08:00' }] },
    ]);
    expect(() => checkBandPlan(overlap)).toThrow(/Monday 19:30 stands twice, in "day" and "night"/);
  });

  it.each([
    ['no band at all', withBands([]), /1 to 31/],
    [
      'two of one name',
      withBands([
        { name: 'a', windows: [{ days: EVERY_DAY, from: '00:00', to: '12:00' }] },
        { name: 'a', windows: [{ days: EVERY_DAY, from: '12:00', to: '24:00' }] },
      ]),
      /same name/,
    ],
    [
      'an hour that is none',
      withBands([{ name: 'a', windows: [{ days: EVERY_DAY, from: '8', to: '24:00' }] }]),
      /"8"/,
    ],
    [
      'an eighth day',
      withBands([{ name: 'a', windows: [{ days: [8], from: '00:00', to: '24:00' }] }]),
      /day 8/,
    ],
    [
      'a window of nothing',
      withBands([{ name: 'a', windows: [{ days: [1], from: '08:00', to: '08:00' }] }]),
      /00:00 to 24:00/,
    ],
    ['an unknown zone', { ...plan, timeZone: 'Mars/Olympus' }, /Mars\/Olympus/],
  ])('with %s is refused', (_, bad, words) => {
    expect(() => checkBandPlan(bad)).toThrow(words);
  });
});

describe('the band of a moment', () => {
  const clock = new BandClock(plan);
  const nameAt = (text: string) => clock.nameOf(clock.bandAt(Date.parse(text)));

  it.each([
    ['2026-11-30T07:59:59Z', 'off-peak'],
    ['2026-11-30T08:00:00Z', 'peak'],
    ['2026-11-30T19:59:59Z', 'peak'],
    ['2026-11-30T20:00:00Z', 'off-peak'],
    ['2026-12-05T12:00:00Z', 'off-peak'],
    // Summer time: 08:00 in London is 07:00 in UTC.
    ['2026-07-01T06:59:59Z', 'off-peak'],
    ['2026-07-01T07:00:00Z', 'peak'],
  ])('%s is %s', (text, name) => {
    expect(nameAt(text)).toBe(name);
  });

  it('follows the wall clock over the night in which the clocks change', () => {
    const night = new BandClock({
      timeZone: 'Europe/London',
      bands: [
        { name: 'small hours', windows: [{ days: EVERY_DAY, from: '00:30', to: '01:30' }] },
        { name: 'rest', windows: [{ days: EVERY_DAY, from: '01:30', to: '00:30' }] },
      ],
    });
    const lengths = (fromText: string) => {
      const fromMs = Date.parse(fromText);
      const untilMs = fromMs + 6 * 3_600_000;
      const stretches = night.stretches(fromMs, untilMs);
      return stretches.map(({ band, fromMs: begins }, index) => {
        const ends = stretches[index + 1]?.fromMs ?? untilMs;
        return `${night.nameOf(band)} ${(ends - begins) / 60_000}`;
      });
    };
    // 25 October 2026, 02:00 becomes 01:00: 01:00 to 01:30 happens twice.
    expect(lengths('2026-10-24T23:00:00Z')).toEqual([
      'rest 30',
      'small hours 60',
      'rest 30',
      'small hours 30',
      'rest 210',
    ]);
    // 29 March 2026, 01:00 becomes 02:00: 01:00 to 01:30 does not happen.
    expect(lengths('2026-03-29T00:00:00Z')).toEqual(['rest 30', 'small hours 30', 'rest 300']);
  });

  it('is the same asked alone and in a row of stretches, in any zone', () => {
    const zone = fc.constantFrom(
      'Europe/London',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/New_York',
    );
    const at = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(zone, at, fc.integer({ min: 0, max: 86_400_000 }), (timeZone, fromMs, after) => {
        const there = new BandClock({ ...plan, timeZone });
        const stretches = there.stretches(fromMs, fromMs + 86_400_001);
        const last = stretches.findLast((stretch) => stretch.fromMs <= fromMs + after);
        expect(last?.band).toBe(there.bandAt(fromMs + after));
      }),
    );
  });
});

const info = {
  deckId: 'd',
  deckName: 'banded',
  deckVersion: 1,
  currency: parseCurrency('USD'),
  rounding: 'half_up',
} as const;

function row(prefix: string, band: number, terms: Partial<RateRow> = {}): RateRow {
  const perMinuteNano = band === 1 ? 120_000_000n : 60_000_000n;
  return {
    prefix,
    destination: `${prefix} in ${band}`,
    firstSeconds: 1,
    nextSeconds: 1,
    firstPerMinuteNano: perMinuteNano,
    nextPerMinuteNano: perMinuteNano,
    connectFeeMicro: 0n,
    minimumMicro: 0n,
    noChargeSeconds: 0,
    freeSeconds: 0,
    validFromMs: null,
    validToMs: null,
    blocked: false,
    reverseBilled: false,
    band,
    markup: null,
    ...terms,
  };
}

const boundaryMs = Date.parse('2026-11-30T20:00:00Z');

function pinned(rows: readonly RateRow[], atMs: number): Rate {
  const match = buildDeck(info, rows, plan).lookup('442079460018', atMs);
  if (!match) throw new Error('no rate');
  return match.rate;
}

describe('a call that crosses a boundary', () => {
  const rows = [row('44', 1), row('44', 2), row('4', 0)];

  it('is split at it: each second costs what its moment costs, rounded once', () => {
    const rate = atAnswer(pinned(rows, boundaryMs - 60_000), boundaryMs - 30_000);
    // 30 s at 0.12 and 90 s at 0.06.
    expect(priceCall(rate, 120)).toEqual({ billedSeconds: 120, amountMicro: 150_000n });
    expect(priceParts(rate, 120)).toMatchObject([
      { kind: 'first', seconds: 1, band: 'peak' },
      { kind: 'next', seconds: 29, band: 'peak' },
      { kind: 'next', seconds: 90, band: 'off-peak' },
    ]);
  });

  it('counts its increments through: the seconds billed beyond its end lie where they would have', () => {
    const minutes = rows.map((each) => ({ ...each, firstSeconds: 60, nextSeconds: 60 }));
    const rate = atAnswer(pinned(minutes, boundaryMs - 70_000), boundaryMs - 70_000);
    expect(priceCall(rate, 61)).toEqual({ billedSeconds: 120, amountMicro: 190_000n });
  });

  it('is priced from the answer, not from when it began to ring', () => {
    const rate = pinned(rows, boundaryMs - 30_000);
    expect(priceCall(atAnswer(rate, boundaryMs), 60).amountMicro).toBe(60_000n);
    expect(priceCall(atAnswer(rate, boundaryMs - 30_000), 60).amountMicro).toBe(90_000n);
  });

  it('that rings for longer than any phone is priced as if it had been answered then', () => {
    const rate = pinned(rows, boundaryMs - MAX_RINGING_MS - 60_000);
    expect(priceCall(atAnswer(rate, boundaryMs + 3_600_000), 60).amountMicro).toBe(120_000n);
  });

  it('keeps the rates that were valid when it began', () => {
    const ended = [row('44', 1), row('44', 2, { validToMs: boundaryMs - 1 })];
    const rate = pinned(ended, boundaryMs - 1_000);
    expect(rate.bandSpans?.[1]).toMatchObject({ name: 'off-peak', nextPerMinuteNano: 60_000_000n });
  });

  it('with spans second by second costs what the whole does', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, anyAnswerMs, (any, lasts, answeredAtMs) => {
        const rate = atAnswer(any, answeredAtMs);
        const spans = rate.bandSpans;
        if (spans === undefined) return;
        const billed = Math.min(3_000, billedSeconds(lasts, rate));
        const startMs = spans[0]?.fromMs ?? 0;
        const free = rate.freeSeconds + (rate.bundleSeconds ?? 0);
        let sum = 0n;
        for (let second = free; second < billed; second += 1) {
          const span = spans.findLast(({ fromMs }) => fromMs <= startMs + second * 1000);
          sum +=
            (second < rate.firstSeconds ? span?.firstPerMinuteNano : span?.nextPerMinuteNano) ?? 0n;
        }
        const parts = priceParts(rate, billed);
        expect(
          parts.reduce((all, part) => all + BigInt(part.seconds) * part.perMinuteNano, 0n),
        ).toBe(sum);
      }),
    );
    expect(PINNED_MS).toBe(Date.parse('2026-11-30T00:00:00Z'));
  });
});

describe('rates of bands in a deck', () => {
  it('take the place of the prefix’s rate of all times while their band is in force', () => {
    const rows = [row('44', 0, { destination: 'always' }), row('44', 1)];
    const deck = buildDeck(info, rows, plan);
    expect(deck.lookup('4420', boundaryMs - 1)?.rate.destination).toBe('44 in 1');
    expect(deck.lookup('4420', boundaryMs)?.rate.destination).toBe('always');
  });

  it('give way to the shorter prefix where no rate of theirs is in force', () => {
    const deck = buildDeck(info, [row('44', 1), row('4', 0)], plan);
    expect(deck.lookup('4420', boundaryMs - 1)?.rate).toMatchObject({
      prefix: '44',
      beatenLengths: 0b10,
    });
    expect(deck.lookup('4420', boundaryMs)?.rate.prefix).toBe('4');
  });

  it('leave other prefixes of the deck without a timetable', () => {
    const deck = buildDeck(info, [row('44', 1), row('44', 2), row('49', 0)], plan);
    expect(deck.lookup('4930', boundaryMs)?.rate.bandSpans).toBeUndefined();
    expect(deck.lookup('4420', boundaryMs)?.rate.bandSpans).toHaveLength(3);
  });

  it('of a deck without a plan are never in effect', () => {
    expect(buildDeck(info, [row('44', 1)]).lookup('4420', boundaryMs)).toBeUndefined();
  });

  it('never let a call go on for nothing where the next band is blocked', () => {
    const rows = [row('44', 1), row('44', 2, { blocked: true, nextPerMinuteNano: 0n })];
    const rate = pinned(rows, boundaryMs - 1_000);
    expect(rate.bandSpans?.every((span) => span.nextPerMinuteNano === 120_000_000n)).toBe(true);
  });
});

describe('reverse-billed rates', () => {
  it('are a space of their own: neither direction sees the other’s', () => {
    const deck = buildDeck(info, [
      row('4480', 0, { reverseBilled: true, destination: 'toll-free' }),
      row('44', 0, { destination: 'geographic' }),
    ]);
    expect(deck.size).toBe(2);
    expect(deck.lookup('448001', 0)?.rate.destination).toBe('geographic');
    expect(deck.lookup('448001', 0, 'called')?.rate).toMatchObject({
      destination: 'toll-free',
      reverseBilled: true,
      beatenLengths: 0,
    });
    expect(deck.lookup('442079', 0, 'called')).toBeUndefined();
    expect(buildDeck(info, [row('44', 0)]).lookup('4420', 0, 'called')).toBeUndefined();
  });
});
