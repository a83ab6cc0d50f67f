import { isAppError } from '@/lib/core/errors';
import type { SheetRow } from '@/lib/core/sheets/csv';
import { firstRows, tableFormatOf } from '@/lib/core/sheets/table-file.server';
import type { ImportDesk } from '@/lib/services/deck-imports/import-desk';
import { guessMapping, headerKeyOf } from '@/lib/services/deck-imports/mapping';
import { type ImportMapping, importMappingSchema } from '@/lib/services/deck-imports/schemas';
import { checkMapping } from '@/lib/services/deck-imports/start-import';
import type { ClaimedImport } from './claims';
import { importFile } from './view';

/** Rows that are shown, and guessed by. */
const SAMPLE_ROWS = 50;
const SHOWN_CELLS = 40;
const SHOWN_CHARACTERS = 100;

/**
 * Looks at a file that was uploaded: what it is, its first rows, and which column is what: as the
 * last file with these columns was read for this deck, or for another of the same account; else by
 * their names. Goes on to the queue where nobody need be asked.
 */
export async function lookAtFile(desk: ImportDesk, claimed: ClaimedImport): Promise<void> {
  const { pool, prisma } = desk.database;
  const file = importFile(desk.blobs, claimed.id, claimed.bytes);
  const format = await tableFormatOf(file);
  const rows = await firstRows(file, format, SAMPLE_ROWS);
  const deck = await prisma.rateDeck.findUniqueOrThrow({ where: { id: claimed.deckId } });
  const guess = guessMapping(rows, deck.pricing);
  const headerKey = guess.header === null ? null : headerKeyOf(guess.header.cells);
  const known = headerKey === null ? null : await lastMapping(desk, claimed.deckId, headerKey);
  const mapping =
    known === null ? guess.mapping : { ...known, headerLine: guess.mapping.headerLine };
  const isReady =
    claimed.automatic && (known !== null || guess.isSure) && isUsable(mapping, deck.pricing);
  await pool.query(
    `UPDATE deck_import SET state = $3::"DeckImportState", format = $4, sample = $5, mapping = $6,
        header_key = $7, attempts = 0, claim = NULL, claimed_until = NULL
      WHERE id = $1 AND claim = $2`,
    [
      claimed.id,
      claimed.claim,
      isReady ? 'queued' : 'mapping',
      JSON.stringify(format),
      JSON.stringify(rows.map(shownRow)),
      JSON.stringify(mapping),
      headerKey,
    ],
  );
}

function shownRow({ line, cells }: SheetRow): SheetRow {
  return {
    line,
    cells: cells
      .slice(0, SHOWN_CELLS)
      .map((cell) => cell.replaceAll('\0', '').slice(0, SHOWN_CHARACTERS)),
  };
}

function isUsable(mapping: ImportMapping, pricing: 'rates' | 'markup'): boolean {
  try {
    checkMapping(mapping, pricing);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

/** How the last file of these columns was read, this deck's before the account's others. */
async function lastMapping(
  desk: ImportDesk,
  deckId: string,
  headerKey: string,
): Promise<ImportMapping | null> {
  const { rows } = await desk.database.pool.query<{ mapping: unknown }>(
    `SELECT i.mapping FROM deck_import i JOIN rate_deck d ON d.id = i.deck_id
      WHERE i.header_key = $2 AND i.state IN ('queued', 'reading', 'done')
        AND d.account_id = (SELECT account_id FROM rate_deck WHERE id = $1)
      ORDER BY (i.deck_id = $1) DESC, i.id DESC LIMIT 1`,
    [deckId, headerKey],
  );
  const [row] = rows;
  return row === undefined ? null : importMappingSchema.parse(row.mapping);
}
