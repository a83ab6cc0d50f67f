import type { AmountMicro, Currency, PerMinuteNano, RoundingMode } from '@/lib/core/money';
import type { Increments } from './increments';

/** What every rate of one deck version has in common. */
export interface DeckInfo {
  readonly deckId: string;
  readonly deckName: string;
  /** The published version that the rate was read from; a charge keeps it for ever. */
  readonly deckVersion: number;
  readonly currency: Currency;
  readonly rounding: RoundingMode;
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
}

/** A rate pinned for a call: the terms, where they come from, and which shorter prefixes they beat. */
export interface Rate extends DeckInfo, RateTerms {
  /** Digits without "+"; the empty prefix matches everything. */
  readonly prefix: string;
  /** What the deck calls the destination; '' where it does not. */
  readonly destination: string;
  /** Prefixes of the same deck that matched too, longest first. */
  readonly beatenPrefixes: readonly string[];
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
}

/** What a deck says about a number. */
export interface RateMatch {
  readonly rate: Rate;
  readonly blocked: boolean;
}

/** A deck as calls see it: immutable, swapped whole when a version is activated. */
export interface RateDeck {
  readonly info: DeckInfo;
  /** The longest prefix with a rate in effect, of several the newest. `digits` bear no "+". */
  lookup(digits: string, atMs: number): RateMatch | undefined;
}
