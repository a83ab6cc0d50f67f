/** Of an event, what its call cost the profile's account; charges lie near their call in time. */
const COST = `LEFT JOIN LATERAL (
    SELECT sum(h.amount_micro)::bigint AS micro FROM charge h
     WHERE h.call_id = e.call_id AND h.buyer_account_id = e.account_id
       AND h.id >= uuid_floor(e.at - interval '1 hour')
       AND h.id < uuid_floor(e.at + interval '2 days')
  ) cost ON true`;

/** $1 path; $2 rule or null; $3 shadow or null; $4 the id before or null; $5 how many. */
export const eventsSql = `
SELECT e.id, e.at, e.account_id AS "accountId", a.name AS "accountName", a.currency,
       e.caller_account_id AS "callerAccountId", c.name AS "callerName",
       e.extension_id AS "extensionId", x.number AS extension, e.call_id AS "callId", e.rule,
       e.shadow, e.class, e.country, e.prefix, cost.micro AS "costMicro"
  FROM fraud_event e JOIN account a ON a.id = e.account_id
  JOIN account c ON c.id = e.caller_account_id
  LEFT JOIN extension x ON x.id = e.extension_id
  ${COST}
 WHERE starts_with(a.path, $1) AND ($2::text IS NULL OR e.rule = $2)
   AND ($3::boolean IS NULL OR e.shadow = $3) AND ($4::uuid IS NULL OR e.id < $4)
 ORDER BY e.id DESC LIMIT $5`;

/** $1 path; $2 from; $3 to. By rule, and over all of them with each call once (rule null). */
export const reportSql = `
WITH found AS (
  SELECT e.rule, e.shadow, e.call_id, e.account_id, a.currency, coalesce(cost.micro, 0) AS micro
    FROM fraud_event e JOIN account a ON a.id = e.account_id
    ${COST}
   WHERE starts_with(a.path, $1) AND e.at >= $2 AND e.at < $3
), calls AS (
  SELECT call_id, account_id, currency, micro, bool_and(shadow) AS shadow FROM found
   GROUP BY call_id, account_id, currency, micro
)
SELECT rule, currency, count(*) FILTER (WHERE NOT shadow)::int AS blocked,
       count(*) FILTER (WHERE shadow)::int AS "wouldHaveBlocked",
       coalesce(sum(micro) FILTER (WHERE shadow), 0)::bigint AS "savedMicro"
  FROM found GROUP BY rule, currency
UNION ALL
SELECT NULL, currency, count(*) FILTER (WHERE NOT shadow)::int,
       count(*) FILTER (WHERE shadow)::int,
       coalesce(sum(micro) FILTER (WHERE shadow), 0)::bigint
  FROM calls GROUP BY currency
 ORDER BY 1, 2`;
