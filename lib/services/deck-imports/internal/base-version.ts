import type pg from 'pg';
import { z } from 'zod';
import { assert } from '@/lib/core/errors';

/** What a new version takes over from its deck, and from the version before it. */
export interface BaseVersion {
  readonly currency: string;
  readonly pricing: 'rates' | 'markup';
  /** Where dates without a zone are read: the owner's. */
  readonly timeZone: string;
  /** Names of the bands, in their order. */
  readonly bands: readonly string[];
  /** As they are stored. */
  readonly bandsJson: string | null;
  readonly bandZone: string | null;
}

interface BaseRow {
  readonly currency: string;
  readonly pricing: 'rates' | 'markup';
  readonly timeZone: string;
  readonly bands: unknown;
  readonly bandZone: string | null;
}

const bandNamesSchema = z.array(z.object({ name: z.string() })).nullable();

/** Reads it; bands are those of the active version, else of the newest. */
export async function readBase(pool: pg.Pool, deckId: string): Promise<BaseVersion> {
  const { rows } = await pool.query<BaseRow>(
    `SELECT d.currency, d.pricing, a.time_zone AS "timeZone", v.bands, v.time_zone AS "bandZone"
       FROM rate_deck d JOIN account a ON a.id = d.account_id
       LEFT JOIN LATERAL (SELECT bands, time_zone FROM deck_version
          WHERE deck_id = d.id ORDER BY (id = d.active_version_id) DESC NULLS LAST, version DESC
          LIMIT 1) AS v ON true
      WHERE d.id = $1`,
    [deckId],
  );
  const [row] = rows;
  assert(row !== undefined, 'an import has a deck');
  const bands = bandNamesSchema.parse(row.bands ?? null);
  return {
    currency: row.currency,
    pricing: row.pricing,
    timeZone: row.timeZone,
    bands: (bands ?? []).map(({ name }) => name),
    bandsJson: bands === null ? null : JSON.stringify(row.bands),
    bandZone: row.bandZone,
  };
}
