import {
  formatMicro,
  formatPerMinute,
  parseCurrency,
  parseMicro,
  parsePerMinute,
  type RoundingMode,
} from '@/lib/core/money';
import { type Priced, priceCall } from './price';
import type { Rate } from './rate';

/**
 * A rate as it is stored with a charge (JSON, decimal strings): enough to compute the charge again
 * for ever, and to say why it was this one. Only ever extended, under a new `v`.
 */
export interface RateSnapshot {
  readonly v: 1;
  readonly deckId: string;
  readonly deckName: string;
  readonly deckVersion: number;
  readonly currency: string;
  readonly rounding: RoundingMode;
  readonly prefix: string;
  readonly destination: string;
  readonly firstSeconds: number;
  readonly nextSeconds: number;
  readonly firstPerMinute: string;
  readonly nextPerMinute: string;
  readonly connectFee: string;
  readonly minimum: string;
  readonly noChargeSeconds: number;
  readonly beatenPrefixes: readonly string[];
}

/** Writes a rate down; equal rates give equal bytes, whatever order a database kept the keys in. */
export function snapshotOf(rate: Rate): RateSnapshot {
  return {
    v: 1,
    deckId: rate.deckId,
    deckName: rate.deckName,
    deckVersion: rate.deckVersion,
    currency: rate.currency,
    rounding: rate.rounding,
    prefix: rate.prefix,
    destination: rate.destination,
    firstSeconds: rate.firstSeconds,
    nextSeconds: rate.nextSeconds,
    firstPerMinute: formatPerMinute(rate.firstPerMinuteNano),
    nextPerMinute: formatPerMinute(rate.nextPerMinuteNano),
    connectFee: formatMicro(rate.connectFeeMicro),
    minimum: formatMicro(rate.minimumMicro),
    noChargeSeconds: rate.noChargeSeconds,
    beatenPrefixes: rate.beatenPrefixes,
  };
}

/** The rate that a snapshot was made of. Throws INVALID_INPUT when its decimals are none. */
export function rateFromSnapshot(snapshot: RateSnapshot): Rate {
  return {
    deckId: snapshot.deckId,
    deckName: snapshot.deckName,
    deckVersion: snapshot.deckVersion,
    currency: parseCurrency(snapshot.currency),
    rounding: snapshot.rounding,
    prefix: snapshot.prefix,
    destination: snapshot.destination,
    firstSeconds: snapshot.firstSeconds,
    nextSeconds: snapshot.nextSeconds,
    firstPerMinuteNano: parsePerMinute(snapshot.firstPerMinute),
    nextPerMinuteNano: parsePerMinute(snapshot.nextPerMinute),
    connectFeeMicro: parseMicro(snapshot.connectFee),
    minimumMicro: parseMicro(snapshot.minimum),
    noChargeSeconds: snapshot.noChargeSeconds,
    beatenPrefixes: snapshot.beatenPrefixes,
  };
}

/** The charge again, from what was stored with it: the same bytes as on the day. */
export function replayCharge(snapshot: RateSnapshot, durationSeconds: number): Priced {
  return priceCall(rateFromSnapshot(snapshot), durationSeconds);
}
