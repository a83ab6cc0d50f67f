import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '@/lib/core/errors';
import type { Sealer } from '@/lib/infra/crypto';
import { makeSecret } from './rules';

/** What a phone proves by digest: the secret and its HA1s (RFC 7616 §3.4.2) for one realm. */
export interface ExtensionSecret {
  readonly secret: string;
  /** Lower-case hex of MD5 and SHA-256 of user:realm:secret. */
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
  readonly realm: string;
}

const storedSchema = z.object({
  secret: z.string(),
  ha1Md5: z.string(),
  ha1Sha256: z.string(),
  realm: z.string(),
});

const contextOf = (extensionId: string): string => `extension:${extensionId}`;

/** Random bytes that always suffice for a secret: a quarter of them would do. */
const RANDOM_BYTES = 96;

/** A secret that nobody has seen yet. */
export function newExtensionSecret(): string {
  return makeSecret(randomBytes(RANDOM_BYTES));
}

/** Seals a secret with its HA1s for the row of the extension it belongs to. */
export function sealExtensionSecret(
  sealer: Sealer,
  extension: { readonly id: string; readonly number: string; readonly domain: string },
  secret: string,
): Uint8Array<ArrayBuffer> {
  const { id, number, domain: realm } = extension;
  const ha1 = (hash: 'md5' | 'sha256') =>
    createHash(hash).update(`${number}:${realm}:${secret}`, 'utf8').digest('hex');
  const stored: ExtensionSecret = { secret, ha1Md5: ha1('md5'), ha1Sha256: ha1('sha256'), realm };
  return sealer.seal(JSON.stringify(stored), contextOf(id));
}

/** Opens what `sealExtensionSecret` made. Throws INTERNAL for what does not belong to this row. */
export function openExtensionSecret(
  sealer: Sealer,
  extension: { readonly id: string; readonly secretSealed: Uint8Array },
): ExtensionSecret {
  const text = sealer.open(extension.secretSealed, contextOf(extension.id));
  const parsed = storedSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new AppError('INTERNAL', 'a sealed secret of unknown make', { cause: parsed.error });
  }
  return parsed.data;
}
