import { createHash } from 'node:crypto';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { tableKindOf } from '@/lib/core/sheets/text-encoding';
import type { Tx } from '@/lib/infra/db/client';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findDeck, lockDeck } from '@/lib/services/decks/find-deck';
import { parseInput } from '@/lib/services/parse';
import { findImport, importKey, toWireImport } from './internal/view';
import {
  type CreateImportInput,
  createImportSchema,
  MAX_IMPORT_BYTES,
  MAX_OPEN_IMPORTS,
  type WireImport,
} from './schemas';

/** What an import waits for somebody in, or is at work in. */
const OPEN = ['uploaded', 'mapping', 'queued', 'reading', 'refused'] as const;

/** A file that comes in. */
export interface Upload {
  readonly content: AsyncIterable<Uint8Array>;
  readonly blobs?: () => BlobStore;
}

/**
 * Takes a CSV or XLSX file as an import of a deck; the worker then looks at its columns. The file
 * streams to the disk, whatever its size. Throws INVALID_INPUT for what is no table or too large,
 * USAGE_EXCEEDS_LIMIT where too many imports of the deck are open.
 */
export async function createImport(
  context: ServiceContext,
  deckId: string,
  { input, file }: { readonly input: CreateImportInput; readonly file: Upload },
): Promise<WireImport> {
  authorize(context, 'decks.write');
  const { fileName, uploadKey = null, ...rest } = parseInput(createImportSchema, input);
  const automatic = rest.automatic === 'true';
  const { actor, clock, database } = context;
  // Whose deck it is comes first: nothing of others is written, and nobody learns of it.
  const before = await findDeck(database.prisma, context, deckId);
  const known = await sameUpload(database.prisma, before.id, uploadKey);
  if (known !== null) return toWireImport(await findImport(database.prisma, context, known));
  await checkRoom(database.prisma, before.id);
  const blobs = (file.blobs ?? blobStore)();
  const id = newId(clock.nowMs());
  const { bytes, sha256 } = await keep(blobs, id, file.content);
  let made: string;
  try {
    made = await database.prisma.$transaction(async (tx) => {
      const deck = await lockDeck(tx, context, deckId);
      const meanwhile = await sameUpload(tx, deck.id, uploadKey);
      if (meanwhile !== null) return meanwhile;
      await checkRoom(tx, deck.id);
      const by = { actorKind: actor.kind, actorId: actor.id };
      await tx.deckImport.create({
        data: { id, deckId: deck.id, uploadKey, fileName, bytes, sha256, automatic, ...by },
      });
      await recordAudit(tx, context, {
        verb: 'deckImports.create',
        objectKind: 'deck_import',
        objectId: id,
        accountId: deck.accountId,
        detail: { deckId: deck.id, bytes, sha256 },
      });
      return id;
    });
  } catch (error) {
    await blobs.delete(importKey(id));
    throw error;
  }
  if (made !== id) await blobs.delete(importKey(id));
  return toWireImport(await findImport(database.prisma, context, made));
}

async function sameUpload(
  tx: Tx,
  deckId: string,
  uploadKey: string | null,
): Promise<string | null> {
  if (uploadKey === null) return null;
  const row = await tx.deckImport.findUnique({
    where: { deckId_uploadKey: { deckId, uploadKey } },
    select: { id: true },
  });
  return row?.id ?? null;
}

async function checkRoom(tx: Tx, deckId: string): Promise<void> {
  const open = await tx.deckImport.count({ where: { deckId, state: { in: [...OPEN] } } });
  if (open < MAX_OPEN_IMPORTS) return;
  throw new AppError(
    'USAGE_EXCEEDS_LIMIT',
    `${open} imports of this deck are open. Discard those that are not wanted.`,
  );
}

/** Writes the file as it comes; its kind is seen by its first bytes, before the rest is taken. */
async function keep(
  blobs: BlobStore,
  id: string,
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  async function* checked(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of content) {
      if (chunk.length === 0) continue;
      if (bytes === 0) tableKindOf(chunk);
      bytes += chunk.length;
      if (bytes > MAX_IMPORT_BYTES) {
        const most = MAX_IMPORT_BYTES / 1_048_576;
        throw new AppError('INVALID_INPUT', `A file of at most ${most} MB is taken.`);
      }
      hash.update(chunk);
      yield chunk;
    }
    if (bytes === 0) throw new AppError('INVALID_INPUT', 'The file is empty.');
  }
  const { bytes } = await blobs.write(importKey(id), checked());
  return { bytes, sha256: hash.digest('hex') };
}
