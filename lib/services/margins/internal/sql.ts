import type { MarginGroup } from '@/lib/services/margins/schemas';

/**
 * $1 account · $2, $3 period · $4 its currency. A row for each call at whose hops the account was
 * paid or paid, converted as of the day of the charge. Charges' ids sort by time, as do their
 * partitions.
 */
const CALLS = `
  mine AS (
    SELECT h.call_id, h.seller_account_id = $1 AS is_revenue, h.buyer_account_id, h.carrier_id,
           h.rated_seconds, h.snapshot->>'destination' AS destination, h.amount_micro,
           CASE WHEN h.currency = $4 THEN h.amount_micro
                ELSE round(h.amount_micro * coalesce(direct.rate, 1 / inverse.rate)) END AS worth
      FROM charge h
      LEFT JOIN LATERAL (
        SELECT r.rate_nano / 1e9 AS rate FROM exchange_rate r
         WHERE h.currency <> $4 AND r.base = h.currency AND r.quote = $4
           AND r.valid_from <= h.created_at ORDER BY r.valid_from DESC LIMIT 1
      ) direct ON true
      LEFT JOIN LATERAL (
        SELECT r.rate_nano / 1e9 AS rate FROM exchange_rate r
         WHERE h.currency <> $4 AND r.base = $4 AND r.quote = h.currency
           AND r.valid_from <= h.created_at ORDER BY r.valid_from DESC LIMIT 1
      ) inverse ON true
     WHERE h.id >= uuid_floor($2) AND h.id < uuid_floor($3)
       AND (h.seller_account_id = $1 OR h.buyer_account_id = $1)
  ), calls AS (
    SELECT call_id, max(rated_seconds) AS seconds,
           coalesce(sum(worth) FILTER (WHERE is_revenue), 0) AS revenue,
           coalesce(sum(worth) FILTER (WHERE is_revenue IS NOT TRUE), 0) AS cost,
           count(*) FILTER (WHERE worth IS NULL) AS unconverted,
           coalesce(max(destination) FILTER (WHERE is_revenue AND destination <> ''),
                    max(destination) FILTER (WHERE destination <> '')) AS destination,
           max(buyer_account_id::text) FILTER (WHERE is_revenue) AS account_id,
           max(carrier_id::text) AS carrier_id
      FROM mine GROUP BY call_id
  )`;

/** $5 groups at most. The total's row comes first. */
function grouped(key: string, name: string, join: string): string {
  return `
  WITH ${CALLS}, groups AS (
    SELECT ${key} AS key, count(*) AS calls, sum(seconds) AS seconds, sum(revenue) AS revenue,
           sum(cost) AS cost, sum(unconverted) AS unconverted
      FROM calls GROUP BY ${key}
  ), total AS (
    SELECT count(*) AS calls, coalesce(sum(seconds), 0) AS seconds,
           coalesce(sum(revenue), 0) AS revenue, coalesce(sum(cost), 0) AS cost,
           coalesce(sum(unconverted), 0) AS unconverted
      FROM calls
  )
  SELECT NULL AS id, NULL AS name, true AS "isTotal", calls::text, seconds::text, revenue::text,
         cost::text, unconverted::text FROM total
  UNION ALL
  (SELECT g.key AS id, ${name} AS name, false, g.calls::text, g.seconds::text, g.revenue::text,
          g.cost::text, g.unconverted::text
     FROM groups g ${join} ORDER BY g.revenue DESC, g.calls DESC, g.key LIMIT $5)`;
}

/** By what calls are put together. */
export const MARGINS_SQL: Readonly<Record<MarginGroup, string>> = {
  destination: grouped('destination', 'g.key', ''),
  account: grouped('account_id', 'a.name', 'LEFT JOIN account a ON a.id = g.key::uuid'),
  carrier: grouped('carrier_id', 'c.name', 'LEFT JOIN carrier c ON c.id = g.key::uuid'),
};
