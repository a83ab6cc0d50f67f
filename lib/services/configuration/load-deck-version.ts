import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { type Currency, parseCurrency, type RoundingMode } from '@/lib/core/money';
import type { Band } from '@/lib/core/rating/bands';
import { DeckBuilder, type DeckTable } from '@/lib/core/rating/deck-table';
import { byTurns } from '@/lib/core/steps';
import type { Database } from '@/lib/infra/db/client';
import { loadDeckRates } from './load-deck-rates';

const VERSION = `
  SELECT d.id, d.name, d.currency, d.rounding,
         nullif(d.decimals, 6) AS decimals, v.version, v.time_zone AS "timeZone", v.bands
    FROM deck_version v JOIN rate_deck d ON d.id = v.deck_id WHERE v.id = $1`;

interface VersionRow {
  readonly id: string;
  readonly name: string;
  readonly currency: Currency;
  readonly rounding: RoundingMode;
  readonly decimals: number | null;
  readonly version: number;
  readonly timeZone: string | null;
  readonly bands: readonly Band[] | null;
}

/**
 * One version of a deck in memory, draft or not, as calls would be priced by it. Access is for the
 * caller to decide. Throws NOT_FOUND for a version that is none.
 */
export async function loadDeckVersion(database: Database, versionId: string): Promise<DeckTable> {
  const found = isUuid(versionId)
    ? await database.pool.query<VersionRow>(VERSION, [versionId])
    : undefined;
  const row = found?.rows[0];
  if (row === undefined)
    throw new AppError('NOT_FOUND', 'There is no such version of a rate deck.');
  const builder = new DeckBuilder();
  for await (const chunk of loadDeckRates(database, versionId)) {
    for (const rate of chunk) builder.add(rate);
  }
  const { id, name, currency, rounding, decimals, version, timeZone, bands } = row;
  const info = {
    deckId: id,
    deckName: name,
    deckVersion: version,
    currency: parseCurrency(currency),
    rounding,
    ...(decimals === null ? {} : { decimals }),
  };
  const plan = timeZone === null || bands === null ? null : { timeZone, bands };
  return await byTurns(builder.steps(info, plan), turn);
}
