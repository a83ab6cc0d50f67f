import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import type { ServiceContext } from '@/lib/services/context';
import type { PortInState } from '@/lib/services/port-ins/schemas';
import { sideOf } from './view';

/** Notes of one request at most. */
const MAX_NOTES = 500;

/** Writes down what one side said, or where it moved the request. */
export async function addNote(
  tx: Tx,
  context: ServiceContext,
  note: { readonly portInId: string; readonly state: PortInState | null; readonly text: string },
): Promise<void> {
  const { portInId, state, text } = note;
  if ((await tx.portInNote.count({ where: { portInId } })) >= MAX_NOTES) {
    throw new AppError('USAGE_EXCEEDS_LIMIT', `A port-in has ${MAX_NOTES} notes at most.`);
  }
  const nowMs = context.clock.nowMs();
  await tx.portInNote.create({
    data: {
      id: newId(nowMs),
      at: new Date(nowMs),
      side: sideOf(context),
      authorId: context.actor.id,
      ...{ portInId, state, text },
    },
  });
}
