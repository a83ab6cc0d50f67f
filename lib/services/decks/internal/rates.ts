import { formatMicro, formatPerMinute } from '@/lib/core/money';
import type { RateRow } from '@/lib/core/rating/rate';
import type { Tx } from '@/lib/infra/db/client';
import type { WireRate } from '@/lib/services/decks/schemas';
import type { Prisma } from '@/prisma/generated/client';

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** Rows a statement: well under PostgreSQL's 65,535 parameters. */
const CHUNK_ROWS = 2_000;

/** Writes the rates of a draft version. */
export async function insertRates(
  tx: Tx,
  versionId: string,
  rows: readonly RateRow[],
): Promise<void> {
  const data = rows.map(({ validFromMs, validToMs, ...row }) => ({
    versionId,
    ...row,
    validFrom: dateOf(validFromMs),
    validTo: dateOf(validToMs),
  }));
  for (let start = 0; start < data.length; start += CHUNK_ROWS) {
    await tx.rate.createMany({ data: data.slice(start, start + CHUNK_ROWS) });
  }
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
    blocked: row.blocked,
    validFrom: row.validFrom?.toISOString() ?? null,
    validTo: row.validTo?.toISOString() ?? null,
  };
}
