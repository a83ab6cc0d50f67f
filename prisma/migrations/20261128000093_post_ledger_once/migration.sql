-- post_ledger as before (20261121000100_guards), but the accounts of its postings are looked up once:
-- for the postings and for what they change in wallets.
CREATE OR REPLACE FUNCTION post_ledger(
  t_key text[], t_id uuid[], t_kind text[], t_subject uuid[], t_actor uuid[], t_reason text[],
  p_transaction uuid[], p_line int[], p_account uuid[], p_amount bigint[],
  h_wallet uuid[] DEFAULT '{}', h_amount bigint[] DEFAULT '{}'
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  fresh uuid[];
  posted int;
  w_id uuid[];
  w_balance bigint[];
  w_held bigint[];
BEGIN
  WITH claimed AS (
    INSERT INTO ledger_transaction (key, id, kind, subject_id, actor_id, reason)
    SELECT * FROM unnest(t_key, t_id, t_kind, t_subject, t_actor, t_reason) AS t (key) ORDER BY key
    ON CONFLICT (key) DO NOTHING
    RETURNING id
  ) SELECT coalesce(array_agg(id), '{}') INTO fresh FROM claimed;

  IF EXISTS (SELECT unnest(p_transaction)
             EXCEPT SELECT unnest(t_id)) THEN
    RAISE EXCEPTION 'a posting names a ledger transaction that is not of this call'
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (SELECT unnest(fresh) EXCEPT SELECT unnest(p_transaction)) THEN
    RAISE EXCEPTION 'a ledger transaction without postings' USING ERRCODE = 'check_violation';
  END IF;
  IF cardinality(fresh) < cardinality(t_id) THEN
    SELECT coalesce(array_agg(p.tx), '{}'), coalesce(array_agg(p.line), '{}'),
           coalesce(array_agg(p.account), '{}'), coalesce(array_agg(p.amount), '{}')
      INTO p_transaction, p_line, p_account, p_amount
      FROM unnest(p_transaction, p_line, p_account, p_amount) AS p (tx, line, account, amount)
      JOIN unnest(fresh) AS f (tx) ON f.tx = p.tx;
  END IF;

  -- One row a wallet, in id order, so that two groups never wait for each other in a circle.
  WITH lines AS MATERIALIZED (
    SELECT p.tx, p.line, p.amount, a.id AS account, a.book_id, a.wallet_id, b.currency
      FROM unnest(p_transaction, p_line, p_account, p_amount) AS p (tx, line, account, amount)
      JOIN ledger_account a ON a.id = p.account
      JOIN ledger_book b ON b.id = a.book_id
  ), inserted AS (
    INSERT INTO posting (transaction_id, line, book_id, ledger_account_id, currency, amount_micro)
    SELECT tx, line, book_id, account, currency, amount FROM lines
  ), total AS (
    SELECT id, sum(balance)::bigint AS balance, sum(held)::bigint AS held
      FROM (
        SELECT wallet_id AS id, amount AS balance, 0 AS held FROM lines WHERE wallet_id IS NOT NULL
        UNION ALL
        SELECT h.id, 0, h.amount FROM unnest(h_wallet, h_amount) AS h (id, amount)
      ) AS change
     GROUP BY id ORDER BY id
  )
  SELECT (SELECT count(*) FROM lines), array_agg(id), array_agg(balance), array_agg(held)
    INTO posted, w_id, w_balance, w_held FROM total;
  IF posted <> cardinality(p_line) THEN
    RAISE EXCEPTION 'a posting names an unknown ledger account' USING ERRCODE = 'foreign_key_violation';
  END IF;

  IF w_id IS NOT NULL THEN
    PERFORM 1 FROM wallet WHERE id = ANY (w_id) ORDER BY id FOR UPDATE;
    UPDATE wallet w SET balance_micro = w.balance_micro + d.balance,
           held_micro = w.held_micro + d.held, updated_at = now()
      FROM unnest(w_id, w_balance, w_held) AS d (id, balance, held) WHERE w.id = d.id;
  END IF;

  RETURN QUERY SELECT unnest(fresh);
END $$;
