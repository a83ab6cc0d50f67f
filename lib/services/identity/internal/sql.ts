/** A live session on a host, with the person, the account they work in and their role there. */
export const resolveSessionSql = `
SELECT s.id AS "sessionId", s.user_id AS "userId", s.account_id AS "accountId",
       s.last_seen_at AS "lastSeenAt", s.expires_at AS "expiresAt", m.role,
       a.path AS "accountPath", a.kind AS "accountKind"
  FROM auth_session s
  JOIN "user" u ON u.id = s.user_id AND u.disabled_at IS NULL
  JOIN membership m ON m.user_id = s.user_id AND m.account_id = s.account_id
  JOIN account a ON a.id = s.account_id AND a.status <> 'terminated'
 WHERE s.id = $1 AND s.audience = $2 AND s.ended_at IS NULL AND s.expires_at > $3`;

export const touchSessionSql = `
UPDATE auth_session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2`;

/** Failures of a name from an address, of a name, and of an address since a moment. */
export const countAttemptsSql = `
SELECT count(*) FILTER (WHERE email = $1 AND address = $2)::int AS pair,
       count(*) FILTER (WHERE email = $1)::int AS name,
       count(*) FILTER (WHERE address = $2)::int AS address
  FROM sign_in_attempt
 WHERE (email = $1 OR address = $2) AND at > $3 AND NOT succeeded`;
