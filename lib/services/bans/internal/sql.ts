/** $1: JSON array of bans. They belong to the operator, whose account is the root of the tree. */
export const insertBansSql = `
INSERT INTO address_rule (id, account_id, action, origin, cidr, reason, detail, level, attempts,
  since, until)
SELECT b.id, a.id, 'ban', 'switch', b.cidr, b.reason, b.detail, b.level, b.attempts,
  to_timestamp(b."sinceMs" / 1000), to_timestamp(b."untilMs" / 1000)
  FROM jsonb_to_recordset($1::jsonb) AS b (id uuid, cidr text, reason text, detail text, level int,
    attempts bigint, "sinceMs" numeric, "untilMs" numeric)
 CROSS JOIN (SELECT id FROM account WHERE parent_id IS NULL ORDER BY id LIMIT 1) a
ON CONFLICT (id) DO NOTHING`;

/** $1: JSON array of {id, count}. */
export const countAttemptsSql = `
UPDATE address_rule r SET attempts = r.attempts + c.count
  FROM (SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (id uuid, count bigint) ORDER BY id) c
 WHERE r.id = c.id`;
