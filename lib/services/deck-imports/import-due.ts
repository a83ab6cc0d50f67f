import { isAppError } from '@/lib/core/errors';
import { columnLetter } from '@/lib/core/sheets/column-letter';
import type { ImportDesk } from './import-desk';
import { type ClaimedImport, ClaimLost, claimImport } from './internal/claims';
import { lookAtFile } from './internal/look';
import { type FileReading, readIntoVersion } from './internal/read-file';
import { importKey } from './internal/view';
import type { RowProblem } from './read-row';
import { importMappingSchema } from './schemas';

/** What fails so often fails always. */
const MAX_ATTEMPTS = 3;
/** A file that broke its worker is tried again after so long, times the attempts. */
const RETRY_MS = 10_000;
const MAX_FAILURE_CHARACTERS = 500;

/**
 * Works on one import that waits: looks at its columns, or reads it into a draft version; false
 * where none waits. A crash on the way leaves nothing behind: whoever comes next begins again.
 * `signal` ends it, likewise.
 */
export async function importDue(desk: ImportDesk, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const claimed = await claimImport(desk);
  if (claimed === null) return false;
  const { log } = desk;
  try {
    if (claimed.state === 'uploaded') await lookAtFile(desk, claimed);
    else await finish(desk, claimed, await readIntoVersion(desk, claimed, signal));
  } catch (error) {
    if (error instanceof ClaimLost) {
      log.info('deck_import.dropped', { importId: claimed.id });
      if (signal.aborted) await putBack(desk, claimed, { failure: null, afterMs: 0 });
    } else if (isAppError(error) && error.code === 'INVALID_INPUT') {
      await fail(desk, claimed, error.message);
    } else {
      log.warn('deck_import.failed', { importId: claimed.id, attempt: claimed.attempts, error });
      const failure = 'It could not be worked on. Try again; the log of the worker says more.';
      if (claimed.attempts >= MAX_ATTEMPTS) await fail(desk, claimed, failure);
      else await putBack(desk, claimed, { failure, afterMs: RETRY_MS * claimed.attempts });
    }
  }
  return true;
}

async function finish(
  desk: ImportDesk,
  claimed: ClaimedImport,
  reading: FileReading,
): Promise<void> {
  const { rowsRead, problems } = reading;
  if (problems.length === 0) {
    desk.log.info('deck_import.done', { importId: claimed.id, rows: rowsRead });
    await desk.blobs.delete(importKey(claimed.id));
    return;
  }
  await refuse(desk, claimed, reading);
  desk.log.info('deck_import.refused', { importId: claimed.id, problems: problems.length });
}

/** Lists what is wrong; the file stays, to be read again by another mapping. */
async function refuse(
  desk: ImportDesk,
  claimed: ClaimedImport,
  { rowsRead, problems, isCut }: FileReading,
): Promise<void> {
  const now = new Date(desk.clock.nowMs());
  const headings = headingsOf(claimed);
  await desk.database.prisma.$transaction(async (tx) => {
    const { count } = await tx.deckImport.updateMany({
      where: { id: claimed.id, claim: claimed.claim },
      data: {
        ...{ state: 'refused', rowsRead, problemCount: problems.length, problemsCut: isCut },
        ...{ claim: null, claimedUntil: null, finishedAt: now },
      },
    });
    if (count === 0) return;
    await tx.deckImportProblem.createMany({
      data: problems.map((problem, seq) => ({
        ...{ importId: claimed.id, seq, line: problem.line },
        column: problem.column === null ? null : columnLetter(problem.column),
        heading: problem.column === null ? null : (headings[problem.column] ?? null),
        value: problem.value.replaceAll('\0', ''),
        message: messageOf(problem),
      })),
    });
  });
}

/** "“abc” is no number". */
function messageOf({ value, problem }: RowProblem): string {
  const shown = value.replaceAll('\0', '');
  return shown === '' ? problem : `“${shown}” ${problem}`;
}

function headingsOf({ mapping, sample }: ClaimedImport): readonly string[] {
  const { headerLine } = importMappingSchema.parse(mapping);
  const rows = sample as readonly { line: number; cells: readonly string[] }[] | null;
  return rows?.find((row) => row.line === headerLine)?.cells ?? [];
}

async function fail(desk: ImportDesk, claimed: ClaimedImport, failure: string): Promise<void> {
  await desk.database.pool.query(
    `UPDATE deck_import SET state = 'failed', failure = $3, claim = NULL, claimed_until = NULL,
        finished_at = $4 WHERE id = $1 AND claim = $2`,
    [
      claimed.id,
      claimed.claim,
      failure.slice(0, MAX_FAILURE_CHARACTERS),
      new Date(desk.clock.nowMs()),
    ],
  );
  await desk.blobs.delete(importKey(claimed.id));
}

async function putBack(
  desk: ImportDesk,
  claimed: ClaimedImport,
  { failure, afterMs }: { readonly failure: string | null; readonly afterMs: number },
): Promise<void> {
  const until = afterMs === 0 ? null : new Date(desk.clock.nowMs() + afterMs);
  await desk.database.pool.query(
    `UPDATE deck_import SET failure = $3, claim = NULL, claimed_until = $4,
        attempts = CASE WHEN $4::timestamptz IS NULL THEN attempts - 1 ELSE attempts END,
        state = CASE state WHEN 'reading' THEN 'queued'::"DeckImportState" ELSE state END
      WHERE id = $1 AND claim = $2`,
    [claimed.id, claimed.claim, failure, until],
  );
}
