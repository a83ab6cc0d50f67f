import { isCidr } from '@/lib/core/cidr';
import { cidrMatcher } from '@/lib/core/cidr.server';
import { AppError } from '@/lib/core/errors';
import type { Uuid } from '@/lib/core/ids';
import { hashToken, safeEqual } from '@/lib/infra/crypto';
import type { Database } from '@/lib/infra/db/client';
import type { Role } from '@/lib/services/access/roles';
import type { Actor } from '@/lib/services/context';
import { keyByHashSql } from './internal/sql';
import { looksLikeSecret } from './rules';

export interface KeyAttempt {
  readonly secret: string;
  /** Where the request came from; null where that is not known, which no whitelist allows. */
  readonly address: string | null;
  readonly nowMs: number;
}

export interface AuthenticatedKey {
  readonly keyId: Uuid;
  readonly actor: Omit<Actor, 'address' | 'requestId'>;
}

interface KeyRow {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly secretHash: Buffer;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly cidrs: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly accountPath: string;
  readonly accountKind: Actor['accountKind'];
  readonly accountStatus: 'active' | 'suspended' | 'terminated';
}

/**
 * Lets a machine in by key *and* address. Throws UNAUTHENTICATED for a key that is unknown, ended
 * or expired, and ADDRESS_NOT_ALLOWED, naming the observed address, for one used from elsewhere:
 * only somebody who has the key learns that.
 */
export async function authenticateApiKey(
  database: Database,
  attempt: KeyAttempt,
): Promise<AuthenticatedKey> {
  const row = looksLikeSecret(attempt.secret) ? await findKey(database, attempt.secret) : null;
  if (!row || !usable(row, attempt.nowMs)) {
    throw new AppError('UNAUTHENTICATED', 'The API key is not valid.');
  }
  if (!allowsAddress(row.cidrs, attempt.address)) {
    const shown = attempt.address ?? 'an unknown address';
    throw new AppError(
      'ADDRESS_NOT_ALLOWED',
      `This API key may not be used from ${shown}. Add it to the key's addresses.`,
      { meta: { address: attempt.address, keyId: row.id, accountId: row.accountId } },
    );
  }
  return {
    keyId: row.id,
    actor: {
      kind: 'api_key',
      id: row.id,
      accountId: row.accountId,
      accountPath: row.accountPath,
      accountKind: row.accountKind,
      role: row.role,
      scopes: row.scopes,
      behindId: null,
    },
  };
}

async function findKey(database: Database, secret: string): Promise<KeyRow | null> {
  const hash = hashToken(secret);
  const { rows } = await database.pool.query<KeyRow>(keyByHashSql, [Buffer.from(hash)]);
  const row = rows[0];
  return row && safeEqual(row.secretHash, hash) ? row : null;
}

function usable(row: KeyRow, nowMs: number): boolean {
  const expired = row.expiresAt !== null && row.expiresAt.getTime() <= nowMs;
  return row.revokedAt === null && !expired && row.accountStatus !== 'terminated';
}

function allowsAddress(cidrs: readonly string[], address: string | null): boolean {
  return address !== null && cidrMatcher(cidrs.filter(isCidr))(address);
}
