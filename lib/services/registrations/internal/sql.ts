/** $1: JSON array of bindings with ids. Joins extension so that what is gone is left out. */
export const upsertBindingsSql = `
INSERT INTO binding (id, extension_id, node_id, contact_uri, call_id, cseq, flow, path, instance_id,
  reg_id, user_agent, address, port, transport, registered_at, refreshed_at, expires_at)
SELECT b.id, e.id, b."nodeId", b."contactUri", b."callId", b.cseq, b.flow, b.path, b."instanceId",
  b."regId", b."userAgent", b.address, b.port, b.transport,
  to_timestamp(b."registeredAtMs" / 1000), to_timestamp(b."refreshedAtMs" / 1000),
  to_timestamp(b."expiresAtMs" / 1000)
  FROM jsonb_to_recordset($1::jsonb) AS b (id uuid, "extensionId" uuid, "nodeId" text,
    "contactUri" text, "callId" text, cseq bigint, flow jsonb, path text[], "instanceId" text,
    "regId" int, "userAgent" text, address text, port int, transport text,
    "registeredAtMs" numeric, "refreshedAtMs" numeric, "expiresAtMs" numeric)
  JOIN extension e ON e.id = b."extensionId"
 ORDER BY e.id, b."contactUri", b."instanceId", b."regId"
ON CONFLICT (extension_id, contact_uri, instance_id, reg_id) DO UPDATE SET
  node_id = excluded.node_id, call_id = excluded.call_id, cseq = excluded.cseq,
  flow = excluded.flow, path = excluded.path, user_agent = excluded.user_agent,
  address = excluded.address, port = excluded.port, transport = excluded.transport,
  registered_at = excluded.registered_at, refreshed_at = excluded.refreshed_at,
  expires_at = excluded.expires_at`;

/** Of bindings that are there: key, Call-ID, CSeq, times in milliseconds; an array of each. */
export const renewBindingsSql = `
UPDATE binding b
   SET call_id = v.call_id, cseq = v.cseq, refreshed_at = to_timestamp(v.refreshed_ms / 1000),
     expires_at = to_timestamp(v.expires_ms / 1000)
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::bigint[],
    $7::numeric[], $8::numeric[])
    AS v (extension_id, contact_uri, instance_id, reg_id, call_id, cseq, refreshed_ms, expires_ms)
 WHERE b.extension_id = v.extension_id AND b.contact_uri = v.contact_uri
   AND b.instance_id = v.instance_id AND b.reg_id = v.reg_id`;

/** $1: JSON array of binding keys. */
export const deleteBindingsSql = `
DELETE FROM binding b
 USING jsonb_to_recordset($1::jsonb) AS k ("extensionId" uuid, "contactUri" text,
   "instanceId" text, "regId" int)
 WHERE b.extension_id = k."extensionId" AND b.contact_uri = k."contactUri"
   AND b.instance_id = k."instanceId" AND b.reg_id = k."regId"`;

/** $1: JSON array of events with ids. */
export const insertEventsSql = `
INSERT INTO registration_event (id, extension_id, at, cause, user_agent, address, port, transport)
SELECT v.id, e.id, to_timestamp(v."atMs" / 1000), v.cause, v."userAgent", v.address, v.port,
  v.transport
  FROM jsonb_to_recordset($1::jsonb) AS v (id uuid, "extensionId" uuid, "atMs" numeric, cause text,
    "userAgent" text, address text, port int, transport text)
  JOIN extension e ON e.id = v."extensionId"`;

/** $1: node; $2: now. The bindings that a node held and that have not run out. */
export const loadBindingsSql = `
SELECT extension_id AS "extensionId", contact_uri AS "contactUri", node_id AS "nodeId",
  call_id AS "callId", cseq::float8 AS cseq, flow, path, instance_id AS "instanceId",
  reg_id AS "regId", user_agent AS "userAgent", address, port, transport,
  (extract(epoch FROM registered_at) * 1000)::float8 AS "registeredAtMs",
  (extract(epoch FROM refreshed_at) * 1000)::float8 AS "refreshedAtMs",
  (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAtMs"
  FROM binding WHERE node_id = $1 AND expires_at > to_timestamp($2::numeric / 1000)
 ORDER BY extension_id, refreshed_at, contact_uri, reg_id`;
