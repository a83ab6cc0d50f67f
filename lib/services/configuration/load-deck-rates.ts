import type { RateRow } from '@/lib/core/rating/rate';
import type { Database } from '@/lib/infra/db/client';
import { readInChunks } from '@/lib/infra/db/cursor';
import { ratesSql } from './internal/sql';

/** Rates per round trip: some 20 ms of the reader's loop, which is the switch's. */
const CHUNK_ROWS = 2_000;

/** What few rates have; it comes as one text, or not at all: a column costs more than a price. */
type Unusual = Pick<
  RateRow,
  'noChargeSeconds' | 'freeSeconds' | 'blocked' | 'reverseBilled' | 'band'
> & {
  readonly markupPpm: number | null;
  /** As text: no float may carry a price. */
  readonly markupMinNano: string | null;
};

interface StoredRate extends Omit<RateRow, keyof Unusual | 'markup'> {
  /** JSON; null = nothing of it. */
  readonly unusual: string | null;
}

const USUAL = {
  noChargeSeconds: 0,
  freeSeconds: 0,
  blocked: false,
  reverseBilled: false,
  band: 0,
  markup: null,
} as const;

function unusualTerms(text: string): Omit<RateRow, keyof Omit<StoredRate, 'unusual'>> {
  const { markupPpm, markupMinNano, ...terms }: Unusual = JSON.parse(text);
  const isPriced = markupPpm === null && markupMinNano === null;
  const minimumPerMinuteNano = BigInt(markupMinNano ?? 0);
  return { ...terms, markup: isPriced ? null : { ppm: markupPpm ?? 0, minimumPerMinuteNano } };
}

function toRow(stored: StoredRate): RateRow {
  const { unusual } = stored;
  const more = unusual === null ? USUAL : unusualTerms(unusual);
  return {
    prefix: stored.prefix,
    destination: stored.destination,
    connectFeeMicro: stored.connectFeeMicro,
    minimumMicro: stored.minimumMicro,
    firstSeconds: stored.firstSeconds,
    nextSeconds: stored.nextSeconds,
    firstPerMinuteNano: stored.firstPerMinuteNano,
    nextPerMinuteNano: stored.nextPerMinuteNano,
    validFromMs: stored.validFromMs,
    validToMs: stored.validToMs,
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
