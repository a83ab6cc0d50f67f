-- A call that was recorded without a price is priced later once: its row here is inserted in the
-- transaction that charges it.
CREATE TABLE post_rated_call (
  call_id uuid PRIMARY KEY,
  batch_id uuid NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TRIGGER post_rated_call_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON post_rated_call
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
