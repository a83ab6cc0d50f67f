-- A second sell deck of the seller's, asked before the one that an account shares with others: rates
-- of its own.
ALTER TABLE account ADD COLUMN own_deck_id uuid
  REFERENCES rate_deck (id) ON DELETE RESTRICT ON UPDATE CASCADE;
