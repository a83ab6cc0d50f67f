import type { AmountMicro } from '@/lib/core/money';
import { markedUp } from '@/lib/core/rating/markup';
import { priceCall } from '@/lib/core/rating/price';
import type { Rate, RateDeck } from '@/lib/core/rating/rate';
import { type RateSnapshot, rateFromSnapshot, snapshotOf } from '@/lib/core/rating/snapshot';
import { atAnswer } from '@/lib/core/rating/timetable';

/** A charge that stands, with what it is rated again by. */
export interface StandingCharge {
  readonly id: string;
  readonly callId: string;
  readonly hop: number;
  readonly buyerAccountId: string;
  readonly sellerAccountId: string | null;
  readonly carrierId: string | null;
  readonly currency: string;
  readonly amountMicro: AmountMicro;
  readonly ratedSeconds: number;
  readonly billedSeconds: number;
  readonly snapshot: RateSnapshot;
  /** Digits of the number that its rate was chosen by. */
  readonly digits: string;
  readonly startedAtMs: number;
  readonly answeredAtMs: number | null;
  /** What the seller pays for the same call: what a mark-up is on top of. */
  readonly bought: RateSnapshot | null;
}

/** Why a charge comes out otherwise, or does not come out at all. */
export type DifferenceKind = 'amount' | 'snapshot' | 'no_rate' | 'blocked' | 'currency';

/** A charge that comes out otherwise than it was charged. */
export interface ChargeDifference {
  readonly kind: DifferenceKind;
  readonly charge: StandingCharge;
  /** What it would be; null where there is no price. */
  readonly now: {
    readonly amountMicro: AmountMicro;
    readonly billedSeconds: number;
    readonly rate: Rate;
  } | null;
}

function canonical(snapshot: RateSnapshot): string {
  return JSON.stringify(snapshot, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Rates a charge again from its own snapshot; null = the same bytes. */
export function replayStanding(charge: StandingCharge): ChargeDifference | null {
  const rate = rateFromSnapshot(charge.snapshot);
  const difference = compared(charge, rate);
  if (difference) return difference;
  const isSame = canonical(snapshotOf(rate)) === canonical(charge.snapshot);
  if (isSame) return null;
  const { amountMicro, billedSeconds } = charge;
  return { kind: 'snapshot', charge, now: { amountMicro, billedSeconds, rate } };
}

/**
 * Rates a charge again as if another version of its deck had been the active one: same call, same
 * seconds, same bundle. null = it comes to the same.
 */
export function rerateStanding(charge: StandingCharge, deck: RateDeck): ChargeDifference | null {
  const old = rateFromSnapshot(charge.snapshot);
  const paidBy = old.reverseBilled ? 'called' : 'caller';
  const match = deck.lookup(charge.digits, charge.startedAtMs, paidBy);
  if (!match) return { kind: 'no_rate', charge, now: null };
  if (match.blocked) return { kind: 'blocked', charge, now: null };
  let { rate } = match;
  if (match.markup) {
    const bought = charge.bought && rateFromSnapshot(charge.bought);
    if (!bought) return { kind: 'no_rate', charge, now: null };
    if (bought.currency !== rate.currency) return { kind: 'currency', charge, now: null };
    rate = markedUp(rate, match.markup, bought);
  }
  const { bundleSeconds, fx } = old;
  // At the exchange rate of the day: it was pinned with the price.
  if (fx?.deckCurrency === rate.currency) rate = { ...rate, currency: old.currency, fx };
  if (rate.currency !== charge.currency) return { kind: 'currency', charge, now: null };
  const pinned = bundleSeconds === undefined ? rate : { ...rate, bundleSeconds };
  return compared(charge, atAnswer(pinned, charge.answeredAtMs));
}

function compared(charge: StandingCharge, rate: Rate): ChargeDifference | null {
  const now = { ...priceCall(rate, charge.ratedSeconds), rate };
  const isSame =
    now.amountMicro === charge.amountMicro && now.billedSeconds === charge.billedSeconds;
  return isSame ? null : { kind: 'amount', charge, now };
}
