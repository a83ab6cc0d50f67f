import { createReadStream } from 'node:fs';
import { stat, unlink } from 'node:fs/promises';
import { AppError } from '@/lib/core/errors';
import type { Sealer } from '@/lib/infra/crypto';
import type { Database } from '@/lib/infra/db/client';
import type { Logger } from '@/lib/infra/log';
import type { BlobStore } from '@/lib/infra/storage/blob-store';
import type { CaptureRecord } from '@/lib/protocol/recording/capture-format';
import { readCapture, readCaptureHeader } from '@/lib/protocol/recording/read-capture';
import { surveyCapture } from '@/lib/protocol/recording/survey';
import { capturePath, openCaptureKey } from './capture-place';
import { fileOf } from './internal/file';
import { refreshFull } from './internal/room';
import { captureHeaderSchema } from './types';

/** Who takes longer has died: another may try. A day of talk takes a few minutes. */
const CLAIM_MS = 15 * 60_000;
/** What fails so often fails always. */
const MAX_ATTEMPTS = 3;
const MAX_FAILURE_CHARACTERS = 500;

/** Where recordings are made, and of what. */
export interface RecordingWorkshop {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly blobs: BlobStore;
  readonly log: Logger;
  readonly nowMs: () => number;
  /** Whose captures these are. */
  readonly nodeId: string;
  /** Where they lie. */
  readonly directory: string;
}

interface ClaimedRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly format: 'wav' | 'opus';
  readonly sealed: boolean;
  readonly incomplete: boolean;
  readonly started_at: Date;
  readonly attempts: number;
}

const CLAIM = `
UPDATE recording SET attempts = attempts + 1, claimed_until = $2
 WHERE id = (SELECT id FROM recording
   WHERE state = 'processing' AND node_id = $1 AND (claimed_until IS NULL OR claimed_until < $3)
   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, tenant_id, format, sealed, incomplete, started_at, attempts`;

/**
 * Makes a recording of a capture that is complete, where one waits: false where none does. A crash
 * on the way leaves it to the next; nothing is ever made twice or half.
 */
export async function finishDue(workshop: RecordingWorkshop): Promise<boolean> {
  const { database, nodeId, log } = workshop;
  const nowMs = workshop.nowMs();
  const until = new Date(nowMs + CLAIM_MS);
  const claimed = await database.pool.query<ClaimedRow>(CLAIM, [nodeId, until, new Date(nowMs)]);
  const [row] = claimed.rows;
  if (row === undefined) return false;
  try {
    await finish(workshop, row);
    log.info('recording.ready', { recordingId: row.id });
  } catch (error) {
    log.warn('recording.failed', { recordingId: row.id, attempt: row.attempts, error });
    await putBack(workshop, row, error);
  }
  return true;
}

async function finish(workshop: RecordingWorkshop, row: ClaimedRow): Promise<void> {
  const { blobs, directory, sealer } = workshop;
  const path = capturePath(directory, row.id);
  await stat(path);
  const key = await keyOf(path, sealer);
  const records = (): AsyncIterable<CaptureRecord> => readCapture(createReadStream(path), key);
  const survey = await surveyCapture(records());
  const file = fileOf(row.format, survey, records());
  const blobKey = `recordings/${row.started_at.toISOString().slice(0, 7)}/${row.id}.${file.suffix}`;
  const { bytes } = await blobs.write(blobKey, file.content, { isSealed: row.sealed });
  const { pool } = workshop.database;
  await pool.query(
    `UPDATE recording SET state = 'ready', blob_key = $2, bytes = $3, duration_ms = $4, peaks = $5,
        incomplete = incomplete OR $6, failure = NULL, claimed_until = NULL
      WHERE id = $1 AND state = 'processing'`,
    [row.id, blobKey, bytes, survey.durationMs, Buffer.from(file.peaks()), survey.isIncomplete],
  );
  await refreshFull(pool, row.tenant_id);
  await unlink(path);
}

async function keyOf(path: string, sealer: Sealer): Promise<Uint8Array | null> {
  const text = await readCaptureHeader(createReadStream(path));
  if (text === null) throw new AppError('INTERNAL', 'the capture has no header');
  return openCaptureKey(captureHeaderSchema.parse(JSON.parse(text)), sealer);
}

async function putBack(
  { database, nowMs }: RecordingWorkshop,
  row: ClaimedRow,
  error: unknown,
): Promise<void> {
  const text = error instanceof Error ? error.message : String(error);
  const isOver = row.attempts >= MAX_ATTEMPTS;
  await database.pool.query(
    `UPDATE recording SET state = $2::"RecordingState", failure = $3, claimed_until = $4
      WHERE id = $1 AND state = 'processing'`,
    [
      row.id,
      isOver ? 'failed' : 'processing',
      text.slice(0, MAX_FAILURE_CHARACTERS),
      // Ever later: a disk that is full may have room in a while.
      isOver ? null : new Date(nowMs() + row.attempts * 60_000),
    ],
  );
}
