import { newId } from '@/lib/core/ids.server';
import type { ImportDesk } from '@/lib/services/deck-imports/import-desk';

/** Who says nothing for so long has died: another may begin again. */
const CLAIM_MS = 60_000;
/** Between two signs of life, which tell how far it is. */
const SIGN_MS = 1_000;

/** An import that is one's own to work on. */
export interface ClaimedImport {
  readonly id: string;
  readonly claim: string;
  readonly deckId: string;
  readonly state: 'uploaded' | 'reading';
  readonly bytes: number;
  readonly automatic: boolean;
  readonly format: unknown;
  readonly mapping: unknown;
  readonly sample: unknown;
  readonly fileName: string;
  readonly sha256: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly attempts: number;
}

const CLAIM = `
UPDATE deck_import SET attempts = attempts + 1, claim = $1, claimed_until = $2,
    state = CASE state WHEN 'queued' THEN 'reading'::"DeckImportState" ELSE state END
 WHERE id = (SELECT id FROM deck_import
   WHERE state IN ('uploaded', 'queued', 'reading') AND (claimed_until IS NULL OR claimed_until < $3)
   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, claim, deck_id AS "deckId", state, bytes::float8 AS bytes, automatic, format, mapping,
  sample, file_name AS "fileName", sha256, actor_kind AS "actorKind", actor_id AS "actorId", attempts`;

/** Takes the oldest import that waits, or whose worker has died; null where none does. */
export async function claimImport(desk: ImportDesk): Promise<ClaimedImport | null> {
  const nowMs = desk.clock.nowMs();
  const { rows } = await desk.database.pool.query<ClaimedImport>(CLAIM, [
    newId(nowMs),
    new Date(nowMs + CLAIM_MS),
    new Date(nowMs),
  ]);
  return rows[0] ?? null;
}

/** It is somebody else's by now, or was discarded: what was begun is dropped. */
export class ClaimLost extends Error {}

/** Says how far an import is, at most once a second. */
export class ProgressTeller {
  private readonly desk: ImportDesk;
  private readonly claimed: ClaimedImport;
  private toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(desk: ImportDesk, claimed: ClaimedImport) {
    this.desk = desk;
    this.claimed = claimed;
  }

  /** Throws ClaimLost. */
  async tell(rowsRead: number, part: number): Promise<void> {
    const { database, clock } = this.desk;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.toldAtMs < SIGN_MS) return;
    this.toldAtMs = nowMs;
    const { rowCount } = await database.pool.query(
      `UPDATE deck_import SET rows_read = $3, progress_ppm = $4, claimed_until = $5
        WHERE id = $1 AND claim = $2`,
      [
        this.claimed.id,
        this.claimed.claim,
        rowsRead,
        Math.floor(Math.min(1, part) * 1_000_000),
        new Date(clock.nowMs() + CLAIM_MS),
      ],
    );
    if (rowCount === 0) throw new ClaimLost();
  }
}
