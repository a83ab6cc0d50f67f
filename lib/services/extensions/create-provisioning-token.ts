import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { refuseWhileActing } from './acting';
import { findExtension } from './internal/find';
import { insertProvisioningToken } from './internal/provisioning';
import type { ProvisioningToken } from './schemas';

/**
 * Makes a single-use link to an extension's credentials, to be handed to whoever will use them.
 * Throws CONFLICT where the secret has been shown already: fetching it is the one reveal.
 */
export async function createProvisioningToken(
  context: ServiceContext,
  extensionId: string,
): Promise<ProvisioningToken> {
  authorize(context, 'extensions.reveal');
  refuseWhileActing(context);
  return await context.database.prisma.$transaction(async (tx) => {
    const extension = await findExtension(tx, context, extensionId);
    if (extension.revealedAt !== null) {
      throw new AppError('CONFLICT', 'The secret has been shown already: make a new password.');
    }
    const token = await insertProvisioningToken(tx, context, extension);
    await recordAudit(tx, context, {
      verb: 'extensions.createProvisioningToken',
      objectKind: 'extension',
      objectId: extension.id,
      accountId: extension.tenant.accountId,
    });
    return token;
  });
}
