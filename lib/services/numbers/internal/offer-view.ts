import { toWireMoney } from '@/lib/core/money';
import type { NumberOffer } from '@/lib/services/numbers/schemas';
import type { RentalHop } from './rental-hops';
import type { NumberRow } from './view';

/**
 * A number as whoever may order it sees it, at what its first hop costs: what those above pay each
 * other is not the buyer's to know.
 */
export function toOffer(row: NumberRow, hops: readonly RentalHop[]): NumberOffer {
  const own = hops[0];
  const currency = own?.currency ?? '';
  return {
    id: row.id,
    e164: row.e164,
    country: row.country,
    area: row.area,
    kind: row.kind,
    group: row.group,
    setUp: toWireMoney(own?.setUpMicro ?? 0n, currency),
    perPeriod: toWireMoney(own?.perPeriodMicro ?? 0n, currency),
    reservedUntil: row.state === 'reserved' ? (row.heldUntil?.toISOString() ?? null) : null,
  };
}
