import { createReadStream } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '@/lib/infra/db/client';
import { readCaptureHeader } from '@/lib/protocol/recording/read-capture';
import { recordingIdOf } from './capture-place';
import { noteRecordings } from './note-recordings';
import { type CaptureHeader, captureHeaderSchema } from './types';

/** Notes that are written together. */
const GROUP = 200;

/**
 * After a crash: what was captured until then is handed to the worker, and what never came to a file
 * has failed. For a switch that has not begun to capture anything itself. Gives how many were found.
 */
export async function adoptCaptures(
  database: Database,
  { nodeId, directory, nowMs }: { nodeId: string; directory: string; nowMs: number },
): Promise<number> {
  const found: CaptureHeader[] = [];
  for (const file of await readdir(directory)) {
    const header = recordingIdOf(file) && (await headerOf(path.join(directory, file)));
    if (header) found.push(header);
  }
  for (let start = 0; start < found.length; start += GROUP) {
    const notes = found.slice(start, start + GROUP).map((header) => {
      return { header, state: 'processing' as const, endedAtMs: nowMs, incomplete: true };
    });
    await noteRecordings(database, notes);
  }
  await database.pool.query(
    `UPDATE recording SET state = 'failed', failure = 'nothing was written'
      WHERE node_id = $1 AND state = 'capturing' AND NOT (id = ANY ($2::uuid[]))`,
    [nodeId, found.map(({ id }) => id)],
  );
  return found.length;
}

/** Null of a file that was just begun: then there is nothing in it, and it goes. */
async function headerOf(file: string): Promise<CaptureHeader | null> {
  const text = await readCaptureHeader(createReadStream(file));
  const parsed = text === null ? null : captureHeaderSchema.safeParse(parseJson(text));
  if (parsed?.success) return parsed.data;
  await unlink(file);
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
