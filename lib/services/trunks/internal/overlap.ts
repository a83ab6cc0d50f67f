import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { overlaps, type TrunkMatch } from '@/lib/services/trunks/rules';

/**
 * Throws CONFLICT where a trunk's packets could be taken for another's. Trunks are saved one at a
 * time (the lock lasts until the transaction ends), so two at once can't slip past each other.
 */
export async function refuseOverlap(
  tx: Tx,
  match: TrunkMatch,
  ownId: string | null,
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtext('tollbridge.trunks'))`;
  const others = await tx.trunk.findMany({ where: { address: match.address } });
  const clash = others.find((other) => other.id !== ownId && overlaps(match, other));
  if (clash === undefined) return;
  throw new AppError(
    'CONFLICT',
    `It overlaps with trunk "${clash.name}": calls from ${match.address} could be from either. ` +
      'Tell them apart by port or transport.',
  );
}
