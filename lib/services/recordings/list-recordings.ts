import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { ownRecordings, recordingSelect, toWireRecording } from './internal/view';
import { type ListRecordingsInput, listRecordingsSchema, type WireRecording } from './schemas';

/** Recordings of the caller's account, the newest first; those of which nothing was kept where asked for. */
export async function listRecordings(
  context: ServiceContext,
  input: ListRecordingsInput = {},
): Promise<Page<WireRecording>> {
  authorize(context, 'recordings.read');
  const { cursor, limit, ...query } = parseInput(listRecordingsSchema, input);
  const and: Prisma.RecordingWhereInput[] = [ownRecordings(context.actor)];
  if (query.callId) and.push({ callId: query.callId });
  if (query.extensionId) {
    const { extensionId: id } = query;
    and.push({ OR: [{ fromExtensionId: id }, { toExtensionId: id }] });
  }
  and.push({ state: query.state ?? { not: 'discarded' } });
  if (query.from) and.push({ startedAt: { gte: new Date(query.from) } });
  if (query.to) and.push({ startedAt: { lt: new Date(query.to) } });
  if (cursor) and.push({ id: { lt: idIn(cursor) } });
  const rows = await context.database.prisma.recording.findMany({
    where: { AND: and },
    select: recordingSelect,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, { keyOf: (row) => [row.id], toItem: toWireRecording });
}

function idIn(cursor: string): string {
  const id = decodeCursor(cursor, 1)[0] ?? '';
  if (!isUuid(id)) throw new AppError('INVALID_INPUT', 'The cursor is not one of this list.');
  return id;
}
