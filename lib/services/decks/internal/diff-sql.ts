/**
 * How two versions compare, prefix by prefix: of each version the newest rate of a prefix (in its
 * direction and band) that has not ended yet counts, also where it only begins later: the question
 * is what it will come to. $1: version, $2: the one before, $3: now.
 */
const LATEST = (version: string): string => `
  SELECT DISTINCT ON (prefix, reverse_billed, band) * FROM rate
   WHERE version_id = ${version}::uuid AND (valid_to IS NULL OR valid_to > $3::timestamptz)
   ORDER BY prefix, reverse_billed, band, valid_from DESC NULLS LAST, id DESC`;

/** What is paid, in the order in which it weighs. */
const PRICE = (side: string): string =>
  `(${side}.next_per_minute_nano, ${side}.first_per_minute_nano, ${side}.connect_fee_micro,
    ${side}.minimum_micro, coalesce(${side}.markup_ppm, 0),
    coalesce(${side}.markup_min_per_minute_nano, 0))`;

/** Longer increments at the same price make a call dearer; what is neither is just another. */
const KIND = `CASE
  WHEN n.id IS NULL THEN CASE WHEN b.blocked THEN 'changed' ELSE 'closed' END
  WHEN b.id IS NULL THEN CASE WHEN n.blocked THEN 'closed' ELSE 'new' END
  WHEN n.blocked AND b.blocked THEN 'unchanged'
  WHEN n.blocked THEN 'closed'
  WHEN b.blocked THEN 'new'
  WHEN ${PRICE('n')} > ${PRICE('b')} THEN 'up'
  WHEN ${PRICE('n')} < ${PRICE('b')} THEN 'down'
  WHEN (n.no_charge_seconds, n.free_seconds) <> (b.no_charge_seconds, b.free_seconds) THEN 'changed'
  WHEN (n.first_seconds, n.next_seconds) = (b.first_seconds, b.next_seconds) THEN 'unchanged'
  WHEN n.first_seconds >= b.first_seconds AND n.next_seconds >= b.next_seconds THEN 'up'
  WHEN n.first_seconds <= b.first_seconds AND n.next_seconds <= b.next_seconds THEN 'down'
  ELSE 'changed' END`;

const COMPARED = `
  n AS MATERIALIZED (${LATEST('$1')}),
  b AS MATERIALIZED (${LATEST('$2')}),
  c AS (SELECT prefix, reverse_billed, band, n.id AS new_id, b.id AS old_id,
      coalesce(n.destination, b.destination) AS destination, n.blocked AS new_blocked, ${KIND} AS kind
    FROM n FULL JOIN b USING (prefix, reverse_billed, band))`;

/**
 * The rate that numbers of a closed prefix are priced at from then on: of the longest shorter
 * prefix, which ends the search also where it is blocked. Looked for length by length: of a version
 * that has just come in the planner knows nothing, and it would read all of it for a list of prefixes.
 */
const SUCCESSOR = (prefix: string, reverse: string): string => `
  SELECT s.id, s.blocked FROM generate_series(length(${prefix}) - 1, 0, -1) AS l
   CROSS JOIN LATERAL (
     SELECT r.id, r.blocked FROM rate r
      WHERE r.version_id = $1::uuid AND r.prefix = left(${prefix}, l) AND r.reverse_billed = ${reverse}
        AND (r.valid_to IS NULL OR r.valid_to > $3::timestamptz)
      ORDER BY r.valid_from DESC NULLS LAST LIMIT 1) s
   ORDER BY l DESC LIMIT 1`;

/**
 * How many prefixes are of each kind; of the closed ones, for how many nothing takes over. What
 * takes over is looked for in the closed ones alone.
 */
export const countChangesSql = `
WITH ${COMPARED},
  k AS MATERIALIZED (SELECT kind, prefix, reverse_billed, coalesce(new_blocked, false) AS blocked FROM c)
SELECT kind, count(*)::int AS count, CASE WHEN kind = 'closed' THEN (
    SELECT count(*)::int FROM k AS o WHERE o.kind = 'closed' AND (o.blocked OR NOT EXISTS (
      SELECT FROM (${SUCCESSOR('o.prefix', 'o.reverse_billed')}) AS s WHERE NOT s.blocked)))
  ELSE 0 END AS "withoutRate"
FROM k GROUP BY kind`;

/**
 * The changes, by prefix. $4: kinds or null, $5: text in the destination or null, $6: beginning of
 * the prefix or null, $7..$9: after this prefix, direction and band, $10: how many.
 */
export const listChangesSql = `
WITH ${COMPARED}
SELECT prefix, reverse_billed AS "reverseBilled", band, kind, new_id AS "newId", old_id AS "oldId",
  coalesce(new_blocked, false) AS "isBlocked"
FROM c
WHERE ($4::text[] IS NULL OR kind = ANY ($4)) AND ($7::text IS NULL
    OR (prefix, reverse_billed, band) > ($7, $8::boolean, $9::int))
  AND (($5::text IS NULL AND $6::text IS NULL) OR destination ILIKE $5 OR starts_with(prefix, $6))
ORDER BY prefix, reverse_billed, band LIMIT $10`;

/** $1: version, $2: prefixes, $3: now, $4: their directions; what takes over, in the same order. */
export const successorsSql = `
SELECT p.prefix, p.reverse AS "reverseBilled", s.id, s.blocked
FROM unnest($2::text[], $4::boolean[]) AS p (prefix, reverse)
CROSS JOIN LATERAL (${SUCCESSOR('p.prefix', 'p.reverse')}) AS s`;
