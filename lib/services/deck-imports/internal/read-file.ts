import type pg from 'pg';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { RateRow } from '@/lib/core/rating/rate';
import type { SheetRow } from '@/lib/core/sheets/csv';
import { tableRows } from '@/lib/core/sheets/table-file.server';
import { inTransaction } from '@/lib/infra/db/client';
import { DuplicateFinder } from '@/lib/services/deck-imports/duplicates';
import type { ImportDesk } from '@/lib/services/deck-imports/import-desk';
import { type RowProblem, RowReader } from '@/lib/services/deck-imports/read-row';
import {
  importFormatSchema,
  importMappingSchema,
  MAX_IMPORT_ROWS,
  MAX_PROBLEMS,
} from '@/lib/services/deck-imports/schemas';
import { RATES_AT_ONCE, writeRates } from '@/lib/services/decks/write-rates';
import { type BaseVersion, readBase } from './base-version';
import { type ClaimedImport, ClaimLost, ProgressTeller } from './claims';
import { importFile } from './view';

/** What came of reading a file; with problems nothing of it was kept. */
export interface FileReading {
  readonly rowsRead: number;
  readonly problems: readonly RowProblem[];
  /** More problems were there. */
  readonly isCut: boolean;
}

/** Undoes the transaction of a file with problems. */
class Refused extends Error {}

/**
 * Reads a file into a new draft version, in one transaction: all of its rates appear at once, or
 * none. Once a row is wrong nothing more is written, but all rows are read, so that everything that
 * is wrong is known. Throws ClaimLost, INVALID_INPUT for a file that can't be read at all.
 */
export async function readIntoVersion(
  desk: ImportDesk,
  claimed: ClaimedImport,
  signal: AbortSignal,
): Promise<FileReading> {
  const base = await readBase(desk.database.pool, claimed.deckId);
  const work = new FileWork(desk, claimed, base);
  try {
    await inTransaction(desk.database.pool, async (client) => {
      const versionId = await beginVersion(client, claimed, base);
      await work.readAll((rates) => writeRates(client, versionId, rates), signal);
      if (work.problems.length > 0) throw new Refused();
      if (work.rates === 0) {
        throw new AppError('INVALID_INPUT', 'There is no row with a rate in this file.');
      }
      await endVersion(client, { desk, claimed, versionId, rates: work.rates, rows: work.rows });
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  return { rowsRead: work.rows, problems: work.problems, isCut: work.isCut };
}

/** The reading of one file, row by row. */
class FileWork {
  rows = 0;
  rates = 0;
  isCut = false;
  readonly problems: RowProblem[] = [];
  private readonly desk: ImportDesk;
  private readonly claimed: ClaimedImport;
  private readonly reader: RowReader;
  private readonly headerLine: number;
  private readonly prefixColumn: number | null;
  private readonly duplicates = new DuplicateFinder();
  private batch: RateRow[] = [];

  constructor(desk: ImportDesk, claimed: ClaimedImport, base: BaseVersion) {
    const mapping = importMappingSchema.parse(claimed.mapping);
    this.desk = desk;
    this.claimed = claimed;
    this.headerLine = mapping.headerLine ?? 0;
    this.prefixColumn = mapping.columns.prefix ?? null;
    const { currency, pricing, timeZone, bands } = base;
    this.reader = new RowReader({ mapping, currency, pricing, timeZone, bands });
  }

  async readAll(
    write: (rates: readonly RateRow[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const file = importFile(this.desk.blobs, this.claimed.id, this.claimed.bytes);
    const format = importFormatSchema.parse(this.claimed.format);
    const teller = new ProgressTeller(this.desk, this.claimed);
    for await (const { rows, part } of tableRows(file, format)) {
      if (signal.aborted) throw new ClaimLost();
      for (const row of rows) this.take(row);
      if (this.isCut) return;
      if (this.batch.length >= RATES_AT_ONCE) await this.flush(write);
      await teller.tell(this.rows, part);
    }
    await this.flush(write);
  }

  private async flush(write: (rates: readonly RateRow[]) => Promise<void>): Promise<void> {
    const { batch } = this;
    this.batch = [];
    if (this.problems.length === 0) await write(batch);
  }

  private take(row: SheetRow): void {
    if (row.line <= this.headerLine || this.isCut) return;
    const reading = this.reader.read(row);
    if (reading === null) return;
    this.rows += 1;
    if (this.rows > MAX_IMPORT_ROWS) {
      throw new AppError('INVALID_INPUT', `A file of at most ${MAX_IMPORT_ROWS} rows is taken.`);
    }
    if (!reading.ok) {
      this.report(reading.problems);
      return;
    }
    const { rate } = reading;
    const before = this.duplicates.seen(rate, row.line);
    if (before === null) {
      this.rates += 1;
      if (this.problems.length === 0) this.batch.push(rate);
      return;
    }
    const same = rate.validFromMs === null ? '' : ' from the same moment on';
    const problem = `stands in line ${before} already${same}`;
    const value = rate.prefix === '' ? '*' : rate.prefix;
    this.report([{ line: row.line, column: this.prefixColumn, value, problem }]);
  }

  private report(problems: readonly RowProblem[]): void {
    for (const problem of problems) {
      if (this.problems.length === MAX_PROBLEMS) this.isCut = true;
      else this.problems.push(problem);
    }
  }
}

/** A draft under a number of its own, which nobody sees before the transaction ends. */
async function beginVersion(
  client: pg.ClientBase,
  claimed: ClaimedImport,
  base: BaseVersion,
): Promise<string> {
  const id = newId();
  const placeholder = -1 - Math.floor(Math.random() * 2_000_000_000);
  await client.query(
    `INSERT INTO deck_version (id, deck_id, version, time_zone, bands) VALUES ($1, $2, $3, $4, $5)`,
    [id, claimed.deckId, placeholder, base.bandZone, base.bandsJson],
  );
  return id;
}

interface Ending {
  readonly desk: ImportDesk;
  readonly claimed: ClaimedImport;
  readonly versionId: string;
  readonly rates: number;
  readonly rows: number;
}

/** Gives it the next number, says where it came from, and ends the import with it. */
async function endVersion(client: pg.ClientBase, ending: Ending): Promise<void> {
  const { claimed, versionId, rates } = ending;
  const now = new Date(ending.desk.clock.nowMs());
  await client.query('SELECT 1 FROM rate_deck WHERE id = $1 FOR UPDATE', [claimed.deckId]);
  const source = {
    ...{ kind: 'import', importId: claimed.id, fileName: claimed.fileName },
    ...{ bytes: claimed.bytes, sha256: claimed.sha256, rows: ending.rows },
    by: { kind: claimed.actorKind, id: claimed.actorId },
  };
  await client.query(
    `UPDATE deck_version SET source = $3, version = (SELECT coalesce(max(version), 0) + 1
       FROM deck_version WHERE deck_id = $2 AND version > 0) WHERE id = $1`,
    [versionId, claimed.deckId, JSON.stringify(source)],
  );
  const { rowCount } = await client.query(
    `UPDATE deck_import SET state = 'done', version_id = $3, rows_read = $4, progress_ppm = 1000000,
        claim = NULL, claimed_until = NULL, finished_at = $5
      WHERE id = $1 AND claim = $2 AND state = 'reading'`,
    [claimed.id, claimed.claim, versionId, ending.rows, now],
  );
  if (rowCount === 0) throw new ClaimLost();
  await client.query(
    `INSERT INTO audit_entry (id, account_id, actor_kind, actor_id, verb, object_kind, object_id,
        detail)
     SELECT $1, d.account_id, $3, $4, 'decks.createVersion', 'rate_deck', d.id, $5
       FROM rate_deck d WHERE d.id = $2`,
    [
      newId(now.getTime()),
      claimed.deckId,
      claimed.actorKind,
      claimed.actorId,
      JSON.stringify({ importId: claimed.id, versionId, rates }),
    ],
  );
}
