import type { RuledSubject } from '@/lib/core/call-plan/call-rules';

/** Which calls are a subject's (`w`), and which of their charges (`h`) it spends. */
const SPENT_BY: Readonly<Record<RuledSubject, string>> = {
  account: 'h.buyer_account_id = w.id',
  tenant: 'c.account_id = w.account_id AND c.tenant_id = w.id AND h.hop = 0',
  extension: `(CASE WHEN c.class = 'inbound' THEN c.to_extension_id ELSE c.from_extension_id END)
    = w.id AND h.hop = 0`,
  number: `c.account_id = w.account_id AND h.hop = 0
    AND (CASE WHEN c.class = 'inbound' THEN c.to_number ELSE c.caller_id->>'shown' END) =
    (SELECT n.e164 FROM phone_number n WHERE n.id = w.id)`,
  trunk: `(CASE WHEN c.class <> 'inbound' AND c.trunk_id = w.id THEN h.carrier_id IS NOT NULL
    ELSE (h.carrier_id IS NOT NULL) = (c.class = 'inbound')
      AND (h.hop = 0 OR c.class = 'inbound') AND EXISTS (
        SELECT 1 FROM leg l WHERE l.call_id = c.id AND l.seq = 0 AND l.trunk_id = w.id) END)`,
};

/**
 * What subjects of a kind spent on a day by one node's calls, by the charges that are settled.
 * $1 node; $2 ids; $3 accounts; $4 time zones; $5 days; $6 ends of calls, exclusive. No call is longer
 * than a day, so that calls are looked for from the day before on, charges from the day itself.
 */
export const settledSpendSql = (kind: RuledSubject): string => `
SELECT w.id, coalesce(sum(h.amount_micro), 0)::bigint AS "amountMicro"
  FROM (SELECT *, day::timestamp AT TIME ZONE zone AS start
          FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::timestamptz[])
            AS q (id, account_id, zone, day, before)) w
  JOIN call c ON c.node_id = $1 AND c.id >= uuid_floor(w.start - interval '1 day')
   AND c.ended_at >= w.start AND c.ended_at < w.before
  JOIN charge h ON h.call_id = c.id AND h.id >= uuid_floor(w.start) AND ${SPENT_BY[kind]}
 GROUP BY w.id`;

/** $1 node; $2 JSON array of {kind, id, day, amountMicro as text}. */
export const shareSpendSql = `
INSERT INTO daily_spend (subject, subject_id, day, node_id, amount_micro, updated_at)
SELECT s.kind::"LimitSubject", s.id, s.day, $1, s."amountMicro", now()
  FROM jsonb_to_recordset($2::jsonb) AS s (kind text, id uuid, day date, "amountMicro" bigint)
 ORDER BY 1, 2, 3
ON CONFLICT (subject, subject_id, day, node_id) DO UPDATE
   SET amount_micro = excluded.amount_micro, updated_at = excluded.updated_at`;

/**
 * $1 node; $2 milliseconds, or null for all there is. What the other nodes' calls cost whoever one of
 * them told of since; rows of days that are over are gone soon (purge-fraud.ts).
 */
export const othersSpendSql = `
SELECT d.subject AS kind, d.subject_id AS id, d.day::text AS day,
       sum(d.amount_micro)::bigint AS "amountMicro"
  FROM daily_spend d
 WHERE d.node_id <> $1 AND ($2::float8 IS NULL OR EXISTS (
   SELECT 1 FROM daily_spend n
    WHERE n.subject = d.subject AND n.subject_id = d.subject_id AND n.day = d.day
      AND n.node_id <> $1 AND n.updated_at > now() - make_interval(secs => $2::float8 / 1000)))
 GROUP BY d.subject, d.subject_id, d.day`;
