import { AppError } from '@/lib/core/errors';
import type { Uuid } from '@/lib/core/ids';
import { hashToken } from '@/lib/infra/crypto';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { extensionInclude } from './internal/view';
import type { SipCredentials } from './schemas';
import { openExtensionSecret } from './secret';

/** Whoever holds a token; there is no session behind it. */
export interface TokenBearer extends Pick<ServiceContext, 'database' | 'clock' | 'sealer'> {
  readonly address: string | null;
  readonly requestId: string | null;
}

/** The same words for a wrong, a used and an expired token: they tell nothing apart. */
const gone = () =>
  new AppError('GONE', 'This link has been used or has expired: ask for a new one.');

/** Gives an extension's credentials for a token, once. Throws GONE for any other token. */
export async function redeemProvisioningToken(
  bearer: TokenBearer,
  token: string,
): Promise<SipCredentials> {
  const { database, clock, sealer } = bearer;
  const now = new Date(clock.nowMs());
  return await database.prisma.$transaction(async (tx) => {
    // Taken by the update itself: of two requests at once, one finds nothing.
    const [taken] = await tx.oneTimeToken.updateManyAndReturn({
      where: {
        tokenHash: hashToken(token),
        kind: 'device_provisioning',
        usedAt: null,
        expiresAt: { gt: now },
      },
      data: { usedAt: now },
    });
    const extension = taken?.subjectId
      ? await tx.extension.findUnique({
          where: { id: taken.subjectId },
          include: { ...extensionInclude, tenant: { include: { account: true } } },
        })
      : null;
    if (!taken || extension === null || extension.secretSetAt > taken.createdAt) throw gone();
    await tx.extension.updateMany({
      where: { id: extension.id, revealedAt: null },
      data: { revealedAt: now },
    });
    const { account } = extension.tenant;
    const actor = {
      kind: 'system' as const,
      id: null,
      accountId: account.id as Uuid,
      accountPath: account.path,
      accountKind: account.kind,
      role: 'read_only' as const,
      scopes: null,
      behindId: null,
      address: bearer.address,
      requestId: bearer.requestId,
    };
    await recordAudit(
      tx,
      { ...bearer, actor },
      {
        verb: 'extensions.redeemProvisioningToken',
        objectKind: 'extension',
        objectId: extension.id,
        accountId: account.id,
        detail: { tokenId: taken.id },
      },
    );
    return {
      extensionId: extension.id,
      username: extension.number,
      domain: extension.tenant.domain,
      secret: openExtensionSecret(sealer, extension).secret,
      displayName: extension.name,
    };
  });
}
