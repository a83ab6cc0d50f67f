import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getTrunk } from './get-trunk';
import { isOperator, mayTouch } from './internal/access';
import { refuseOverlap } from './internal/overlap';
import { columnsOf } from './internal/settings';
import { findTrunk } from './internal/view';
import { checkParts, refuseOperatorSettings } from './rules';
import { type UpdateTrunkInput, updateTrunkSchema, type WireTrunk } from './schemas';

/** Changes a trunk; what is left out stays. Throws CONFLICT like creating one. */
export async function updateTrunk(
  context: ServiceContext,
  trunkId: string,
  input: UpdateTrunkInput,
): Promise<WireTrunk> {
  authorize(context, 'trunks.write');
  const data = parseInput(updateTrunkSchema, input);
  if (!isOperator(context)) refuseOperatorSettings(data);
  const { state, ...settings } = data;
  const taken = `There is a trunk "${data.name ?? ''}" already.`;
  await refuseConflicts({ taken }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const trunk = await findTrunk(tx, context, trunkId);
      mayTouch(context, trunk.kind);
      if (trunk.kind === 'pbx' && (data.secret !== undefined || data.username !== undefined)) {
        throw new AppError('INVALID_INPUT', 'A PBX gets its user name and its secret from us.');
      }
      const columns = columnsOf(settings, trunk.id, context.sealer);
      const match = {
        address: columns.address === undefined ? trunk.address : columns.address,
        port: data.port === undefined ? trunk.port : data.port,
        transport: data.transport === undefined ? trunk.transport : data.transport,
      };
      checkParts(trunk.kind, {
        ...match,
        host: data.host === undefined ? trunk.host : data.host,
        username: data.username === undefined ? trunk.username : data.username,
        hasSecret: trunk.secretSealed !== null || data.secret !== undefined,
      });
      await refuseOverlap(tx, match, trunk);
      await tx.trunk.update({
        where: { id: trunk.id },
        data: { ...columns, ...match, ...(state === undefined ? {} : { status: state }) },
      });
      await recordAudit(tx, context, {
        verb: 'trunks.update',
        objectKind: 'trunk',
        objectId: trunk.id,
        accountId: trunk.accountId,
        detail: { changed: Object.keys(data), ...match, ...(state === undefined ? {} : { state }) },
      });
    }),
  );
  return await getTrunk(context, trunkId);
}
