import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getTrunk } from './get-trunk';
import { refuseOverlap } from './internal/overlap';
import { findTrunk } from './internal/view';
import { toCanonicalAddress } from './rules';
import { type UpdateTrunkInput, updateTrunkSchema, type WireTrunk } from './schemas';

/** Changes a trunk; what is left out stays. Throws CONFLICT like creating one. */
export async function updateTrunk(
  context: ServiceContext,
  trunkId: string,
  input: UpdateTrunkInput,
): Promise<WireTrunk> {
  authorize(context, 'trunks.write');
  const { state, name, ...data } = parseInput(updateTrunkSchema, input);
  await refuseConflicts({ taken: `There is a trunk "${name ?? ''}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const trunk = await findTrunk(tx, context, trunkId);
      const match = {
        address: data.address === undefined ? trunk.address : toCanonicalAddress(data.address),
        port: data.port === undefined ? trunk.port : data.port,
        transport: data.transport === undefined ? trunk.transport : data.transport,
      };
      await refuseOverlap(tx, match, trunk.id);
      await tx.trunk.update({
        where: { id: trunk.id },
        data: {
          ...match,
          ...(name === undefined ? {} : { name }),
          ...(state === undefined ? {} : { status: state }),
          ...(data.numberFormat === undefined ? {} : { numberFormat: data.numberFormat }),
          ...(data.emergency === undefined ? {} : { emergency: data.emergency }),
          ...(data.maxChannels === undefined ? {} : { maxChannels: data.maxChannels }),
        },
      });
      await recordAudit(tx, context, {
        verb: 'trunks.update',
        objectKind: 'trunk',
        objectId: trunk.id,
        accountId: trunk.accountId,
        detail: { ...match, ...(state === undefined ? {} : { state }) },
      });
    }),
  );
  return await getTrunk(context, trunkId);
}
