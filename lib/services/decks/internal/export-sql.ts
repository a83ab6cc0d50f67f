/**
 * Rates by prefix, and of one prefix in an order that says nothing of when they were written.
 * $1: version.
 */
export const exportRatesSql = `
SELECT prefix, destination, next_per_minute_nano AS "nextNano", first_per_minute_nano AS "firstNano",
    first_seconds AS first, next_seconds AS next, connect_fee_micro AS "feeMicro",
    minimum_micro AS "minimumMicro", no_charge_seconds AS "noCharge", free_seconds AS free, blocked,
    reverse_billed AS reverse, valid_from AS "from", valid_to AS "to", band,
    markup_ppm AS "markupPpm", markup_min_per_minute_nano AS "markupMinNano"
  FROM rate WHERE version_id = $1 ORDER BY prefix, reverse_billed, band, valid_from NULLS FIRST`;
