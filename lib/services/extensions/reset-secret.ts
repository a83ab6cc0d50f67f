import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { refuseWhileActing } from './acting';
import { findExtension } from './internal/find';
import { insertProvisioningToken } from './internal/provisioning';
import type { RevealedSecret } from './schemas';
import { newExtensionSecret, sealExtensionSecret } from './secret';

/**
 * Replaces an extension's secret by a generated one, which this answer alone shows: it counts as
 * revealed. Phones with the old one are refused at their next registration.
 */
export async function resetSecret(
  context: ServiceContext,
  extensionId: string,
): Promise<RevealedSecret> {
  authorize(context, 'extensions.reveal');
  refuseWhileActing(context);
  const { database, clock, sealer } = context;
  const secret = newExtensionSecret();
  return await database.prisma.$transaction(async (tx) => {
    const extension = await findExtension(tx, context, extensionId);
    const { id, number } = extension;
    const { domain, accountId } = extension.tenant;
    const now = new Date(clock.nowMs());
    await tx.extension.update({
      where: { id },
      data: {
        secretSealed: sealExtensionSecret(sealer, { id, number, domain }, secret),
        secretSetAt: now,
        revealedAt: now,
      },
    });
    // Tokens for the old secret must not bring the new one.
    await tx.oneTimeToken.deleteMany({
      where: { subjectId: id, kind: 'device_provisioning', usedAt: null },
    });
    const provisioning = await insertProvisioningToken(tx, context, extension);
    await recordAudit(tx, context, {
      verb: 'extensions.resetSecret',
      objectKind: 'extension',
      objectId: id,
      accountId,
    });
    const displayName = extension.name;
    return { extensionId: id, username: number, domain, secret, displayName, provisioning };
  });
}
