import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { mayTouch } from './internal/access';
import { findTrunk } from './internal/view';

/** Removes a trunk, from its route groups too; calls that are up over it go on. */
export async function deleteTrunk(context: ServiceContext, trunkId: string): Promise<void> {
  authorize(context, 'trunks.write');
  await context.database.prisma.$transaction(async (tx) => {
    const trunk = await findTrunk(tx, context, trunkId);
    mayTouch(context, trunk.kind);
    await tx.trunk.delete({ where: { id: trunk.id } });
    await recordAudit(tx, context, {
      verb: 'trunks.delete',
      objectKind: 'trunk',
      objectId: trunk.id,
      accountId: trunk.accountId,
      detail: { kind: trunk.kind, address: trunk.address, host: trunk.host },
    });
  });
}
