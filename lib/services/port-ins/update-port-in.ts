import { AppError } from '@/lib/core/errors';
import { withoutAbsent } from '@/lib/core/without-absent';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getPortIn } from './get-port-in';
import { checkTarget } from './internal/check-target';
import { findPortIn } from './internal/view';
import { isEditable } from './rules';
import { type UpdatePortInInput, updatePortInSchema, type WirePortIn } from './schemas';

/** Changes the form of a request that is a draft or in need of something. Throws CONFLICT else. */
export async function updatePortIn(
  context: ServiceContext,
  portInId: string,
  input: UpdatePortInInput,
): Promise<WirePortIn> {
  authorize(context, 'portIns.write');
  const { wishedOn, ...form } = parseInput(updatePortInSchema, input);
  const changes = withoutAbsent(form);
  await context.database.prisma.$transaction(async (tx) => {
    const row = await findPortIn(tx, context, portInId);
    if (!isEditable(row.state)) {
      throw new AppError('CONFLICT', `A port-in that is "${row.state}" is not changed any more.`);
    }
    await checkTarget(tx, row.accountId, { ...row, ...changes });
    await tx.portIn.update({
      where: { id: row.id },
      data: { ...changes, ...(wishedOn === undefined ? {} : { wishedOn: new Date(wishedOn) }) },
    });
    await recordAudit(tx, context, {
      verb: 'portIns.update',
      objectKind: 'port_in',
      objectId: row.id,
      accountId: row.accountId,
      detail: { changed: Object.keys(withoutAbsent({ ...form, wishedOn })) },
    });
  });
  return await getPortIn(context, portInId);
}
