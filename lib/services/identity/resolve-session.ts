import { isUuid, type Uuid } from '@/lib/core/ids';
import type { Database } from '@/lib/infra/db/client';
import type { Role } from '@/lib/services/access/roles';
import type { Actor } from '@/lib/services/context';
import { resolveSessionSql, touchSessionSql } from './internal/sql';

/** The claims of a session token that count. */
export interface SessionClaims {
  readonly sessionId: string;
  /** The host the token was made on and, independently, the host it is shown on. */
  readonly audience: string;
}

export interface ResolvedSession {
  readonly sessionId: Uuid;
  readonly userId: Uuid;
  readonly expiresAtMs: number;
  /** Who acts, but for what the request adds (its address and id). */
  readonly actor: Omit<Actor, 'address' | 'requestId'>;
}

interface SessionRow {
  readonly sessionId: Uuid;
  readonly userId: Uuid;
  readonly accountId: Uuid;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly role: Role;
  readonly accountPath: string;
  readonly accountKind: Actor['accountKind'];
}

/** `lastSeenAt` is written at most this often. */
const TOUCH_MS = 60_000;

/**
 * The session a token stands for, read from its row on every request: null when it has ended,
 * expired, was made on another host, or its person has no place in the account any more.
 */
export async function resolveSession(
  database: Database,
  claims: SessionClaims,
  nowMs: number,
): Promise<ResolvedSession | null> {
  if (!isUuid(claims.sessionId)) return null;
  const now = new Date(nowMs);
  const { rows } = await database.pool.query<SessionRow>(resolveSessionSql, [
    claims.sessionId,
    claims.audience,
    now,
  ]);
  const row = rows[0];
  if (!row) return null;
  if (nowMs - row.lastSeenAt.getTime() > TOUCH_MS) {
    await database.pool.query(touchSessionSql, [row.sessionId, now]);
  }
  return {
    sessionId: row.sessionId,
    userId: row.userId,
    expiresAtMs: row.expiresAt.getTime(),
    actor: {
      kind: 'user',
      id: row.userId,
      accountId: row.accountId,
      accountPath: row.accountPath,
      accountKind: row.accountKind,
      role: row.role,
      scopes: null,
      behindId: null,
    },
  };
}
