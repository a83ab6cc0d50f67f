import { formatDecimal, formatMicro, formatPerMinute } from '@/lib/core/money';
import { type WrittenCell, writeWorkbook } from '@/lib/core/sheets/workbook-writer.server';
import type { Database } from '@/lib/infra/db/client';
import { readInChunks } from '@/lib/infra/db/read-in-chunks';
import { authorize } from '@/lib/services/access/authorize';
import { csvCell } from '@/lib/services/calls/rules';
import type { ServiceContext } from '@/lib/services/context';
import { exportName, type ImportField } from '@/lib/services/deck-imports/fields';
import { EVERYTHING } from '@/lib/services/deck-imports/values';
import { parseInput } from '@/lib/services/parse';
import { bandNames } from './bands';
import { type DeckRow, findDeck, versionOf } from './find-deck';
import { exportRatesSql } from './internal/export-sql';
import { PERCENT_SCALE } from './rules';
import { type ExportRatesInput, exportRatesSchema } from './schemas';

/** Read at a time. */
const CHUNK_ROWS = 2_000;

/** A rate as it is exported. */
interface ExportedRate {
  readonly prefix: string;
  readonly destination: string;
  readonly nextNano: bigint;
  readonly firstNano: bigint;
  readonly first: number;
  readonly next: number;
  readonly feeMicro: bigint;
  readonly minimumMicro: bigint;
  readonly noCharge: number;
  readonly free: number;
  readonly blocked: boolean;
  readonly reverse: boolean;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly band: number;
  readonly markupPpm: number | null;
  readonly markupMinNano: bigint | null;
}

type Column = readonly [field: ImportField, cell: (rate: ExportedRate) => string | null];

const yes = (flag: boolean): string => (flag ? 'yes' : '');
const iso = (at: Date | null): string => at?.toISOString() ?? '';

/** Fields whose cells are numbers. */
const NUMBERS: ReadonlySet<ImportField> = new Set([
  ...(['perMinute', 'firstPerMinute', 'first', 'next', 'connectFee', 'minimum'] as const),
  ...(['noChargeSeconds', 'freeSeconds', 'markupPercent', 'markupMinimum'] as const),
]);

/** Columns in their order; those of imports, so that an export is read again as it is. */
function columnsOf(pricing: 'rates' | 'markup', bands: readonly string[]): readonly Column[] {
  const name: readonly Column[] = [
    ['prefix', (rate) => (rate.prefix === '' ? EVERYTHING : rate.prefix)],
    ['destination', (rate) => rate.destination],
  ];
  const rest: readonly Column[] = [
    ['blocked', (rate) => yes(rate.blocked)],
    ['reverseBilled', (rate) => yes(rate.reverse)],
    ['validFrom', (rate) => iso(rate.from)],
    ['validTo', (rate) => iso(rate.to)],
    ['band', (rate) => (rate.band === 0 ? '' : (bands[rate.band - 1] ?? ''))],
  ];
  if (pricing === 'markup') {
    return [
      ...name,
      ['markupPercent', (rate) => percentOf(rate.markupPpm)],
      ['markupMinimum', (rate) => (rate.markupMinNano ? formatPerMinute(rate.markupMinNano) : '')],
      ...rest,
    ];
  }
  return [
    ...name,
    ['perMinute', (rate) => formatPerMinute(rate.nextNano)],
    ['firstPerMinute', (rate) => formatPerMinute(rate.firstNano)],
    ['first', (rate) => String(rate.first)],
    ['next', (rate) => String(rate.next)],
    ['connectFee', (rate) => formatMicro(rate.feeMicro)],
    ['minimum', (rate) => formatMicro(rate.minimumMicro)],
    ['noChargeSeconds', (rate) => String(rate.noCharge)],
    ['freeSeconds', (rate) => String(rate.free)],
    ...rest,
  ];
}

const percentOf = (ppm: number | null): string =>
  ppm === null ? '' : formatDecimal(BigInt(ppm), PERCENT_SCALE, 0);

/** An export that is about to be read. */
export interface RateExport {
  /** Without its ending. */
  readonly name: string;
  readonly rows: AsyncGenerator<readonly (readonly WrittenCell[])[], void, void>;
}

/**
 * All rates of a version in the columns of imports, the header first, by prefix: imported again
 * they make the same file. Streams; checked before the first row.
 */
export async function exportRates(
  context: ServiceContext,
  deckId: string,
  input: ExportRatesInput = {},
): Promise<RateExport> {
  authorize(context, 'decks.read');
  const query = parseInput(exportRatesSchema, input);
  const { database } = context;
  const deck = await findDeck(database.prisma, context, deckId);
  const version = versionOf(deck, query.version);
  const columns = columnsOf(deck.pricing, bandNames(version.bands));
  return {
    name: `${fileSafe(deck)}-v${version.version}`,
    rows: rowsOf(database, version.id, columns),
  };
}

/** Letters, digits and dashes of a deck's name. */
function fileSafe({ name }: DeckRow): string {
  const safe = name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return safe === '' ? 'deck' : safe.slice(0, 60);
}

async function* rowsOf(
  database: Database,
  versionId: string,
  columns: readonly Column[],
): AsyncGenerator<readonly (readonly WrittenCell[])[], void, void> {
  yield [columns.map(([field]) => ({ text: exportName(field), isNumber: false }))];
  const query = { text: exportRatesSql, values: [versionId], rows: CHUNK_ROWS };
  for await (const rates of readInChunks<ExportedRate>(database.pool, query)) {
    yield rates.map((rate) =>
      columns.map(([field, cellOf]) => ({
        text: cellOf(rate) ?? '',
        isNumber: NUMBERS.has(field),
      })),
    );
  }
}

/** Rows as lines of CSV (RFC 4180). */
export async function* csvOf(rows: RateExport['rows']): AsyncGenerator<string, void, void> {
  for await (const part of rows) {
    yield part.map((cells) => `${cells.map(({ text }) => csvCell(text)).join(',')}\r\n`).join('');
  }
}

/** Rows as a workbook. */
export const workbookOf = (rows: RateExport['rows']): AsyncGenerator<Buffer, void, void> =>
  writeWorkbook(rows);
