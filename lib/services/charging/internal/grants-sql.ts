/**
 * The lease is shared-locked for the length of the group: whoever fences the node waits for it, and
 * after that no group of the old epoch finds its row.
 */
const LEASE = 'SELECT 1 FROM node WHERE id = $2 AND lease_epoch = $3::bigint FOR KEY SHARE';

/** $1 call ids, $2 node, $3 epoch. A row for each call that lives; one of nulls where none does. */
export const LOCK_LIVE_CALLS = {
  name: 'charging.lock-live-calls',
  text: `
  WITH lease AS (${LEASE}), locked AS (
    SELECT id, granted_seconds, answered_at FROM live_call WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
  )
  SELECT locked.id, locked.granted_seconds, locked.answered_at FROM lease LEFT JOIN locked ON true`,
};

/** $1 call ids. To be read once their live calls are locked: those are the locks of the holds. */
export const READ_OPEN_HOLDS = {
  name: 'charging.read-open-holds',
  text: `
  SELECT call_id, hop, wallet_id, amount_micro FROM hold
   WHERE call_id = ANY ($1::uuid[]) AND state = 'open' ORDER BY call_id, hop`,
};

/** $1 wallet ids, $2 node, $3 epoch. No row at all: the node is fenced. */
export const LOCK_WALLETS = {
  name: 'charging.lock-wallets',
  text: `
  WITH lease AS (${LEASE}), locked AS (
    SELECT id, balance_micro + credit_limit_micro - held_micro AS available_micro
      FROM wallet WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
  )
  SELECT locked.id, locked.available_micro FROM lease LEFT JOIN locked ON true`,
};

/**
 * What the group decided, in one statement. $1, $2 wallets and by how much they hold more ·
 * $3–$8 new live calls · $9–$13 new holds · $14, $15 calls granted more · $16–$18 their holds.
 */
export const WRITE_GRANTS = {
  name: 'charging.write-grants',
  text: `
  WITH reserved AS (
    UPDATE wallet w SET held_micro = w.held_micro + d.amount, updated_at = now()
      FROM unnest($1::uuid[], $2::text[]::bigint[]) AS d (id, amount) WHERE w.id = d.id
  ), begun AS (
    INSERT INTO live_call (id, node_id, lease_epoch, payer_account_id, class, started_at,
                           granted_seconds, facts)
    SELECT c.id, $19, $20::bigint, c.payer, c.class::"CallClass", c.started_at, c.granted, c.facts
      FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::int[], $8::jsonb[])
           AS c (id, payer, class, started_at, granted, facts)
  ), held AS (
    INSERT INTO hold (call_id, hop, wallet_id, node_id, amount_micro, granted_seconds)
    SELECT h.call_id, h.hop, h.wallet_id, $19, h.amount, h.granted
      FROM unnest($9::uuid[], $10::int[], $11::uuid[], $12::text[]::bigint[], $13::int[])
           AS h (call_id, hop, wallet_id, amount, granted)
  ), longer AS (
    UPDATE live_call l SET granted_seconds = e.granted
      FROM unnest($14::uuid[], $15::int[]) AS e (id, granted) WHERE l.id = e.id
  )
  UPDATE hold h SET amount_micro = g.amount, granted_seconds = g.granted, updated_at = now()
    FROM unnest($16::uuid[], $17::int[], $18::text[]::bigint[], $21::int[])
         AS g (call_id, hop, amount, granted)
   WHERE h.call_id = g.call_id AND h.hop = g.hop AND h.state = 'open'`,
};
