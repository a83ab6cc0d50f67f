import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { findSound, toWireSound } from './internal/view';
import { type UpdateSoundInput, updateSoundSchema, type WireSound } from './schemas';

/** Gives a sound another name. */
export async function updateSound(
  context: ServiceContext,
  soundId: string,
  input: UpdateSoundInput,
): Promise<WireSound> {
  authorize(context, 'sounds.write');
  const { name } = parseInput(updateSoundSchema, input);
  return await context.database.prisma.$transaction(async (tx) => {
    const sound = await findSound(tx, context, soundId);
    const changed = await tx.sound.update({ where: { id: sound.id }, data: { name } });
    await recordAudit(tx, context, {
      verb: 'sounds.update',
      objectKind: 'sound',
      objectId: sound.id,
      accountId: sound.accountId,
      detail: { name },
    });
    return toWireSound(changed);
  });
}
