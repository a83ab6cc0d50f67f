/**
 * $1 call ids. Claims the calls of a group (one that was settled before is not claimed), locks those
 * that live and says what was granted to them; also how many subscribe to ended calls. A row for
 * each claim and one for each call that lives; at least one in any case.
 */
export const CLAIM_CALLS = {
  name: 'charging.claim-calls',
  text: `
  WITH claimed AS (
    INSERT INTO settled_call (call_id)
    SELECT id FROM unnest($1::uuid[]) AS t (id) ORDER BY id
    ON CONFLICT (call_id) DO NOTHING RETURNING call_id
  ), locked AS (
    SELECT id, granted_seconds FROM live_call WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
  )
  SELECT call_id AS claimed, NULL::uuid AS live, NULL::int AS granted_seconds, NULL::int AS subscribers
    FROM claimed
  UNION ALL SELECT NULL, id, granted_seconds, NULL FROM locked
  UNION ALL SELECT NULL, NULL, NULL, count(*)::int FROM event_subscription
             WHERE disabled_at IS NULL AND 'call.ended' = ANY (topics)`,
};

/**
 * Writes the calls that were claimed and ends the live ones; holds that are still open are freed in
 * any case. $1 ids of the whole group · $2 calls, $3 legs, $4 charges as JSON rows · $5 ids of the
 * calls that are charged · $6 snapshots, which the charges name by their place, from 1: calls of a group
 * have many in common.
 */
export const WRITE_SETTLEMENTS = {
  name: 'charging.write-settlements',
  text: `
  WITH calls AS (
    INSERT INTO call (id, node_id, class, account_id, tenant_id, payer_account_id, from_extension_id,
      to_extension_id, peer_account_id, peer_tenant_id, from_number, dialled, to_number, destination,
      started_at, ringing_at, answered_at, ended_at, duration_ms, rated_seconds, hung_up_by,
      sip_status, q850_cause, refusal_code, refusal_hop_id, refusal_text, trunk_id, attempts, codec,
      media, caller_id, linked_call_id, link_kind)
    SELECT r.* FROM json_to_recordset($2::json) AS r (id uuid, node_id text, class "CallClass",
      account_id uuid, tenant_id uuid, payer_account_id uuid, from_extension_id uuid,
      to_extension_id uuid, peer_account_id uuid, peer_tenant_id uuid, from_number text,
      dialled text, to_number text, destination text, started_at timestamptz,
      ringing_at timestamptz, answered_at timestamptz, ended_at timestamptz, duration_ms int,
      rated_seconds int, hung_up_by "HungUpBy", sip_status smallint, q850_cause smallint,
      refusal_code text, refusal_hop_id uuid, refusal_text text, trunk_id uuid, attempts smallint,
      codec text, media jsonb, caller_id jsonb, linked_call_id uuid, link_kind "CallLinkKind")
  ), legs AS (
    INSERT INTO leg (id, call_id, seq, sip_call_id, extension_id, trunk_id, target, address,
      transport, started_at, ringing_at, answered_at, ended_at, sip_status, q850_cause, codec, media)
    SELECT r.* FROM json_to_recordset($3::json) AS r (id uuid, call_id uuid, seq smallint,
      sip_call_id text, extension_id uuid, trunk_id uuid, target text, address text, transport text,
      started_at timestamptz, ringing_at timestamptz, answered_at timestamptz,
      ended_at timestamptz, sip_status smallint, q850_cause smallint, codec text, media jsonb)
  ), charges AS (
    INSERT INTO charge (id, call_id, hop, seller_account_id, carrier_id, buyer_account_id, currency,
      amount_micro, rated_seconds, billed_seconds, snapshot, transaction_id)
    SELECT r.id, r.call_id, r.hop, r.seller_account_id, r.carrier_id, r.buyer_account_id, r.currency,
           r.amount_micro, r.rated_seconds, r.billed_seconds, ($6::jsonb[])[r.snapshot],
           r.transaction_id
      FROM json_to_recordset($4::json) AS r (id uuid, call_id uuid, hop smallint,
      seller_account_id uuid, carrier_id uuid, buyer_account_id uuid, currency text,
      amount_micro bigint, rated_seconds int, billed_seconds int, snapshot int,
      transaction_id uuid)
  ), ended AS (
    DELETE FROM live_call WHERE id = ANY ($1::uuid[])
  )
  UPDATE hold SET updated_at = now(),
         state = CASE WHEN call_id = ANY ($5::uuid[]) THEN 'settled' ELSE 'released' END::"HoldState"
   WHERE call_id = ANY ($1::uuid[]) AND state = 'open'`,
};

/**
 * $1 call ids, $2 their accounts, $3 the accounts of the called side. Who wants to know: those who
 * subscribed in the account itself or above it, each with its kind.
 */
export const FIND_SUBSCRIBERS = {
  name: 'charging.find-subscribers',
  text: `
  SELECT c.id AS call_id, s.id AS subscription_id, s.account_id, viewer.kind::text AS viewer_kind
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS c (id, account_id, peer_id)
    JOIN account a ON a.id IN (c.account_id, c.peer_id)
    JOIN event_subscription s ON s.disabled_at IS NULL AND 'call.ended' = ANY (s.topics)
    JOIN account viewer ON viewer.id = s.account_id AND starts_with(a.path, viewer.path)
   GROUP BY c.id, s.id, s.account_id, viewer.kind`,
};

/** $1 rows as JSON. */
export const WRITE_OUTBOX = {
  name: 'charging.write-outbox',
  text: `
  INSERT INTO outbox_message (id, topic, account_id, subscription, payload)
  SELECT r.id, 'call.ended', r.account_id, r.subscription, r.payload
    FROM json_to_recordset($1::json)
         AS r (id uuid, account_id uuid, subscription text, payload jsonb)`,
};
