-- What Prisma's schema can't say: partitions, the ledger's single door, append-only tables,
-- configuration generations, and what the application's role may do.

------------------------------------------------------------------------------------------------
-- Partitions: a month each, bounded by the UUIDv7 of its first millisecond (a posting's is that of
-- its transaction).

CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT (overlay(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') PLACING '-' FROM 9 FOR 0)
          || '-0000-0000-000000000000')::uuid
$$;

CREATE FUNCTION ensure_partitions(first_month date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  parent text;
  month date;
  child text;
  made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('tollbridge.ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['call', 'leg', 'charge', 'posting'] LOOP
    FOR i IN 0..months - 1 LOOP
      month := (date_trunc('month', first_month) + make_interval(months => i))::date;
      child := parent || '_' || to_char(month, 'YYYY_MM');
      IF to_regclass(quote_ident(child)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent,
          uuid_floor(month::timestamp AT TIME ZONE 'UTC'),
          uuid_floor((month + interval '1 month')::timestamp AT TIME ZONE 'UTC'));
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

CREATE TABLE call_default PARTITION OF call DEFAULT;
CREATE TABLE leg_default PARTITION OF leg DEFAULT;
CREATE TABLE charge_default PARTITION OF charge DEFAULT;
CREATE TABLE posting_default PARTITION OF posting DEFAULT;

SELECT ensure_partitions((now() - interval '3 months')::date, 16);

------------------------------------------------------------------------------------------------
-- The ledger.

-- Rows that change while a call lives find room in their page, so that no index is touched; and a
-- live call's facts stay in its row, uncompressed: they are read back once, if ever.
ALTER TABLE wallet SET (fillfactor = 50);
ALTER TABLE hold SET (fillfactor = 50);
ALTER TABLE live_call SET (fillfactor = 50, toast_tuple_target = 8160);

CREATE INDEX ledger_transaction_subject ON ledger_transaction (subject_id) WHERE kind <> 'call';

ALTER TABLE wallet ADD CONSTRAINT wallet_held_not_negative CHECK (held_micro >= 0);
ALTER TABLE hold ADD CONSTRAINT hold_amount_not_negative CHECK (amount_micro >= 0 AND granted_seconds >= 0);
ALTER TABLE posting ADD CONSTRAINT posting_not_zero CHECK (amount_micro <> 0);

-- Σ = 0 for each transaction, book and currency, checked over all rows of a statement at once:
-- a constraint trigger would run for each row and dominate at eight postings a call.
CREATE FUNCTION check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT transaction_id, book_id, currency, sum(amount_micro) AS off INTO bad
    FROM fresh GROUP BY transaction_id, book_id, currency HAVING sum(amount_micro) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger transaction % does not balance in book %: % % left over',
      bad.transaction_id, bad.book_id, bad.off, bad.currency USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER posting_balances AFTER INSERT ON posting
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION check_postings();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused; post a correction instead', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER charge_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON charge
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER settled_call_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settled_call
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A wallet starts empty; its balance moves by postings alone.
CREATE FUNCTION wallet_starts_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.balance_micro <> 0 OR NEW.held_micro <> 0 THEN
    RAISE EXCEPTION 'a wallet starts empty: post an opening balance' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER wallet_starts_empty BEFORE INSERT ON wallet
  FOR EACH ROW EXECUTE FUNCTION wallet_starts_empty();

-- A wallet's line stands in its seller's book, in its currency, and says whose it is; the chart of
-- accounts never changes under its postings.
CREATE FUNCTION check_wallet_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.kind = 'wallet') IS DISTINCT FROM (NEW.wallet_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a ledger account is a wallet''s exactly when its kind is wallet'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.wallet_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM wallet w JOIN ledger_book b ON b.id = NEW.book_id
     WHERE w.id = NEW.wallet_id AND w.account_id = NEW.counterparty_id
       AND w.seller_account_id = b.account_id AND w.currency = b.currency
  ) THEN
    RAISE EXCEPTION 'a wallet''s ledger account stands in its seller''s book, in its currency'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_wallet_account BEFORE INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION check_wallet_account();
CREATE TRIGGER ledger_account_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_account
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_book_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_book
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The only door for postings. A transaction whose key is taken is skipped whole, so a repeated
-- call changes nothing. Book and currency come from the ledger account, never from the caller.
-- h_wallet and h_amount: by how much the held funds of wallets change with it (a settled call
-- frees what it held), so that each wallet is locked last, and written once. Those are applied
-- even where every key was taken: only open holds may be counted there.
-- Returns the ids of the transactions that were new.
CREATE FUNCTION post_ledger(
  t_key text[], t_id uuid[], t_kind text[], t_subject uuid[], t_actor uuid[], t_reason text[],
  p_transaction uuid[], p_line int[], p_account uuid[], p_amount bigint[],
  h_wallet uuid[] DEFAULT '{}', h_amount bigint[] DEFAULT '{}'
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  fresh uuid[];
  posted int;
  expected int;
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
  expected := cardinality(p_line);

  INSERT INTO posting (transaction_id, line, book_id, ledger_account_id, currency, amount_micro)
  SELECT p.tx, p.line, a.book_id, a.id, b.currency, p.amount
    FROM unnest(p_transaction, p_line, p_account, p_amount) AS p (tx, line, account, amount)
    JOIN ledger_account a ON a.id = p.account
    JOIN ledger_book b ON b.id = a.book_id;
  GET DIAGNOSTICS posted = ROW_COUNT;
  IF posted <> expected THEN
    RAISE EXCEPTION 'a posting names an unknown ledger account' USING ERRCODE = 'foreign_key_violation';
  END IF;

  -- One row a wallet, in id order, so that two groups never wait for each other in a circle.
  SELECT array_agg(id ORDER BY id), array_agg(balance ORDER BY id), array_agg(held ORDER BY id)
    INTO w_id, w_balance, w_held
    FROM (
      SELECT id, sum(balance)::bigint AS balance, sum(held)::bigint AS held
        FROM (
          SELECT a.wallet_id AS id, p.amount AS balance, 0 AS held
            FROM unnest(p_account, p_amount) AS p (account, amount)
            JOIN ledger_account a ON a.id = p.account
           WHERE a.wallet_id IS NOT NULL
          UNION ALL
          SELECT h.id, 0, h.amount FROM unnest(h_wallet, h_amount) AS h (id, amount)
        ) AS change
       GROUP BY id
    ) AS total;
  IF w_id IS NOT NULL THEN
    PERFORM 1 FROM wallet WHERE id = ANY (w_id) ORDER BY id FOR UPDATE;
    UPDATE wallet w SET balance_micro = w.balance_micro + d.balance,
           held_micro = w.held_micro + d.held, updated_at = now()
      FROM unnest(w_id, w_balance, w_held) AS d (id, balance, held) WHERE w.id = d.id;
  END IF;

  RETURN QUERY SELECT unnest(fresh);
END $$;

------------------------------------------------------------------------------------------------
-- Configuration: each change of what the switch reads takes the next generation. Columns that the
-- switch never reads (when a secret was last shown …) do not count as a change.

CREATE SEQUENCE config_generation;

CREATE FUNCTION config_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND
     to_jsonb(NEW) - ARRAY['generation', 'updated_at', 'revealed_at'] =
     to_jsonb(OLD) - ARRAY['generation', 'updated_at', 'revealed_at'] THEN
    NEW.generation := OLD.generation;
  ELSE
    NEW.generation := nextval('config_generation');
  END IF;
  RETURN NEW;
END $$;

-- SECURITY DEFINER: the application never writes config_object by hand.
CREATE FUNCTION config_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO config_object (kind, object_id, generation, deleted, written_xid)
    VALUES (TG_TABLE_NAME, OLD.id, nextval('config_generation'), true, pg_current_xact_id())
    ON CONFLICT (kind, object_id) DO UPDATE SET generation = excluded.generation,
      deleted = true, written_xid = excluded.written_xid;
  ELSIF TG_OP = 'INSERT' OR NEW.generation <> OLD.generation THEN
    INSERT INTO config_object (kind, object_id, generation, deleted, written_xid)
    VALUES (TG_TABLE_NAME, NEW.id, NEW.generation, false, pg_current_xact_id())
    ON CONFLICT (kind, object_id) DO UPDATE SET generation = excluded.generation,
      deleted = false, written_xid = excluded.written_xid;
  ELSE
    RETURN NULL;
  END IF;
  PERFORM pg_notify('tollbridge_config', '');
  RETURN NULL;
END $$;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['account', 'tenant', 'extension', 'carrier', 'trunk', 'route_group',
                           'phone_number', 'rate_deck'] LOOP
    EXECUTE format('CREATE TRIGGER config_stamp BEFORE INSERT OR UPDATE ON %I
                    FOR EACH ROW EXECUTE FUNCTION config_stamp()', t);
    EXECUTE format('CREATE TRIGGER config_record AFTER INSERT OR UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION config_record()', t);
  END LOOP;
END $$;

-- Members are part of their group.
CREATE FUNCTION route_group_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone uuid := CASE WHEN TG_OP = 'INSERT' THEN NEW.route_group_id ELSE OLD.route_group_id END;
BEGIN
  UPDATE route_group SET members_changed_at = clock_timestamp() WHERE id = gone;
  IF TG_OP = 'UPDATE' AND NEW.route_group_id <> gone THEN
    UPDATE route_group SET members_changed_at = clock_timestamp() WHERE id = NEW.route_group_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER route_group_touch AFTER INSERT OR UPDATE OR DELETE ON route_group_member
  FOR EACH ROW EXECUTE FUNCTION route_group_touch();

-- The rates of a version that is or was live never change.
CREATE FUNCTION refuse_live_rates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM deck_version v WHERE v.status <> 'draft' AND v.id IN (
       CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
       CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)) THEN
    RAISE EXCEPTION 'rates of an activated deck version never change: make a new version'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rate_live_append_only BEFORE INSERT OR UPDATE OR DELETE ON rate
  FOR EACH ROW EXECUTE FUNCTION refuse_live_rates();

------------------------------------------------------------------------------------------------
-- What the application's role may do; called after each migration for the role in use.

CREATE FUNCTION grant_application_role(app name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
  EXECUTE format('REVOKE ALL ON _prisma_migrations FROM %I', app);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON posting, ledger_transaction, config_object FROM %I', app);
  EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON charge, audit_entry, settled_call, ledger_book, ledger_account FROM %I', app);
  EXECUTE format('REVOKE UPDATE ON wallet FROM %I', app);
  EXECUTE format('GRANT UPDATE (held_micro, credit_limit_micro, mode, updated_at) ON wallet TO %I', app);
  -- Partitions are reached through their parents alone.
  EXECUTE (
    SELECT coalesce(string_agg(format('REVOKE ALL ON %s FROM %I;', c.oid::regclass, app), ' '), 'SELECT 1')
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent IN ('call'::regclass, 'leg'::regclass, 'charge'::regclass, 'posting'::regclass)
       AND c.relkind = 'r');
  EXECUTE format('GRANT EXECUTE ON FUNCTION ensure_partitions(date, int) TO %I', app);
  EXECUTE format('GRANT EXECUTE ON FUNCTION post_ledger(text[], uuid[], text[], uuid[], uuid[], text[], uuid[], int[], uuid[], bigint[], uuid[], bigint[]) TO %I', app);
END $$;

REVOKE ALL ON FUNCTION ensure_partitions(date, int) FROM PUBLIC;
REVOKE ALL ON FUNCTION post_ledger(text[], uuid[], text[], uuid[], uuid[], text[], uuid[], int[], uuid[], bigint[], uuid[], bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION grant_application_role(name) FROM PUBLIC;
