import { atOnce, type Steps } from '@/lib/core/steps';
import { BandClock, type BandPlan } from './bands';
import { PrefixTable } from './prefix-table';
import type { DeckInfo, PaidBy, RateDeck, RateMatch, RateRow } from './rate';
import { RateColumnsBuilder } from './rate-columns';

/**
 * One version of a deck in memory: the rates of calls that the caller pays, and those of calls that
 * the number called pays. Immutable, so a deck is activated by swapping tables while calls run.
 */
export class DeckTable implements RateDeck {
  readonly info: DeckInfo;
  private readonly byCaller: PrefixTable;
  /** null: none are reverse-billed. */
  private readonly byCalled: PrefixTable | null;

  /** Use a `DeckBuilder`. */
  constructor(info: DeckInfo, byCaller: PrefixTable, byCalled: PrefixTable | null) {
    this.info = info;
    this.byCaller = byCaller;
    this.byCalled = byCalled;
  }

  /** How many rates it holds. */
  get size(): number {
    return this.byCaller.size + (this.byCalled?.size ?? 0);
  }

  /** What it occupies in memory, destination names not counted. */
  get bytes(): number {
    return this.byCaller.bytes + (this.byCalled?.bytes ?? 0);
  }

  lookup(digits: string, atMs: number, paidBy: PaidBy = 'caller'): RateMatch | undefined {
    if (paidBy === 'caller') return this.byCaller.lookup(digits, atMs);
    const match = this.byCalled?.lookup(digits, atMs);
    return match && { ...match, rate: { ...match.rate, reverseBilled: true } };
  }
}

/** Takes a version's rows one by one, in any order; those sorted by prefix go in fastest. */
export class DeckBuilder {
  private readonly byCaller: RateColumnsBuilder;
  private byCalled: RateColumnsBuilder | null = null;

  constructor(expectedRates?: number) {
    this.byCaller = new RateColumnsBuilder(expectedRates);
  }

  /** Throws INVALID_INPUT for a row that could not be rated by. */
  add(row: RateRow): void {
    if (!row.reverseBilled) {
      this.byCaller.add(row);
      return;
    }
    this.byCalled ??= new RateColumnsBuilder();
    this.byCalled.add(row);
  }

  /**
   * The deck; the builder is used up. Throws INVALID_INPUT for a plan that can't be used. Without
   * one, rates of a band are never in effect.
   */
  build(info: DeckInfo, plan: BandPlan | null = null): DeckTable {
    return atOnce(this.steps(info, plan));
  }

  /**
   * The same in steps of a few milliseconds, for a loop that has other work: a table of a million
   * rates takes a second.
   */
  *steps(info: DeckInfo, plan: BandPlan | null = null): Steps<DeckTable> {
    const clock = plan === null ? null : new BandClock(plan);
    const byCaller = yield* PrefixTable.of(info, yield* this.byCaller.build(), clock);
    const { byCalled } = this;
    if (byCalled === null) return new DeckTable(info, byCaller, null);
    const second = yield* PrefixTable.of(info, yield* byCalled.build(), clock);
    return new DeckTable(info, byCaller, second);
  }
}

/** A deck of all rows of one version. Throws INVALID_INPUT for a row or plan that can't be used. */
export function buildDeck(
  info: DeckInfo,
  rows: Iterable<RateRow>,
  plan: BandPlan | null = null,
): DeckTable {
  const builder = new DeckBuilder();
  for (const row of rows) builder.add(row);
  return builder.build(info, plan);
}
