import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getPortIn } from './get-port-in';
import { addNote } from './internal/add-note';
import { findPortIn } from './internal/view';
import { type NotePortInInput, notePortInSchema, type WirePortIn } from './schemas';

/** Says something to the other side. */
export async function notePortIn(
  context: ServiceContext,
  portInId: string,
  input: NotePortInInput,
): Promise<WirePortIn> {
  authorize(context, 'portIns.write');
  const { text } = parseInput(notePortInSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const row = await findPortIn(tx, context, portInId);
    await addNote(tx, context, { portInId: row.id, state: null, text });
    await recordAudit(tx, context, {
      verb: 'portIns.note',
      objectKind: 'port_in',
      objectId: row.id,
      accountId: row.accountId,
    });
  });
  return await getPortIn(context, portInId);
}
