import type { RateRow } from '@/lib/core/rating/rate';
import type { Database } from '@/lib/infra/db/client';
import { ratesSql } from './internal/sql';

/** Rates per round trip: some 2 MB, a few milliseconds of the reader's loop. */
const CHUNK_ROWS = 10_000;

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
    const { rows } = await database.pool.query<RateRow & { id: bigint }>(ratesSql, [
      deckVersionId,
      after,
      chunkRows,
    ]);
    if (rows.length > 0) yield rows.map(({ id: _id, ...rate }) => rate);
    const last = rows.at(-1);
    if (last === undefined || rows.length < chunkRows) return;
    after = last.id;
  }
}
