import type { Markup, RateRow } from '@/lib/core/rating/rate';
import type { Database } from '@/lib/infra/db/client';
import { ratesSql } from './internal/sql';

/** Rates per round trip: some 2 MB, a few milliseconds of the reader's loop. */
const CHUNK_ROWS = 10_000;

interface StoredRate extends Omit<RateRow, 'markup'> {
  readonly id: bigint;
  readonly markupPpm: number | null;
  readonly markupMinNano: bigint | null;
}

function toMarkup(ppm: number | null, minimumPerMinuteNano: bigint | null): Markup | null {
  if (ppm === null && minimumPerMinuteNano === null) return null;
  return { ppm: ppm ?? 0, minimumPerMinuteNano: minimumPerMinuteNano ?? 0n };
}

/**
 * The rates of a deck version, in chunks, so that a deck of a million rows neither lies in memory
 * twice nor holds up the reader. An activated version never changes, so chunks fit together.
 */
export async function* loadDeckRates(
  database: Database,
  deckVersionId: string,
  chunkRows: number = CHUNK_ROWS,
): AsyncGenerator<readonly RateRow[]> {
  let after = 0n;
  for (;;) {
    const { rows } = await database.pool.query<StoredRate>(ratesSql, [
      deckVersionId,
      after,
      chunkRows,
    ]);
    if (rows.length > 0)
      yield rows.map(({ id: _id, markupPpm, markupMinNano, ...rate }) => ({
        ...rate,
        markup: toMarkup(markupPpm, markupMinNano),
      }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < chunkRows) return;
    after = last.id;
  }
}
