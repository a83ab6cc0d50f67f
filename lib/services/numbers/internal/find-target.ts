import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { NumberPlace } from './move-number';

/** Where a number is to lead. */
export interface WantedTarget {
  readonly tenantId: string;
  readonly extensionId?: string | null | undefined;
  readonly trunkId?: string | null | undefined;
}

/**
 * The tenant and the extension or PBX of it that a number is to lead to, and whose they are. Throws
 * NOT_FOUND for those of others, INVALID_INPUT where they don't belong together.
 */
export async function findTarget(
  tx: Tx,
  { actor }: Pick<ServiceContext, 'actor'>,
  wanted: WantedTarget,
): Promise<{ readonly accountId: string; readonly place: NumberPlace }> {
  const tenant = await tx.tenant.findFirst({
    where: { id: wanted.tenantId, account: inSubtree(actor) },
  });
  if (tenant === null) throw notFound('tenant');
  if (wanted.extensionId) {
    const extension = await tx.extension.findFirst({
      where: { id: wanted.extensionId, tenant: { account: inSubtree(actor) } },
    });
    if (extension === null) throw notFound('extension');
    if (extension.tenantId !== tenant.id) {
      throw new AppError('INVALID_INPUT', 'The extension belongs to another tenant.');
    }
  }
  if (wanted.trunkId) {
    const pbx = { id: wanted.trunkId, kind: 'pbx', tenantId: tenant.id } as const;
    if ((await tx.trunk.findFirst({ where: pbx })) === null) throw notFound('trunk');
    if (wanted.extensionId) {
      throw new AppError('INVALID_INPUT', 'A number leads to an extension or to a PBX, not both.');
    }
  }
  return {
    accountId: tenant.accountId,
    place: {
      tenantId: tenant.id,
      extensionId: wanted.extensionId ?? null,
      trunkId: wanted.trunkId ?? null,
    },
  };
}
