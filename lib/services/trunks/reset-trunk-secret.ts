import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { refuseWhileActing } from '@/lib/services/extensions/acting';
import { newExtensionSecret } from '@/lib/services/extensions/secret';
import { findTrunk } from './internal/view';
import type { RevealedTrunkSecret } from './schemas';
import { sealTrunkSecret } from './secret';

/**
 * Gives a PBX a new secret, which this answer alone shows: it is what its owner types into the PBX.
 * The old one stops working at the next registration. Throws CONFLICT for a trunk that has none.
 */
export async function resetTrunkSecret(
  context: ServiceContext,
  trunkId: string,
): Promise<RevealedTrunkSecret> {
  authorize(context, 'trunks.reveal');
  refuseWhileActing(context);
  const { database, clock, sealer } = context;
  const secret = newExtensionSecret();
  return await database.prisma.$transaction(async (tx) => {
    const trunk = await findTrunk(tx, context, trunkId);
    if (trunk.tenant === null || trunk.username === null) {
      throw new AppError('CONFLICT', 'This trunk does not register with us: it has no secret.');
    }
    await tx.trunk.update({
      where: { id: trunk.id },
      data: {
        secretSealed: sealTrunkSecret(sealer, trunk.id, secret),
        revealedAt: new Date(clock.nowMs()),
      },
    });
    await recordAudit(tx, context, {
      verb: 'trunks.resetSecret',
      objectKind: 'trunk',
      objectId: trunk.id,
      accountId: trunk.accountId,
    });
    const { username, tenant } = trunk;
    return { trunkId: trunk.id, username, domain: tenant.domain, secret };
  });
}
