import { isIPv6, SocketAddress } from 'node:net';
import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { overlaps, type TrunkMatch } from '@/lib/services/trunks/rules';

/** One way to write each address: lower case, shortest form, IPv4 not dressed up as IPv6. */
export function canonicalAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical);
  return mapped?.[1] ?? canonical;
}

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
