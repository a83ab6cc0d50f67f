import { newId } from '@/lib/core/ids.server';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getTrunk } from './get-trunk';
import { refuseOverlap } from './internal/overlap';
import { toCanonicalAddress } from './rules';
import { type CreateTrunkInput, createTrunkSchema, type WireTrunk } from './schemas';

/** Adds a SIP connection to a carrier. Throws CONFLICT for a taken name and for an overlap. */
export async function createTrunk(
  context: ServiceContext,
  input: CreateTrunkInput,
): Promise<WireTrunk> {
  authorize(context, 'trunks.write');
  const { carrierId, ...data } = parseInput(createTrunkSchema, input);
  const id = newId(context.clock.nowMs());
  const match = {
    address: toCanonicalAddress(data.address),
    port: data.port ?? null,
    transport: data.transport ?? null,
  };
  await refuseConflicts({ taken: `There is a trunk "${data.name}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const carrier = await tx.carrier.findFirst({
        where: { id: carrierId, account: inSubtree(context.actor) },
      });
      if (carrier === null) throw notFound('carrier');
      await refuseOverlap(tx, match, null);
      const { accountId } = carrier;
      await tx.trunk.create({ data: { id, accountId, carrierId, ...data, ...match } });
      await recordAudit(tx, context, {
        verb: 'trunks.create',
        objectKind: 'trunk',
        objectId: id,
        accountId,
        detail: { carrierId, ...match },
      });
    }),
  );
  return await getTrunk(context, id);
}
