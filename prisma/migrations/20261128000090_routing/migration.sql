-- What an account must at least earn on a call of 300 s that it sells; absent: it sells at any price.
ALTER TABLE account ADD COLUMN margin_floor_micro bigint DEFAULT 0;

-- By which routes calls leave that are sold at a deck of the operator's; absent: its oldest group.
ALTER TABLE rate_deck ADD COLUMN route_group_id uuid
  REFERENCES route_group (id) ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX rate_deck_route_group_id_idx ON rate_deck (route_group_id);

-- When a trunk is put behind the others: too few of its calls are answered, or they are too short.
ALTER TABLE trunk ADD COLUMN min_answer_percent smallint;
ALTER TABLE trunk ADD COLUMN min_talk_seconds integer;
ALTER TABLE trunk ADD CONSTRAINT trunk_min_answer_percent
  CHECK (min_answer_percent BETWEEN 1 AND 100);
ALTER TABLE trunk ADD CONSTRAINT trunk_min_talk_seconds CHECK (min_talk_seconds >= 1);

ALTER TABLE trunk_state ADD COLUMN demoted_until timestamptz(6);
ALTER TABLE trunk_state ADD COLUMN demoted_why text;
