import { formatDecimal, formatMicro, formatPerMinute } from '@/lib/core/money';
import type { RateRow } from '@/lib/core/rating/rate';
import type { Tx } from '@/lib/infra/db/client';
import { PERCENT_SCALE } from '@/lib/services/decks/rules';
import type { WireRate } from '@/lib/services/decks/schemas';
import type { Prisma } from '@/prisma/generated/client';

/** Writes the rates of a draft version, in one statement. */
export async function insertRates(
  tx: Tx,
  versionId: string,
  rows: readonly RateRow[],
): Promise<void> {
  if (rows.length === 0) return;
  // As text: a bigint is no JSON number, and no float may carry a price.
  const json = JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  await tx.$executeRaw`
    INSERT INTO rate (version_id, prefix, destination, connect_fee_micro, minimum_micro,
      no_charge_seconds, first_seconds, next_seconds, first_per_minute_nano, next_per_minute_nano,
      blocked, valid_from, valid_to, free_seconds, reverse_billed, band, markup_ppm,
      markup_min_per_minute_nano)
    SELECT ${versionId}::uuid, r.prefix, r.destination, r."connectFeeMicro", r."minimumMicro",
      r."noChargeSeconds", r."firstSeconds", r."nextSeconds", r."firstPerMinuteNano",
      r."nextPerMinuteNano", r.blocked, to_timestamp(r."validFromMs" / 1000),
      to_timestamp(r."validToMs" / 1000), r."freeSeconds", r."reverseBilled", r.band,
      (r.markup ->> 'ppm')::int, (r.markup ->> 'minimumPerMinuteNano')::bigint
    FROM jsonb_to_recordset(${json}::jsonb) AS r (prefix text, destination text,
      "connectFeeMicro" bigint, "minimumMicro" bigint, "noChargeSeconds" int, "firstSeconds" int,
      "nextSeconds" int, "firstPerMinuteNano" bigint, "nextPerMinuteNano" bigint, blocked boolean,
      "validFromMs" numeric, "validToMs" numeric, "freeSeconds" int, "reverseBilled" boolean,
      band smallint, markup jsonb)`;
}

/** Takes all rates of another version over. */
export async function copyRates(tx: Tx, versionId: string, fromId: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO rate (version_id, prefix, destination, connect_fee_micro, minimum_micro,
      no_charge_seconds, first_seconds, next_seconds, first_per_minute_nano, next_per_minute_nano,
      blocked, valid_from, valid_to, free_seconds, reverse_billed, band, markup_ppm,
      markup_min_per_minute_nano)
    SELECT ${versionId}::uuid, prefix, destination, connect_fee_micro, minimum_micro,
      no_charge_seconds, first_seconds, next_seconds, first_per_minute_nano, next_per_minute_nano,
      blocked, valid_from, valid_to, free_seconds, reverse_billed, band, markup_ppm,
      markup_min_per_minute_nano
    FROM rate WHERE version_id = ${fromId}::uuid ORDER BY id`;
}

/** A rate as the API shows it: prices as decimal strings. */
export function toWireRate(row: Prisma.RateGetPayload<object>): WireRate {
  return {
    id: row.id.toString(),
    prefix: row.prefix,
    destination: row.destination,
    firstPerMinute: formatPerMinute(row.firstPerMinuteNano),
    perMinute: formatPerMinute(row.nextPerMinuteNano),
    first: row.firstSeconds,
    next: row.nextSeconds,
    connectFee: formatMicro(row.connectFeeMicro),
    minimum: formatMicro(row.minimumMicro),
    noChargeSeconds: row.noChargeSeconds,
    freeSeconds: row.freeSeconds,
    reverseBilled: row.reverseBilled,
    band: row.band,
    markupPercent:
      row.markupPpm === null ? null : formatDecimal(BigInt(row.markupPpm), PERCENT_SCALE, 0),
    markupMinimum:
      row.markupMinPerMinuteNano === null ? null : formatPerMinute(row.markupMinPerMinuteNano),
    blocked: row.blocked,
    validFrom: row.validFrom?.toISOString() ?? null,
    validTo: row.validTo?.toISOString() ?? null,
  };
}
