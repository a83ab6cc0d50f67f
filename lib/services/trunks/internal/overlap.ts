import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { overlaps, type TrunkMatch } from '@/lib/services/trunks/rules';

/**
 * Throws CONFLICT where a trunk's packets could be taken for another's. Trunks are saved one at a
 * time (the lock lasts until the transaction ends), so two at once can't slip past each other.
 * The other trunk is named only where it belongs to the same account.
 */
export async function refuseOverlap(
  tx: Tx,
  match: Omit<TrunkMatch, 'address'> & { readonly address: string | null },
  own: { readonly id: string | null; readonly accountId: string },
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtext('tollbridge.trunks'))`;
  const { address, port, transport } = match;
  if (address === null) return;
  const others = await tx.trunk.findMany({
    where: { address: { not: null } },
    select: { id: true, name: true, accountId: true, address: true, port: true, transport: true },
  });
  const clash = others.find(
    (other) =>
      other.id !== own.id &&
      other.address !== null &&
      overlaps({ address, port, transport }, { ...other, address: other.address }),
  );
  if (clash === undefined) return;
  const whose = clash.accountId === own.accountId ? `trunk "${clash.name}"` : 'another trunk';
  throw new AppError(
    'CONFLICT',
    `It overlaps with ${whose}: calls from ${address} could be from either. ` +
      'Tell them apart by address, port or transport.',
  );
}
