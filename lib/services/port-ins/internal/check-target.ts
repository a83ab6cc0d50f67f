import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';

/** Where ported numbers are to go. */
export interface PortInTarget {
  readonly tenantId: string | null;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
}

/** Throws where a request's numbers would go to what is not its account's. */
export async function checkTarget(tx: Tx, accountId: string, target: PortInTarget): Promise<void> {
  const { tenantId, extensionId, trunkId } = target;
  if (extensionId !== null && trunkId !== null) {
    throw new AppError('INVALID_INPUT', 'A number leads to an extension or to a PBX, not both.');
  }
  if (tenantId === null) {
    if (extensionId === null && trunkId === null) return;
    throw new AppError('INVALID_INPUT', 'tenantId: is needed with an extension or a PBX');
  }
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId, accountId } });
  if (tenant === null) throw notFound('tenant of this account');
  if (extensionId !== null) {
    const found = await tx.extension.findFirst({ where: { id: extensionId, tenantId } });
    if (found === null) throw notFound('extension of this tenant');
  }
  if (trunkId !== null) {
    const found = await tx.trunk.findFirst({ where: { id: trunkId, tenantId, kind: 'pbx' } });
    if (found === null) throw notFound('trunk of this tenant');
  }
}
