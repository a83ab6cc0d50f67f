import { newId } from '@/lib/core/ids.server';
import { parseCurrency } from '@/lib/core/money';
import type { BandPlan } from '@/lib/core/rating/bands';
import { DeckBuilder, type DeckTable } from '@/lib/core/rating/deck-table';
import { priceCall } from '@/lib/core/rating/price';
import type { DeckInfo, RateRow } from '@/lib/core/rating/rate';
import { atAnswer } from '@/lib/core/rating/timetable';
import { loadDeckRates } from '@/lib/services/configuration/load-deck-rates';
import type { ServicesDatabase } from '@/lib/services/database';
import { makeOperator } from '@/tests/support/money-world';
import { holds } from './holds';
import { measurePostRating } from './post-rating';
import { type Bench, type BenchReport, percentile, table, whole } from './support/bench';
import { startBenchPostgres } from './support/postgres';

type Figures = BenchReport['figures'];
type Print = (line: string) => void;

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const LARGEST = 1_000_000;
const NUMBERS = 100_000;
const WINDOWS = 5;
const WINDOW_MS = 1_000;
const NOW_MS = Date.UTC(2026, 10, 30, 12);

const INFO: DeckInfo = {
  deckId: '018f0000-0000-7000-8000-000000000001',
  deckName: 'bench',
  deckVersion: 1,
  currency: parseCurrency('USD'),
  rounding: 'half_up',
};

/** The same numbers every time: xorshift, as good as needed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function digitsOf(random: () => number, length: number): string {
  let digits = `${1 + Math.floor(random() * 9)}`;
  while (digits.length < length) digits += Math.floor(random() * 10);
  return digits;
}

function rowOf(prefix: string, index: number, terms: Partial<RateRow> = {}): RateRow {
  const perMinuteNano = BigInt(1 + (index % 997)) * 100_000n;
  return {
    prefix,
    destination: `Destination ${index % 2_000}`,
    firstSeconds: index % 3 === 0 ? 60 : 1,
    nextSeconds: index % 3 === 1 ? 6 : 1,
    firstPerMinuteNano: perMinuteNano,
    nextPerMinuteNano: perMinuteNano,
    connectFeeMicro: index % 10 === 0 ? 10_000n : 0n,
    minimumMicro: 0n,
    noChargeSeconds: 0,
    freeSeconds: 0,
    validFromMs: index % 2 === 0 ? null : NOW_MS - 86_400_000,
    validToMs: null,
    blocked: false,
    reverseBilled: false,
    band: 0,
    markup: null,
    ...terms,
  };
}

/** As price lists have them: every country, its mobile and special ranges, down to ten digits. */
function prefixesOf(count: number): string[] {
  const random = randomFrom(count);
  const prefixes = new Set<string>();
  for (let first = 1; first <= 9; first += 1) prefixes.add(`${first}`);
  const longest = count >= 100_000 ? 10 : 7;
  while (prefixes.size < count) prefixes.add(digitsOf(random, 2 + Math.floor(random() * longest)));
  return [...prefixes].sort();
}

function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function build(rows: readonly RateRow[], plan: BandPlan | null = null): DeckTable {
  const builder = new DeckBuilder(rows.length);
  for (const row of rows) builder.add(row);
  return builder.build(INFO, plan);
}

/** Look-ups with the full price of a call, a second of processor time: the middle window. */
function pricesPerSecond(deck: DeckTable, numbers: readonly string[]): number {
  const perSecond: number[] = [];
  let spent = 0n;
  for (let window = 0; window <= WINDOWS; window += 1) {
    const until = performance.now() + WINDOW_MS;
    let priced = 0;
    const seconds = secondsOf(() => {
      while (performance.now() < until) {
        for (let index = 0; index < 1_000; index += 1) {
          const match = deck.lookup(numbers[(priced + index) % NUMBERS] ?? '', NOW_MS);
          if (!match) throw new Error('a number without a rate');
          spent += priceCall(atAnswer(match.rate, NOW_MS), 1 + (index % 600)).amountMicro;
        }
        priced += 1_000;
      }
    });
    // The first one is for the compiler.
    if (window > 0) perSecond.push(priced / seconds);
  }
  if (spent === 0n) throw new Error('everything was free');
  return percentile(perSecond, 0.5);
}

function numbersOf(): string[] {
  const random = randomFrom(42);
  return Array.from({ length: NUMBERS }, () => digitsOf(random, 11 + Math.floor(random() * 3)));
}

/** Longest prefix and full price, and how both grow with the deck. */
async function measurePrices(print: Print): Promise<Figures> {
  const numbers = numbersOf();
  const figures: Record<string, number> = {};
  const rows = [['rates', 'prices/s a core', 'build s', 'bytes a rate']];
  for (const size of SIZES) {
    const list = prefixesOf(size).map((prefix, index) => rowOf(prefix, index));
    let deck: DeckTable | undefined;
    const buildSeconds = secondsOf(() => {
      deck = build(list);
    });
    if (!deck) throw new Error('no deck');
    const perSecond = pricesPerSecond(deck, numbers);
    const bytes = deck.bytes / deck.size;
    rows.push([whole(size), whole(perSecond), buildSeconds.toFixed(3), bytes.toFixed(1)]);
    figures[`pricePerSecondAt${size}`] = Math.round(perSecond);
    figures[`buildSecondsAt${size}`] = Number(buildSeconds.toFixed(4));
    if (size !== LARGEST) continue;
    figures['pricePerSecond'] = Math.round(perSecond);
    figures['bytesPerRate'] = Number(bytes.toFixed(1));
  }
  print(table(rows));
  return figures;
}

const WEEK: BandPlan = {
  timeZone: 'Europe/London',
  bands: [
    { name: 'peak', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '20:00' }] },
    { name: 'off-peak', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '08:00' }] },
  ],
};

/** The same of a deck in which every prefix has two bands: its timetable is written down each time. */
async function measureBands(print: Print): Promise<Figures> {
  const list = prefixesOf(50_000).flatMap((prefix, index) =>
    [1, 2].map((band) => rowOf(prefix, index, { band, validFromMs: null })),
  );
  const perSecond = pricesPerSecond(build(list, WEEK), numbersOf());
  print(
    `\nwith two bands a prefix, ${whole(list.length)} rates: ${whole(perSecond)} prices/s a core`,
  );
  return { bandedPricePerSecond: Math.round(perSecond) };
}

const FILL = `
  INSERT INTO rate (version_id, prefix, destination, first_seconds, next_seconds,
                    first_per_minute_nano, next_per_minute_nano, connect_fee_micro)
  SELECT $1, p.prefix, 'Destination ' || p.n % 2000, 60, 6, p.n % 997 * 100000 + 1,
         p.n % 997 * 100000 + 1, 0
    FROM unnest($2::text[]) WITH ORDINALITY AS p (prefix, n)`;

async function fillVersion(
  { pool }: ServicesDatabase,
  deckId: string,
  prefixes: readonly string[],
): Promise<string> {
  const versionId = newId();
  await pool.query('INSERT INTO deck_version (id, deck_id, version) VALUES ($1, $2, $3)', [
    versionId,
    deckId,
    prefixes.length,
  ]);
  await pool.query(FILL, [versionId, prefixes]);
  return versionId;
}

/** From the rows in PostgreSQL to the table that calls are priced by, as the switch does it. */
async function measureLoad(print: Print): Promise<Figures> {
  const postgres = await startBenchPostgres();
  const { database } = postgres;
  const figures: Record<string, number> = {};
  const rows = [['rates', 'load s']];
  try {
    const operator = await makeOperator(database);
    const deckId = newId();
    await database.pool.query(
      `INSERT INTO rate_deck (id, account_id, kind, name, currency, updated_at)
       VALUES ($1, $2, 'sell', 'bench', 'USD', now())`,
      [deckId, operator.id],
    );
    for (const size of SIZES) {
      const versionId = await fillVersion(database, deckId, prefixesOf(size));
      const begin = performance.now();
      const builder = new DeckBuilder();
      for await (const chunk of loadDeckRates(database, versionId)) {
        for (const row of chunk) builder.add(row);
      }
      const deck = builder.build(INFO);
      const seconds = (performance.now() - begin) / 1000;
      if (deck.size !== size) throw new Error(`${deck.size} rates of ${size} were loaded`);
      rows.push([whole(size), seconds.toFixed(3)]);
      figures[`loadSecondsAt${size}`] = Number(seconds.toFixed(4));
      if (size === LARGEST) figures['loadSeconds'] = Number(seconds.toFixed(3));
    }
  } finally {
    await postgres.stop();
  }
  print(`\n${table(rows)}`);
  return figures;
}

/** Each stands alone; `npm run bench -- rate` runs them in turn and adds up their figures. */
const PARTS: readonly ((print: Print) => Promise<Figures>)[] = [
  measurePrices,
  measureBands,
  measureLoad,
  measureHolds,
  measurePostRating,
];

/** Reserve and settle, as `npm run bench -- holds` measures it. */
async function measureHolds(print: Print): Promise<Figures> {
  print('\nreserve and settle through a chain');
  return (await holds.run(print)).figures;
}

/** What rating costs, from a thousand rates to a million. */
export const rate: Bench = {
  name: 'rate',
  about:
    'longest-prefix match with the full price of a call, a second of processor time; bytes a rate; ' +
    'loading a deck from PostgreSQL as the switch does; reserve and settle cycles; calls that are ' +
    'charged later. Left out: planning, SIP',
  async run(print) {
    const figures: Record<string, number> = {};
    for (const part of PARTS) Object.assign(figures, await part(print));
    return { figures, ratios: {} };
  },
};
