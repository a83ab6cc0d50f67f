import type { Readable } from 'node:stream';
import { AppError } from '@/lib/core/errors';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getPortIn } from './get-port-in';
import { findPortIn, letterKey } from './internal/view';
import { isEditable, letterType } from './rules';
import {
  MAX_LETTER_BYTES,
  type UploadLetterInput,
  uploadLetterSchema,
  type WirePortIn,
} from './schemas';

/**
 * Keeps the letter of authorisation of a request, sealed, in place of any before it. Throws
 * INVALID_INPUT for what is neither PDF, PNG nor JPEG by its content, CONFLICT where the request is
 * on its way.
 */
export async function uploadLetter(
  context: ServiceContext,
  portInId: string,
  letter: UploadLetterInput & { readonly bytes: Buffer; readonly blobs?: () => BlobStore },
): Promise<WirePortIn> {
  authorize(context, 'portIns.write');
  const { bytes, blobs = blobStore, ...input } = letter;
  const { name } = parseInput(uploadLetterSchema, input);
  const { prisma } = context.database;
  // Whose it is comes first: nobody learns by the time it takes that there is one.
  await getPortIn(context, portInId);
  const type = letterType(bytes);
  if (type === null || bytes.length > MAX_LETTER_BYTES) {
    throw new AppError('INVALID_INPUT', 'A PDF, PNG or JPEG file of at most 10 MB is taken.');
  }
  await prisma.$transaction(async (tx) => {
    const row = await findPortIn(tx, context, portInId);
    if (!isEditable(row.state)) {
      throw new AppError('CONFLICT', `A port-in that is "${row.state}" is not changed any more.`);
    }
    await blobs().write(letterKey(row.id), [bytes], { isSealed: true });
    await tx.portIn.update({
      where: { id: row.id },
      data: { letterName: name, letterType: type, letterBytes: bytes.length },
    });
    await recordAudit(tx, context, {
      verb: 'portIns.letter',
      objectKind: 'port_in',
      objectId: row.id,
      accountId: row.accountId,
      detail: { type, bytes: bytes.length },
    });
  });
  return await getPortIn(context, portInId);
}

/** The letter of a request that the caller may see. Throws NOT_FOUND where there is none. */
export async function openLetter(
  context: ServiceContext,
  portInId: string,
  blobs: () => BlobStore = blobStore,
): Promise<{
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly stream: Readable;
}> {
  authorize(context, 'portIns.read');
  const { letter, id } = await getPortIn(context, portInId);
  if (letter === null) throw notFound('letter');
  const { bytes, stream } = await blobs().read(letterKey(id));
  return { name: letter.name, type: letter.type, bytes, stream };
}
