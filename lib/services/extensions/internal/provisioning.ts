import { newId } from '@/lib/core/ids.server';
import { hashToken, newToken } from '@/lib/infra/crypto';
import type { Tx } from '@/lib/infra/db/client';
import type { ServiceContext } from '@/lib/services/context';
import type { ProvisioningToken } from '@/lib/services/extensions/schemas';
import type { ExtensionRow } from './view';

/** Long enough to fetch a phone from the next room, short for a code that is shown on a screen. */
const TOKEN_LIFE_MS = 10 * 60_000;

/** Makes a token by which the extension's credentials can be fetched once. Only its hash is kept. */
export async function insertProvisioningToken(
  tx: Tx,
  { clock }: Pick<ServiceContext, 'clock'>,
  extension: ExtensionRow,
): Promise<ProvisioningToken> {
  const token = newToken();
  const now = clock.nowMs();
  const expiresAt = new Date(now + TOKEN_LIFE_MS);
  await tx.oneTimeToken.create({
    data: {
      id: newId(now),
      kind: 'device_provisioning',
      tokenHash: hashToken(token),
      subjectId: extension.id,
      accountId: extension.tenant.accountId,
      expiresAt,
      createdAt: new Date(now),
    },
  });
  return { token, path: `/api/v1/provision/${token}`, expiresAt: expiresAt.toISOString() };
}
