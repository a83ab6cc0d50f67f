/**
 * Takes or renews the lease of trunks for a node: those that nobody holds, that it holds itself, or
 * whose holder let the lease run out. $1: node; $2: ids; $3: now; $4: until.
 */
export const CLAIM_SQL = `
INSERT INTO trunk_state AS s (trunk_id, node_id, lease_until)
SELECT t.id, $1, $4 FROM trunk t WHERE t.id = ANY ($2::uuid[]) ORDER BY t.id
ON CONFLICT (trunk_id) DO UPDATE SET node_id = excluded.node_id, lease_until = excluded.lease_until
 WHERE s.node_id IS NULL OR s.node_id = $1 OR s.lease_until IS NULL OR s.lease_until <= $3
RETURNING s.trunk_id AS "trunkId"`;

/** Lets another node take over at once. $1: node. */
export const RELEASE_SQL = `
UPDATE trunk_state SET node_id = NULL, lease_until = NULL WHERE node_id = $1`;

/** $1: JSON array of states. A trunk that is gone is passed over. */
export const WRITE_SQL = `
INSERT INTO trunk_state (trunk_id, registration, registered_until, registration_at, health,
    health_at, round_trip_ms, error_status, error_text, contacts,
    demoted_until, demoted_why)
SELECT r."trunkId", r.registration, r."registeredUntil", r."registrationAt", r.health,
    r."healthAt", r."roundTripMs", r."errorStatus", r."errorText", r.contacts,
    r."demotedUntil", r."demotedWhy"
  FROM jsonb_to_recordset($1::jsonb) AS r ("trunkId" uuid, registration text,
    "registeredUntil" timestamptz, "registrationAt" timestamptz, health text,
    "healthAt" timestamptz, "roundTripMs" int, "errorStatus" int, "errorText" text, contacts jsonb,
    "demotedUntil" timestamptz, "demotedWhy" text)
  JOIN trunk t ON t.id = r."trunkId"
 ORDER BY r."trunkId"
ON CONFLICT (trunk_id) DO UPDATE SET registration = excluded.registration,
    registered_until = excluded.registered_until, registration_at = excluded.registration_at,
    health = excluded.health, health_at = excluded.health_at,
    round_trip_ms = excluded.round_trip_ms, error_status = excluded.error_status,
    error_text = excluded.error_text, contacts = excluded.contacts,
    demoted_until = excluded.demoted_until, demoted_why = excluded.demoted_why`;

/** Where PBXs were reached when their states were last written. */
export const CONTACTS_SQL = `
SELECT s.trunk_id AS "trunkId", s.contacts FROM trunk_state s WHERE s.contacts IS NOT NULL`;
