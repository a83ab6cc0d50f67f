import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '@/lib/core/errors';
import type { Sealer } from '@/lib/infra/crypto';

/** What a trunk's challenges are answered with, or (pbx) what it proves itself by. */
export interface TrunkSecret {
  readonly secret: string;
}

const storedSchema = z.object({ secret: z.string() });

const contextOf = (trunkId: string): string => `trunk:${trunkId}`;

/** Seals a secret for the row of its trunk. */
export function sealTrunkSecret(
  sealer: Sealer,
  trunkId: string,
  secret: string,
): Uint8Array<ArrayBuffer> {
  const stored: TrunkSecret = { secret };
  return sealer.seal(JSON.stringify(stored), contextOf(trunkId));
}

/** Opens what `sealTrunkSecret` made. Throws INTERNAL for what does not belong to this row. */
export function openTrunkSecret(
  sealer: Sealer,
  trunk: { readonly id: string; readonly secretSealed: Uint8Array },
): TrunkSecret {
  const parsed = storedSchema.safeParse(
    JSON.parse(sealer.open(trunk.secretSealed, contextOf(trunk.id))),
  );
  if (parsed.success) return parsed.data;
  throw new AppError('INTERNAL', 'a sealed secret of unknown make', { cause: parsed.error });
}

/** The HA1s of a user in a realm (RFC 7616 §3.4.2), lower-case hex. */
export function trunkHa1(
  who: { readonly username: string; readonly realm: string },
  secret: string,
): { readonly md5: string; readonly sha256: string } {
  const of = (hash: 'md5' | 'sha256') =>
    createHash(hash).update(`${who.username}:${who.realm}:${secret}`, 'utf8').digest('hex');
  return { md5: of('md5'), sha256: of('sha256') };
}
