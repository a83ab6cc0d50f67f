-- What a unit of one currency is worth in another, from when on. Never changed: a new row takes over.
CREATE TABLE exchange_rate (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  base char(3) NOT NULL,
  quote char(3) NOT NULL,
  rate_nano bigint NOT NULL,
  valid_from timestamptz(6) NOT NULL,
  source text NOT NULL DEFAULT '',
  generation bigint NOT NULL DEFAULT 0,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT exchange_rate_positive CHECK (rate_nano > 0),
  CONSTRAINT exchange_rate_two_currencies CHECK (base <> quote)
);
CREATE UNIQUE INDEX exchange_rate_account_id_base_quote_valid_from_key
  ON exchange_rate (account_id, base, quote, valid_from);

CREATE TRIGGER config_stamp BEFORE INSERT OR UPDATE ON exchange_rate
  FOR EACH ROW EXECUTE FUNCTION config_stamp();
CREATE TRIGGER config_record AFTER INSERT OR UPDATE OR DELETE ON exchange_rate
  FOR EACH ROW EXECUTE FUNCTION config_record();
