import type { ConfigKind } from '@/lib/core/config-kinds';

/** $1: null for all, or the ids wanted. The oldest first: UUIDv7 sorts by time. */
const WANTED = '($1::uuid[] IS NULL OR o.id = ANY ($1)) ORDER BY o.id';

/** One statement a kind; columns bear the names of the object's properties. */
export const OBJECTS_SQL: Readonly<Record<ConfigKind, string>> = {
  account: `SELECT o.id, o.generation, o.parent_id AS "parentId", o.path, o.kind, o.name, o.status,
      o.currency, o.time_zone AS "timeZone", o.sell_deck_id AS "sellDeckId",
      o.own_deck_id AS "ownDeckId", o.billed_by AS "billedBy", o.announcements, o.max_concurrent_calls AS "maxConcurrentCalls",
      o.max_calls_per_second AS "maxCallsPerSecond",
      o.margin_floor_micro AS "marginFloorMicro"
    FROM account o WHERE ${WANTED}`,
  tenant: `SELECT o.id, o.generation, o.account_id AS "accountId", o.domain, o.status, o.country,
      o.allowed_destinations AS "allowedDestinations",
      CASE WHEN o.capture THEN o.capture_days END AS "captureDays",
      o.announce_refusals AS "announcesRefusals", o.hold_music AS "hasHoldMusic",
      o.hold_sound_id AS "holdSoundId", o.caller_id_policy AS "callerIdPolicy",
      o.emergency_location_id AS "emergencyLocationId",
      (SELECT n.e164 FROM phone_number n WHERE n.id = o.emergency_number_id) AS "emergencyNumber",
      CASE WHEN o.recording_consent <> 'off' THEN json_build_object(
        'consent', o.recording_consent, 'format', o.recording_format,
        'isSealed', o.recording_sealed, 'isFull', o.recording_full) END AS recording
    FROM tenant o WHERE ${WANTED}`,
  extension: `SELECT o.id, o.generation, o.tenant_id AS "tenantId", o.number, o.name, o.status,
      o.caller_number_id AS "callerNumberId", o.secret_sealed AS "secretSealed",
      json_build_object('always', o.forward_always, 'busy', o.forward_busy,
        'noAnswer', o.forward_no_answer, 'unreachable', o.forward_unreachable,
        'noAnswerSeconds', o.forward_no_answer_seconds) AS forwarding,
      o.media_security AS "mediaSecurity",
      CASE WHEN 'never' IN (o.recording, v.recording) THEN 'never'
        WHEN 'always' IN (o.recording, v.recording) THEN 'always' END AS recording
    FROM extension o LEFT JOIN subscription s ON s.id = o.subscription_id
      LEFT JOIN plan_version v ON v.id = s.plan_version_id WHERE ${WANTED}`,
  carrier: `SELECT o.id, o.generation, o.name, o.buy_deck_id AS "buyDeckId"
    FROM carrier o WHERE ${WANTED}`,
  trunk: `SELECT o.id, o.generation, o.account_id AS "accountId", o.kind, o.name, o.status,
      o.carrier_id AS "carrierId", o.tenant_id AS "tenantId", o.address, o.host, o.port, o.transport,
      o.proxy, o.username, o.secret_sealed AS "secretSealed", o.realm,
      o.register_seconds AS "registerSeconds", o.options_seconds AS "optionsSeconds", o.codecs,
      jsonb_build_object('format', o.number_format, 'country', o.country, 'strip', o.strip_digits,
        'prepend', o.prepend_digits) AS "numbersOut",
      jsonb_build_object('format', o.number_format_in, 'country', o.country,
        'strip', o.strip_digits_in, 'prepend', o.prepend_digits_in) AS "numbersIn",
      o.emergency, o.emergency_countries AS "emergencyCountries",
      o.trusted_identity AS "trustedIdentity",
      o.identity_header AS "identityHeader", o.media_security AS "mediaSecurity",
      nullif(o.recording, 'on_demand') AS recording, o.max_channels AS "maxChannels",
      o.max_channels_in AS "maxChannelsIn", o.max_channels_out AS "maxChannelsOut",
      o.max_calls_per_second AS "maxCallsPerSecond", o.min_answer_percent AS "minAnswerPercent",
      o.min_talk_seconds AS "minTalkSeconds", o.tls_name AS "tlsName", o.tls_ca AS "tlsCa"
    FROM trunk o WHERE ${WANTED}`,
  route_group: `SELECT o.id, o.generation, o.name, o.strategy, coalesce((
        SELECT jsonb_agg(jsonb_build_object('trunkId', m.trunk_id, 'priority', m.priority,
          'weight', m.weight) ORDER BY m.priority, m.weight DESC, m.trunk_id)
        FROM route_group_member m WHERE m.route_group_id = o.id), '[]') AS members
    FROM route_group o WHERE ${WANTED}`,
  phone_number: `SELECT o.id, o.generation, o.account_id AS "accountId", o.e164,
      o.state IN ('in_service', 'port_out') AND o.suspended_at IS NULL AS "inService",
      o.emergency_location_id AS "emergencyLocationId", o.tenant_id AS "tenantId",
      o.extension_id AS "extensionId", o.trunk_id AS "trunkId"
    FROM phone_number o WHERE ${WANTED}`,
  rate_deck: `SELECT o.id, o.generation, o.account_id AS "accountId", o.kind, o.name, o.currency,
      o.rounding, nullif(o.decimals, 6) AS decimals, o.route_group_id AS "routeGroupId", o.active_version_id AS "versionId",
      v.version, v.time_zone AS "timeZone", v.bands
    FROM rate_deck o LEFT JOIN deck_version v ON v.id = o.active_version_id WHERE ${WANTED}`,
  address_rule: `SELECT o.id, o.generation, o.action, o.origin, o.cidr, o.reason, o.detail, o.level,
      o.attempts::float8 AS attempts, (extract(epoch FROM o.since) * 1000)::float8 AS "sinceMs",
      (extract(epoch FROM o.until) * 1000)::float8 AS "untilMs"
    FROM address_rule o WHERE ${WANTED}`,
  exchange_rate: `SELECT o.id, o.generation, o.base, o.quote, o.rate_nano AS "rateNano",
      (extract(epoch FROM o.valid_from) * 1000)::float8 AS "validFromMs"
    FROM exchange_rate o WHERE ${WANTED}`,
  call_limit: `SELECT o.id, o.generation, o.account_id AS "accountId", o.subject,
      o.subject_id AS "subjectId", o.max_concurrent_calls AS "maxConcurrentCalls",
      o.max_concurrent_in AS "maxConcurrentIn", o.max_concurrent_out AS "maxConcurrentOut",
      o.max_calls_per_second AS "maxCallsPerSecond", o.max_daily_spend_micro AS "maxDailySpendMicro",
      o.max_call_seconds AS "maxCallSeconds", o.max_per_minute_nano AS "maxPerMinuteNano",
      o.max_connect_fee_micro AS "maxConnectFeeMicro",
      coalesce(o.blocked_classes::text[], '{}') AS "blockedClasses"
    FROM call_limit o WHERE ${WANTED}`,
  destination_prefix: `SELECT o.id, o.generation, o.prefix, o.class
    FROM destination_prefix o WHERE ${WANTED}`,
  fraud_profile: `SELECT o.id, o.generation, o.account_id AS "accountId", o.mode,
      CASE WHEN NOT o.any_country THEN coalesce(o.countries, '{}') END AS countries,
      coalesce(o.blocked_classes::text[], '{}') AS "blockedClasses", o.max_per_minute_nano AS "maxPerMinuteNano",
      o.max_connect_fee_micro AS "maxConnectFeeMicro",
      o.max_daily_spend_micro AS "maxDailySpendMicro", o.long_call_seconds AS "longCallSeconds",
      o.velocity_window_seconds AS "velocityWindowSeconds", o.velocity_digits AS "velocityDigits",
      o.velocity_max_calls AS "velocityMaxCalls",
      o.velocity_max_spend_micro AS "velocityMaxSpendMicro", o.blocks_by_itself AS "blocksByItself"
    FROM fraud_profile o WHERE ${WANTED}`,
  fraud_block: `SELECT o.id, o.generation, o.account_id AS "accountId", o.subject, o.subject_id AS "subjectId", o.rule,
      o.released_at IS NOT NULL AS "isReleased"
    FROM fraud_block o WHERE ${WANTED}`,
  verified_number: `SELECT o.id, o.generation, o.tenant_id AS "tenantId", o.e164
    FROM verified_number o WHERE ${WANTED}`,
};

/** What every kind adds up to, in one statement and so as of one moment. */
export const checksumsSql = (kinds: readonly ConfigKind[]): string =>
  kinds
    .map(
      (kind) =>
        `SELECT '${kind}' AS kind, count(*)::int AS count,
           coalesce(sum(generation), 0)::bigint AS "generationSum" FROM ${kind}`,
    )
    .join(' UNION ALL ');

/**
 * The oldest transaction still running: whatever committed so far and lies below it has been seen
 * by this snapshot; whatever lies at or above it is read again next time.
 */
export const watermarkSql = 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS watermark';

/** $1: watermark. Needs no NOTIFY and misses no long transaction that commits late. */
export const changesSql = `SELECT kind, object_id AS "objectId", generation, deleted
  FROM config_object WHERE written_xid >= $1::xid8`;

/** $1: node; $2: JSON array of {kind, objectId, generation as text}. */
export const reportObservedSql = `
INSERT INTO config_observed (node_id, kind, object_id, generation, observed_at)
SELECT $1, r.kind, r."objectId", r.generation, now()
  FROM jsonb_to_recordset($2::jsonb) AS r (kind text, "objectId" uuid, generation bigint)
 ORDER BY r.kind, r."objectId"
ON CONFLICT (node_id, kind, object_id) DO UPDATE
   SET generation = excluded.generation, observed_at = excluded.observed_at
 WHERE config_observed.generation < excluded.generation`;

/**
 * $1: deck version. A line for each rate, apart by tabs: most of what a row costs the reader is by
 * column. No value is NULL (`concat_ws` would leave it out), and only the last can hold a tab.
 */
export const ratesSql = `SELECT concat_ws(E'\\t', prefix, first_seconds, next_seconds,
    first_per_minute_nano, next_per_minute_nano, connect_fee_micro, minimum_micro,
    coalesce((extract(epoch FROM valid_from) * 1000)::text, ''),
    coalesce((extract(epoch FROM valid_to) * 1000)::text, ''),
    CASE WHEN no_charge_seconds <> 0 OR free_seconds <> 0 OR blocked OR reverse_billed OR band <> 0
           OR markup_ppm IS NOT NULL OR markup_min_per_minute_nano IS NOT NULL
      THEN json_build_object('noChargeSeconds', no_charge_seconds, 'freeSeconds', free_seconds,
        'blocked', blocked, 'reverseBilled', reverse_billed, 'band', band, 'markupPpm', markup_ppm,
        'markupMinNano', markup_min_per_minute_nano::text)::text ELSE '' END,
    destination) AS line
  FROM rate WHERE version_id = $1`;
