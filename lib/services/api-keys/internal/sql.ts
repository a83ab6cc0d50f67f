export const keyByHashSql = `
SELECT k.id, k.account_id AS "accountId", k.secret_hash AS "secretHash", k.role, k.scopes, k.cidrs,
       k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt",
       a.path AS "accountPath", a.kind AS "accountKind", a.status AS "accountStatus"
  FROM api_key k JOIN account a ON a.id = k.account_id
 WHERE k.secret_hash = $1`;

export const touchKeysSql = `
UPDATE api_key k SET last_used_at = t.at
  FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at)
 WHERE k.id = t.id AND (k.last_used_at IS NULL OR k.last_used_at < t.at)`;

/** Claims a key, also over an expired record; no row when somebody else holds it. */
export const claimIdempotencySql = `
INSERT INTO idempotency_record (caller_id, key, fingerprint, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (caller_id, key) DO UPDATE
   SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, finished_at = NULL,
       created_at = excluded.created_at, expires_at = excluded.expires_at
 WHERE idempotency_record.expires_at <= excluded.created_at
RETURNING 1`;

export const readIdempotencySql = `
SELECT fingerprint, status, body, finished_at AS "finishedAt", expires_at AS "expiresAt"
  FROM idempotency_record WHERE caller_id = $1 AND key = $2`;

export const finishIdempotencySql = `
UPDATE idempotency_record SET status = $3, body = $4, finished_at = $5
 WHERE caller_id = $1 AND key = $2 AND finished_at IS NULL`;

export const releaseIdempotencySql = `
DELETE FROM idempotency_record WHERE caller_id = $1 AND key = $2 AND finished_at IS NULL`;
