import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { refuseWhileActing } from './acting';
import { findExtension } from './internal/find';
import { insertProvisioningToken } from './internal/provisioning';
import type { RevealedSecret } from './schemas';
import { openExtensionSecret } from './secret';

/**
 * Shows an extension's secret, once: whoever comes later must make a new one, so that a secret in
 * use is never seen by somebody its user does not know of. Throws CONFLICT the second time.
 * The answer brings a provisioning token too, for the QR code beside it.
 */
export async function revealSecret(
  context: ServiceContext,
  extensionId: string,
): Promise<RevealedSecret> {
  authorize(context, 'extensions.reveal');
  refuseWhileActing(context);
  const { database, clock, sealer } = context;
  return await database.prisma.$transaction(async (tx) => {
    const extension = await findExtension(tx, context, extensionId);
    // Decided by the row's update, not by what was read: two requests at once give one secret.
    const { count } = await tx.extension.updateMany({
      where: { id: extension.id, revealedAt: null },
      data: { revealedAt: new Date(clock.nowMs()) },
    });
    if (count === 0) {
      throw new AppError('CONFLICT', 'The secret has been shown already: make a new password.');
    }
    const provisioning = await insertProvisioningToken(tx, context, extension);
    await recordAudit(tx, context, {
      verb: 'extensions.revealSecret',
      objectKind: 'extension',
      objectId: extension.id,
      accountId: extension.tenant.accountId,
    });
    return {
      extensionId: extension.id,
      username: extension.number,
      domain: extension.tenant.domain,
      secret: openExtensionSecret(sealer, extension).secret,
      displayName: extension.name,
      provisioning,
    };
  });
}
