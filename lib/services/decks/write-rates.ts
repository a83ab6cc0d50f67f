import type pg from 'pg';
import type { RateRow } from '@/lib/core/rating/rate';

/** Columns of a rate with their types, and what stands in them. */
const COLUMNS: readonly (readonly [name: string, type: string, of: (row: RateRow) => unknown])[] = [
  ['prefix', 'text', (row) => row.prefix],
  ['destination', 'text', (row) => row.destination],
  ['connect_fee_micro', 'bigint', (row) => row.connectFeeMicro],
  ['minimum_micro', 'bigint', (row) => row.minimumMicro],
  ['no_charge_seconds', 'int', (row) => row.noChargeSeconds],
  ['free_seconds', 'int', (row) => row.freeSeconds],
  ['first_seconds', 'int', (row) => row.firstSeconds],
  ['next_seconds', 'int', (row) => row.nextSeconds],
  ['first_per_minute_nano', 'bigint', (row) => row.firstPerMinuteNano],
  ['next_per_minute_nano', 'bigint', (row) => row.nextPerMinuteNano],
  ['blocked', 'boolean', (row) => row.blocked],
  ['reverse_billed', 'boolean', (row) => row.reverseBilled],
  ['band', 'smallint', (row) => row.band],
  ['markup_ppm', 'int', (row) => row.markup?.ppm ?? null],
  ['markup_min_per_minute_nano', 'bigint', (row) => row.markup?.minimumPerMinuteNano ?? null],
  ['valid_from', 'timestamptz', (row) => isoOf(row.validFromMs)],
  ['valid_to', 'timestamptz', (row) => isoOf(row.validToMs)],
];

const isoOf = (atMs: number | null): string | null =>
  atMs === null ? null : new Date(atMs).toISOString();

const names = COLUMNS.map(([name]) => name).join(', ');
const arrays = COLUMNS.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ');
const INSERT = `INSERT INTO rate (version_id, ${names}) SELECT $1, * FROM unnest(${arrays})`;

/** Rates in a statement: a few hundred kilobytes, some ten milliseconds. */
export const RATES_AT_ONCE = 5_000;

/** Writes rates of a draft version, in one statement over one's own connection. */
export async function writeRates(
  client: pg.ClientBase,
  versionId: string,
  rows: readonly RateRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query({
    name: 'write_rates',
    text: INSERT,
    values: [versionId, ...COLUMNS.map(([, , of]) => rows.map(of))],
  });
}
