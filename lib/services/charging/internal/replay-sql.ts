/**
 * Charges that stand (neither reversals nor reversed) of calls that began in [$1, $2), in the order
 * of the calls. $3: of one deck only; null = of all. Calls' ids begin with the time of their start.
 */
export const STANDING_CHARGES = `
  SELECT c.id, c.call_id AS "callId", c.hop, c.buyer_account_id AS "buyerAccountId",
         c.seller_account_id AS "sellerAccountId", c.carrier_id AS "carrierId", c.currency,
         c.amount_micro AS "amountMicro", c.rated_seconds AS "ratedSeconds",
         c.billed_seconds AS "billedSeconds", c.snapshot, k.to_number AS "toNumber",
         k.started_at AS "startedAt", k.answered_at AS "answeredAt",
         CASE WHEN $3::text IS NULL THEN NULL
              ELSE (SELECT b.snapshot FROM charge b
                     WHERE b.call_id = c.call_id AND b.buyer_account_id = c.seller_account_id
                       AND b.kind <> 'reversal'
                     ORDER BY b.id DESC LIMIT 1) END AS bought
    FROM charge c JOIN call k ON k.id = c.call_id
   WHERE c.call_id >= uuid_floor($1::timestamptz) AND c.call_id < uuid_floor($2::timestamptz)
     AND c.kind <> 'reversal' AND c.snapshot IS NOT NULL
     AND ($3::text IS NULL OR c.snapshot ->> 'deckId' = $3::text)
     AND NOT EXISTS (SELECT 1 FROM charge_correction x WHERE x.charge_id = c.id)
   ORDER BY c.call_id, c.id`;

/** $1 charge ids: which of them were corrected before. */
export const CORRECTED = `
  SELECT charge_id AS id FROM charge_correction WHERE charge_id = ANY ($1::uuid[])`;

/** $1 wallet ids. Locked, so that nothing is reserved or spent there until the transaction ends. */
export const LOCK_FUNDS = `
  SELECT id, balance_micro + credit_limit_micro - held_micro AS available
    FROM wallet WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`;

/** $1 charges, $2 corrections, as JSON rows; $3 actor, $4 reason. */
export const WRITE_CORRECTIONS = `
  WITH charges AS (
    INSERT INTO charge (id, call_id, hop, seller_account_id, carrier_id, buyer_account_id, currency,
      amount_micro, rated_seconds, billed_seconds, snapshot, transaction_id, kind)
    SELECT r.* FROM json_to_recordset($1::json) AS r (id uuid, call_id uuid, hop smallint,
      seller_account_id uuid, carrier_id uuid, buyer_account_id uuid, currency text,
      amount_micro bigint, rated_seconds int, billed_seconds int, snapshot jsonb,
      transaction_id uuid, kind "ChargeKind")
  )
  INSERT INTO charge_correction (charge_id, call_id, reversal_id, replacement_id, reason, actor_id)
  SELECT r.charge_id, r.call_id, r.reversal_id, r.replacement_id, $4, $3::uuid
    FROM json_to_recordset($2::json)
         AS r (charge_id uuid, call_id uuid, reversal_id uuid, replacement_id uuid)`;
