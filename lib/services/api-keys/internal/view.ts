import type { WireApiKey } from '@/lib/services/api-keys/schemas';
import type { ApiKey } from '@/prisma/generated/client';

/** A row as the API shows it. */
export function toWireKey(row: ApiKey, nowMs: number): WireApiKey {
  const expired = row.expiresAt !== null && row.expiresAt.getTime() <= nowMs;
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    role: row.role,
    scopes: row.scopes,
    cidrs: row.cidrs,
    state: row.revokedAt ? 'revoked' : expired ? 'expired' : 'active',
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
