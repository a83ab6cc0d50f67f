import type { RateRow } from '@/lib/core/rating/rate';
import type { Database } from '@/lib/infra/db/client';
import { readInChunks } from '@/lib/infra/db/cursor';
import { ratesSql } from './internal/sql';

/** Rates per round trip: a millisecond of the reader's loop, which is the switch's; more are no cheaper. */
const CHUNK_ROWS = 500;

/** What few rates have; it comes as one text, or not at all: a column costs more than a price. */
type Unusual = Pick<
  RateRow,
  'noChargeSeconds' | 'freeSeconds' | 'blocked' | 'reverseBilled' | 'band'
> & {
  readonly markupPpm: number | null;
  /** As text: no float may carry a price. */
  readonly markupMinNano: string | null;
};

/** A rate as a line, its values apart by tabs: a row of one column costs a fifth of one of ten. */
interface StoredRate {
  readonly line: string;
}

const USUAL = {
  noChargeSeconds: 0,
  freeSeconds: 0,
  blocked: false,
  reverseBilled: false,
  band: 0,
  markup: null,
} as const;

/** Values before the destination, which comes last, as it may be any text. */
const BEFORE_DESTINATION = 10;

function unusualTerms(text: string): Pick<RateRow, keyof typeof USUAL> {
  const { markupPpm, markupMinNano, ...terms }: Unusual = JSON.parse(text);
  const isPriced = markupPpm === null && markupMinNano === null;
  const minimumPerMinuteNano = BigInt(markupMinNano ?? 0);
  return { ...terms, markup: isPriced ? null : { ppm: markupPpm ?? 0, minimumPerMinuteNano } };
}

function timeOf(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}

function toRow({ line }: StoredRate): RateRow {
  const values = line.split('\t');
  const [prefix = '', first, next, firstNano, nextNano, fee, minimum, from, to, unusual] = values;
  const more = unusual === undefined || unusual === '' ? USUAL : unusualTerms(unusual);
  return {
    prefix,
    destination: values.slice(BEFORE_DESTINATION).join('\t'),
    connectFeeMicro: BigInt(fee ?? 0),
    minimumMicro: BigInt(minimum ?? 0),
    firstSeconds: Number(first),
    nextSeconds: Number(next),
    firstPerMinuteNano: BigInt(firstNano ?? 0),
    nextPerMinuteNano: BigInt(nextNano ?? 0),
    validFromMs: timeOf(from),
    validToMs: timeOf(to),
    noChargeSeconds: more.noChargeSeconds,
    freeSeconds: more.freeSeconds,
    blocked: more.blocked,
    reverseBilled: more.reverseBilled,
    band: more.band,
    markup: more.markup,
  };
}

/**
 * The rates of a deck version, in chunks, so that a deck of a million rows neither lies in memory
 * twice nor holds up the reader.
 */
export async function* loadDeckRates(
  database: Database,
  deckVersionId: string,
  chunkRows: number = CHUNK_ROWS,
): AsyncGenerator<readonly RateRow[]> {
  const query = { text: ratesSql, values: [deckVersionId], chunkRows };
  for await (const rows of readInChunks<StoredRate>(database.pool, query)) yield rows.map(toRow);
}
