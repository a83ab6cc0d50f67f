import type { AmountMicro, Currency, PerMinuteNano, RoundingMode } from '@/lib/core/money';
import type { Fx } from './fx';
import type { Increments } from './increments';

/** What every rate of one deck version has in common. */
export interface DeckInfo {
  readonly deckId: string;
  readonly deckName: string;
  /** The published version that the rate was read from; a charge keeps it for ever. */
  readonly deckVersion: number;
  readonly currency: Currency;
  readonly rounding: RoundingMode;
  /** To how many a charge is rounded; absent = to the micro-unit. */
  readonly decimals?: number;
}

/** What one destination costs, without saying which deck it stands in. */
export interface RateTerms extends Increments {
  readonly firstPerMinuteNano: PerMinuteNano;
  readonly nextPerMinuteNano: PerMinuteNano;
  /** Due once when the call is answered. */
  readonly connectFeeMicro: AmountMicro;
  /** A charged call costs at least this. */
  readonly minimumMicro: AmountMicro;
  /** Calls shorter than this are free of everything; 0 = none are. Not a free first n seconds. */
  readonly noChargeSeconds: number;
  /**
   * The first seconds of a charged call cost nothing by the minute; connect fee and minimum are due
   * all the same. 0 = none.
   */
  readonly freeSeconds: number;
}

/** What a mark-up deck puts on top of the price that its owner pays for the same call. */
export interface Markup {
  /** Millionths of the owner's price a minute, and of its fees. */
  readonly ppm: number;
  /** On top of a minute at least. */
  readonly minimumPerMinuteNano: PerMinuteNano;
}

/** From when on a minute costs what: one stretch of a banded rate's timetable. */
export interface BandSpan {
  /** Unix ms; up to the next span's, the last one for good. */
  readonly fromMs: number;
  readonly name: string;
  readonly firstPerMinuteNano: PerMinuteNano;
  readonly nextPerMinuteNano: PerMinuteNano;
}

/** A rate pinned for a call: the terms, where they come from, and which shorter prefixes they beat. */
export interface Rate extends DeckInfo, RateTerms {
  /** Digits without "+"; the empty prefix matches everything. */
  readonly prefix: string;
  /** What the deck calls the destination; '' where it does not. */
  readonly destination: string;
  /** Shorter prefixes of the same deck that matched too, a bit for each length: `beatenPrefixes`. */
  readonly beatenLengths: number;
  /**
   * Where its price a minute depends on the time: the timetable from the moment at which it was
   * pinned until no call can last any longer. Increments, fees and thresholds are those of the pin.
   */
  readonly bandSpans?: readonly BandSpan[];
  /** The number called pays. */
  readonly reverseBilled?: true;
  /** By which mark-up it came of what the seller pays itself: for the seller's eyes. */
  readonly markup?: Markup;
  /**
   * Set where the buyer pays in another currency than the deck states its prices in: the terms are
   * the deck's, `currency` is what is charged.
   */
  readonly fx?: Fx;
  /** Seconds of a bundle that are reserved for the call; nothing is due for what they cover. */
  readonly bundleSeconds?: number;
}

/** One line of a deck, as it is stored and loaded. */
export interface RateRow extends RateTerms {
  readonly prefix: string;
  readonly destination: string;
  /** Unix ms, inclusive; null = always has been. */
  readonly validFromMs: number | null;
  /** Unix ms, exclusive; null = until further notice. */
  readonly validToMs: number | null;
  /** The destination is not sold (or not bought) here at all; no shorter prefix takes over. */
  readonly blocked: boolean;
  /** A rate of calls that come in, for the number called: toll-free. */
  readonly reverseBilled: boolean;
  /** 0 = at all times, else the place, from 1, among the bands of its version. */
  readonly band: number;
  /** In a mark-up deck, in place of prices of its own; null = it has those. */
  readonly markup: Markup | null;
}

/** What a deck says about a number. */
export interface RateMatch {
  readonly rate: Rate;
  readonly blocked: boolean;
  /**
   * Set in a mark-up deck: `rate` has no price yet, but what `markedUp` makes of it and of the rate
   * at which the deck's owner buys the same call.
   */
  readonly markup: Markup | null;
}

/** Who pays for a call: a deck has a space of prefixes for each. */
export type PaidBy = 'caller' | 'called';

/** A deck as calls see it: immutable, swapped whole when a version is activated. */
export interface RateDeck {
  readonly info: DeckInfo;
  /**
   * The longest prefix with a rate in effect, of several the newest. `digits` bear no "+". Of
   * reverse-billed rates, with 'called', for the number called.
   */
  lookup(digits: string, atMs: number, paidBy?: PaidBy): RateMatch | undefined;
}

/** The greatest of a set of lengths, a bit each; -1 for none. */
export function longestOf(lengths: number): number {
  return 31 - Math.clz32(lengths);
}

/** The shorter prefixes that a rate beat, longest first: each is a beginning of its own. */
export function beatenPrefixes({ prefix, beatenLengths }: BeatenBy): string[] {
  const beaten: string[] = [];
  for (let rest = beatenLengths; rest !== 0; ) {
    const length = longestOf(rest);
    beaten.push(prefix.slice(0, length));
    rest ^= 1 << length;
  }
  return beaten;
}

type BeatenBy = Pick<Rate, 'prefix' | 'beatenLengths'>;

/** Their lengths, a bit each. */
export function lengthsOf(prefixes: readonly string[]): number {
  return prefixes.reduce((lengths, { length }) => lengths | (1 << length), 0);
}
