import {
  formatMicro,
  formatPerMinute,
  MICRO_SCALE,
  parseCurrency,
  parseMicro,
  parsePerMinute,
  type RoundingMode,
} from '@/lib/core/money';
import { type Priced, priceCall } from './price';
import { type BandSpan, beatenPrefixes, lengthsOf, type Rate } from './rate';

/** What snapshots of either version say. */
interface BasicSnapshot {
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

/** A stretch of a timetable as it is stored. */
export interface SpanSnapshot {
  /** ISO 8601; of a charge's first one the moment of the answer. */
  readonly from: string;
  readonly band: string;
  readonly firstPerMinute: string;
  readonly nextPerMinute: string;
}

/**
 * A rate as it is stored with a charge (JSON, decimal strings): enough to compute the charge again
 * for ever, and to say why it was this one. Only ever extended, under a new `v`.
 */
export type RateSnapshot =
  | ({ readonly v: 1 } & BasicSnapshot)
  | ({
      readonly v: 2;
      readonly freeSeconds: number;
      readonly reverseBilled: boolean;
      /** null = the same price at all times. */
      readonly bands: readonly SpanSnapshot[] | null;
      /** By what it was marked up; for the seller's eyes, as it tells what the seller pays. */
      readonly markup: { readonly ppm: number; readonly minimumPerMinute: string } | null;
      readonly bundleSeconds: number;
      /** To how many the charge was rounded. */
      readonly decimals: number;
      /** In which currency the deck states all this, and what that was worth; null = in what is charged. */
      readonly fx: { readonly deckCurrency: string; readonly rate: string } | null;
    } & BasicSnapshot);

/**
 * Writes a rate down; equal rates give equal bytes, whatever order a database kept the keys in. The
 * older and shorter version stays in use for what it can say.
 */
export function snapshotOf(rate: Rate): RateSnapshot {
  const { freeSeconds, reverseBilled = false, bandSpans, markup, bundleSeconds = 0, fx } = rate;
  const basics = basicsOf(rate);
  if (isPlain(rate)) return { v: 1, ...basics };
  return {
    v: 2,
    ...basics,
    freeSeconds,
    reverseBilled,
    bands: bandSpans?.map(spanSnapshot) ?? null,
    markup: markup
      ? { ppm: markup.ppm, minimumPerMinute: formatPerMinute(markup.minimumPerMinuteNano) }
      : null,
    bundleSeconds,
    decimals: rate.decimals ?? MICRO_SCALE,
    fx: fx ? { deckCurrency: fx.deckCurrency, rate: formatPerMinute(fx.rateNano) } : null,
  };
}

/** Whether version 1 can say it. */
function isPlain(rate: Rate): boolean {
  const { freeSeconds, reverseBilled, bandSpans, markup, bundleSeconds, decimals, fx } = rate;
  return (
    freeSeconds === 0 &&
    !(reverseBilled || bandSpans || markup || bundleSeconds || fx) &&
    decimals === undefined
  );
}

function spanSnapshot(span: BandSpan): SpanSnapshot {
  return {
    from: new Date(span.fromMs).toISOString(),
    band: span.name,
    firstPerMinute: formatPerMinute(span.firstPerMinuteNano),
    nextPerMinute: formatPerMinute(span.nextPerMinuteNano),
  };
}

function basicsOf(rate: Rate): BasicSnapshot {
  return {
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
    beatenPrefixes: beatenPrefixes(rate),
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
    freeSeconds: snapshot.v === 1 ? 0 : snapshot.freeSeconds,
    beatenLengths: lengthsOf(snapshot.beatenPrefixes),
    ...(snapshot.v === 1 ? {} : furtherTerms(snapshot)),
  };
}

function furtherTerms({
  bands,
  markup,
  reverseBilled,
  bundleSeconds,
  decimals,
  fx,
}: Extract<RateSnapshot, { v: 2 }>): Partial<Rate> {
  return {
    ...(bands ? { bandSpans: bands.map(spanFromSnapshot) } : {}),
    ...(reverseBilled ? { reverseBilled } : {}),
    ...(markup
      ? {
          markup: {
            ppm: markup.ppm,
            minimumPerMinuteNano: parsePerMinute(markup.minimumPerMinute),
          },
        }
      : {}),
    ...(bundleSeconds > 0 ? { bundleSeconds } : {}),
    ...(decimals === MICRO_SCALE ? {} : { decimals }),
    ...(fx
      ? { fx: { deckCurrency: parseCurrency(fx.deckCurrency), rateNano: parsePerMinute(fx.rate) } }
      : {}),
  };
}

function spanFromSnapshot(span: SpanSnapshot): BandSpan {
  return {
    fromMs: Date.parse(span.from),
    name: span.band,
    firstPerMinuteNano: parsePerMinute(span.firstPerMinute),
    nextPerMinuteNano: parsePerMinute(span.nextPerMinute),
  };
}

/** The charge again, from what was stored with it: the same bytes as on the day. */
export function replayCharge(snapshot: RateSnapshot, durationSeconds: number): Priced {
  return priceCall(rateFromSnapshot(snapshot), durationSeconds);
}
