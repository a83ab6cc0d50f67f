/** $1: claim, $2: until when, $3: now. */
export const claimImpactSql = `
UPDATE deck_impact SET attempts = attempts + 1, claim = $1, claimed_until = $2, state = 'running'
 WHERE id = (SELECT id FROM deck_impact
   WHERE state IN ('queued', 'running') AND (claimed_until IS NULL OR claimed_until < $3)
   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, claim, version_id AS "versionId", base_id AS "baseId", from_at AS "fromAt",
  to_at AS "toAt", attempts`;

/** A charge is made when its call ends: at most a day after it began, and a margin. */
const LATEST_CHARGE = "interval '2 days'";

/**
 * The charges of a deck for calls that began in a time, as they were at first, corrected later or
 * not: those of its owner as seller, or of a carrier to its owner; of whom it is the deck of own rates
 * those of the sell deck behind it too, as a version may take them over. What lies in partitions of
 * other months is never looked at. $1: owner, $2: from, $3: to, $4: deck.
 */
const charges = (kind: 'sell' | 'buy', join = ''): string => `
  charge c JOIN call k ON k.id = c.call_id AND k.id >= uuid_floor($2) AND k.id < uuid_floor($3)
  ${join} WHERE c.id >= uuid_floor($2) AND c.id < uuid_floor($3::timestamptz + ${LATEST_CHARGE}) AND c.kind = 'call'
  AND ${
    kind === 'sell'
      ? `c.seller_account_id = $1::uuid AND (c.snapshot ->> 'deckId' = $4
          OR (c.buyer_account_id, c.snapshot ->> 'deckId') IN (
            SELECT id, sell_deck_id::text FROM account WHERE own_deck_id::text = $4))`
      : `c.snapshot ->> 'deckId' = $4 AND c.buyer_account_id = $1::uuid AND c.carrier_id IS NOT NULL`
  }`;

export const countChargesSql = (kind: 'sell' | 'buy'): string =>
  `SELECT count(*)::int AS count FROM ${charges(kind)}`;

/**
 * A page of them with their calls, and what the deck's owner paid (or was paid) for the same call.
 * $5: after this charge or null, $6: how many.
 */
export const readChargesSql = (kind: 'sell' | 'buy'): string => `
SELECT c.id, c.buyer_account_id AS "buyerAccountId", c.amount_micro AS "amountMicro", c.rated_seconds AS "ratedSeconds", c.snapshot,
  k.to_number AS "toNumber", k.destination, k.answered_at AS "answeredAt",
  o.amount_micro AS "otherMicro", o.currency AS "otherCurrency", o.snapshot AS "otherSnapshot"
FROM ${charges(
  kind,
  `LEFT JOIN charge o ON o.call_id = c.call_id AND o.hop = c.hop ${kind === 'sell' ? '+' : '-'} 1
    AND o.kind = 'call' AND o.id >= uuid_floor($2) AND o.id < uuid_floor($3::timestamptz + ${LATEST_CHARGE})
  `,
)}
  AND ($5::uuid IS NULL OR c.id > $5)
ORDER BY c.id LIMIT $6`;
