import { describe, expect, test } from 'vitest';
import type { SheetRow } from '@/lib/core/sheets/csv';
import { DuplicateFinder } from '@/lib/services/deck-imports/duplicates';
import { FIELD_NAMES, IMPORT_FIELDS, normalized } from '@/lib/services/deck-imports/fields';
import { fieldOf, guessMapping } from '@/lib/services/deck-imports/mapping';
import { type RowContext, RowReader } from '@/lib/services/deck-imports/read-row';
import { importMappingSchema } from '@/lib/services/deck-imports/schemas';
import { randomBy } from '@/tests/support/deck-files';

const sheet = (text: string): SheetRow[] =>
  text.split('\n').map((line, index) => ({ line: index + 1, cells: line.split(',') }));

describe('columns', () => {
  test('have names that are found again, each of one field alone', () => {
    const names = IMPORT_FIELDS.flatMap((field) => [...FIELD_NAMES[field]]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(normalized(name), name).toBe(name);
    for (const field of IMPORT_FIELDS) {
      expect(FIELD_NAMES[field].map(fieldOf), field).toEqual(FIELD_NAMES[field].map(() => field));
    }
  });

  test('of a tariff for ictVoIP are found, and those that only describe left out', () => {
    const header =
      'Description,Prefix,RateValue,Increment,ShortDescription,Lastratechangedate,Oldrate,RatePremium';
    const { mapping, isSure } = guessMapping(
      sheet(`${header}\nUK,44,0.01,60/60,x,2020-01-01,0.02,0`),
      'rates',
    );
    expect(isSure).toBe(true);
    expect(mapping.columns).toEqual({ destination: 0, prefix: 1, perMinute: 2, increments: 3 });
  });

  test('are found below a head of other lines, in other languages and spellings', () => {
    const { mapping } = guessMapping(
      sheet(
        'Carrier Ltd,A-Z rates\nvalid,from 2026\nCountry,Dial Code,Rate (USD),Old rate,Effective Date,Billing increments\nUK,44,0.01,0.02,12/31/2026,1/1',
      ),
      'rates',
    );
    expect(mapping).toMatchObject({
      headerLine: 3,
      dateOrder: 'mdy',
      columns: { destination: 0, prefix: 1, perMinute: 2, validFrom: 4, increments: 5 },
    });
    expect(fieldOf('Gültig ab')).toBe('validFrom');
    expect(fieldOf('PRECIO POR MINUTO')).toBe('perMinute');
    expect(fieldOf('Previous Rate')).toBe(null);
  });

  test('without names are told by what they hold', () => {
    const { mapping, header, isSure } = guessMapping(
      sheet('United Kingdom,44,0.0125,60/1\nFrance,33,0.02,1/1'),
      'rates',
    );
    expect({ header, isSure }).toEqual({ header: null, isSure: false });
    expect(mapping).toMatchObject({
      headerLine: null,
      columns: { destination: 0, prefix: 1, perMinute: 2, increments: 3 },
    });
  });
});

const CONTEXT: RowContext = {
  mapping: importMappingSchema.parse({
    columns: {
      prefix: 0,
      destination: 1,
      perMinute: 2,
      increments: 3,
      blocked: 4,
      validTo: 5,
      band: 6,
    },
    headerLine: 1,
    defaults: { first: 30, next: 6 },
  }),
  currency: 'USD',
  timeZone: 'UTC',
  pricing: 'rates',
  bands: ['Peak', 'Off-peak'],
};

describe('a row', () => {
  const read = (...cells: string[]) => new RowReader(CONTEXT).read({ line: 9, cells });
  const problems = (...cells: string[]) => {
    const reading = read(...cells);
    return reading?.ok === false
      ? reading.problems.map(({ column, problem }) => `${column}: ${problem}`)
      : reading;
  };

  test('is a rate, with what holds otherwise where a cell is empty', () => {
    expect(read('44', " '=UK", '0.01', '', '', '', 'off-PEAK')).toMatchObject({
      ok: true,
      rate: {
        prefix: '44',
        destination: '=UK',
        nextPerMinuteNano: 10_000_000n,
        firstPerMinuteNano: 10_000_000n,
        firstSeconds: 30,
        nextSeconds: 6,
        band: 2,
        markup: null,
      },
    });
  });

  test('needs no price where its destination is blocked', () => {
    expect(read('44', 'UK', 'blocked')).toMatchObject({ ok: true, rate: { blocked: true } });
    expect(read('44', 'UK', '', '', 'yes')).toMatchObject({ ok: true, rate: { blocked: true } });
    expect(problems('44', 'UK', '')).toEqual(['2: is empty']);
  });

  test('tells everything that is wrong with it, each at its column', () => {
    expect(problems('', 'UK', 'x', '60/0', 'perhaps', 'some day', 'night')).toEqual([
      ...['4: is neither yes nor no', '2: is no number'],
      '3: has a next increment of 0 s: nothing could be counted',
      '5: is no date such as 2026-12-31',
      '0: is empty: the digits that the numbers begin with belong here',
      '6: is none of the deck’s bands: "Peak", "Off-peak"',
    ]);
  });

  test('that says nothing in the columns that are read is none', () => {
    expect(read('', ' ', '', '', '', '', '', 'Total: 12')).toBeNull();
  });

  test('of a mark-up deck has per cent and not less than', () => {
    const reader = new RowReader({
      ...CONTEXT,
      pricing: 'markup',
      mapping: importMappingSchema.parse({
        columns: { prefix: 0, markupPercent: 1, markupMinimum: 2 },
        headerLine: null,
      }),
    });
    expect(reader.read({ line: 1, cells: ['*', '12,5 %', '0.002'] })).toMatchObject({
      rate: { prefix: '', markup: { ppm: 125_000, minimumPerMinuteNano: 2_000_000n } },
    });
  });
});

describe('the same rate', () => {
  const key = (prefix: string, more: object = {}) => ({
    ...{ prefix, validFromMs: null, band: 0, reverseBilled: false },
    ...more,
  });

  test('is found at the line where it stood first, and nothing else is', () => {
    const finder = new DuplicateFinder();
    expect(finder.seen(key('44'), 2)).toBeNull();
    for (const other of [
      ...[key(''), key('4'), key('440'), key('44', { band: 1 }), key('44', { band: 2 })],
      ...[key('44', { reverseBilled: true }), key('44', { validFromMs: 0 })],
      ...[key('44', { validFromMs: 1 }), key('123456789012345')],
    ]) {
      expect(finder.seen(other, 3), JSON.stringify(other)).toBeNull();
      expect(finder.seen(other, 4), JSON.stringify(other)).toBe(3);
    }
    expect(finder.seen(key('44'), 99)).toBe(2);
  });

  test('is found among many thousands', () => {
    const finder = new DuplicateFinder();
    const random = randomBy(7);
    const lines = new Map<string, number>();
    for (let line = 1; line <= 50_000; line += 1) {
      const prefix = String(1 + Math.floor(random() * 40_000));
      const known = lines.get(prefix) ?? null;
      expect(finder.seen(key(prefix), line)).toBe(known);
      if (known === null) lines.set(prefix, line);
    }
  });
});
