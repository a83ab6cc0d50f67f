/**
 * Answered calls of [$1, $2) that somebody should pay and nobody was charged for, after the call $3;
 * $4 at most. Calls' ids begin with the time of their start.
 */
export const UNRATED_CALLS = `
  SELECT k.id, k.payer_account_id AS "payerAccountId", k.to_number AS "toNumber",
         k.class::text AS "callClass", k.trunk_id AS "trunkId", k.rated_seconds AS "ratedSeconds",
         (extract(epoch FROM k.started_at) * 1000)::float8 AS "startedAtMs",
         (extract(epoch FROM k.answered_at) * 1000)::float8 AS "answeredAtMs"
    FROM call k
   WHERE k.id >= uuid_floor($1) AND k.id < uuid_floor($2) AND k.id > $3
     AND k.answered_at IS NOT NULL AND k.rated_seconds > 0 AND k.payer_account_id IS NOT NULL
     AND k.class IN ('outbound', 'onnet')
     AND NOT EXISTS (SELECT 1 FROM charge c WHERE c.call_id = k.id)
     AND NOT EXISTS (SELECT 1 FROM post_rated_call p WHERE p.call_id = k.id)
   ORDER BY k.id LIMIT $4`;

/** $1 call ids, $2 batch. Those that nobody claimed or charged before. */
export const CLAIM = `
  INSERT INTO post_rated_call (call_id, batch_id)
  SELECT t.id, $2 FROM unnest($1::uuid[]) AS t (id)
   WHERE NOT EXISTS (SELECT 1 FROM charge c WHERE c.call_id = t.id)
   ORDER BY t.id
  ON CONFLICT (call_id) DO NOTHING RETURNING call_id AS id`;

/** Columns of charges, a row for each. */
export const WRITE_CHARGES = `
  INSERT INTO charge (id, call_id, hop, seller_account_id, carrier_id, buyer_account_id, currency,
    amount_micro, rated_seconds, billed_seconds, snapshot, transaction_id)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::uuid[], $5::uuid[], $6::uuid[],
    $7::text[], $8::text[]::bigint[], $9::int[], $10::int[], $11::text[]::jsonb[], $12::uuid[])`;

export const ACCOUNTS = `
  SELECT id, parent_id AS "parentId", kind::text AS kind, name, status::text AS status, currency,
         sell_deck_id AS "sellDeckId", own_deck_id AS "ownDeckId", billed_by::text AS "billedBy",
         margin_floor_micro AS "marginFloorMicro"
    FROM account`;

/** The live version of every deck that somebody buys at. */
export const DECKS = `
  SELECT id, active_version_id AS "versionId" FROM rate_deck WHERE active_version_id IS NOT NULL`;

export const TRUNKS = `
  SELECT t.id, t.carrier_id AS "carrierId", c.buy_deck_id AS "buyDeckId"
    FROM trunk t JOIN carrier c ON c.id = t.carrier_id`;

export const EXCHANGE_RATES = `
  SELECT id, base, quote, rate_nano AS "rateNano",
         (extract(epoch FROM valid_from) * 1000)::float8 AS "validFromMs"
    FROM exchange_rate`;
