import { isUuid } from '@/lib/core/ids';
import type { PartlyReadable } from '@/lib/core/sheets/zip.server';
import type { Tx } from '@/lib/infra/db/client';
import type { BlobStore } from '@/lib/infra/storage/blob-store';
import { notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import {
  importFormatSchema,
  importMappingSchema,
  importSchema,
  type WireImport,
} from '@/lib/services/deck-imports/schemas';
import { visibleDecks } from '@/lib/services/decks/find-deck';
import type { Prisma } from '@/prisma/generated/client';

const importInclude = {
  version: { select: { version: true } },
} satisfies Prisma.DeckImportInclude;

type ImportRow = Prisma.DeckImportGetPayload<{ include: typeof importInclude }>;

/** An import of a deck that the caller may see. Throws NOT_FOUND for any other. */
export async function findImport(
  tx: Tx,
  { actor }: Pick<ServiceContext, 'actor'>,
  importId: string,
): Promise<ImportRow> {
  const row = isUuid(importId)
    ? await tx.deckImport.findFirst({
        where: { id: importId, deck: { AND: [visibleDecks(actor)] } },
        include: importInclude,
      })
    : null;
  if (row === null) throw notFound('import');
  return row;
}

/** The imports of a deck, the newest first. */
export async function findImports(
  tx: Tx,
  deckId: string,
  page: { readonly before: string | null; readonly take: number },
): Promise<readonly ImportRow[]> {
  return await tx.deckImport.findMany({
    where: { deckId, ...(page.before === null ? {} : { id: { lt: page.before } }) },
    include: importInclude,
    orderBy: { id: 'desc' },
    take: page.take,
  });
}

const PPM = 1_000_000;

export function toWireImport(row: ImportRow): WireImport {
  return {
    id: row.id,
    deckId: row.deckId,
    state: row.state,
    fileName: row.fileName,
    bytes: Number(row.bytes),
    format: importFormatSchema.nullable().parse(row.format),
    sample: importSchema.shape.sample.parse(row.sample),
    mapping: importMappingSchema.nullable().parse(row.mapping),
    rowsRead: row.rowsRead,
    progress: row.progressPpm / PPM,
    problemCount: row.problemCount,
    problemsCut: row.problemsCut,
    failure: row.failure,
    version: row.version?.version ?? null,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** Where an import's file lies until it is done with. */
export const importKey = (importId: string): string => `deck-imports/${importId}`;

/** An import's file, to be read in parts. */
export function importFile(blobs: BlobStore, importId: string, bytes: number): PartlyReadable {
  return {
    bytes,
    async *read(start, end) {
      const { stream } = await blobs.read(importKey(importId), { start, end });
      yield* stream as AsyncIterable<Buffer>;
    },
  };
}
