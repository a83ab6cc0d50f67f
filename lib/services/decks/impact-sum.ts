import { formatMicro } from '@/lib/core/money';
import { type ImpactLine, type ImpactResult, MAX_IMPACT_DESTINATIONS } from './schemas';

/** Names of destinations that are told apart; a deck of a million rates has some ten thousand. */
const MAX_NAMES = 20_000;

/** A call at two versions of a deck. */
export interface PricedTwice {
  readonly destination: string;
  readonly seconds: number;
  readonly chargedMicro: bigint;
  readonly beforeMicro: bigint;
  /** null: there is no rate for it. */
  readonly afterMicro: bigint | null;
  /** What the deck's owner paid, or was paid, for it; null: unknown, or in another currency. */
  readonly counterpartMicro: bigint | null;
}

interface Line {
  calls: number;
  seconds: number;
  charged: bigint;
  before: bigint;
  after: bigint;
  counterpart: bigint | null;
  lostCalls: number;
  lostBefore: bigint;
}

const emptyLine = (): Line => ({
  calls: 0,
  seconds: 0,
  charged: 0n,
  before: 0n,
  after: 0n,
  counterpart: 0n,
  lostCalls: 0,
  lostBefore: 0n,
});

function addCall(line: Line, call: PricedTwice): void {
  line.calls += 1;
  line.seconds += call.seconds;
  line.charged += call.chargedMicro;
  line.before += call.beforeMicro;
  if (call.afterMicro === null) {
    line.lostCalls += 1;
    line.lostBefore += call.beforeMicro;
  } else line.after += call.afterMicro;
  line.counterpart = sumOf(line.counterpart, call.counterpartMicro);
}

/** One unknown makes the sum unknown. */
const sumOf = (left: bigint | null, right: bigint | null): bigint | null =>
  left === null || right === null ? null : left + right;

function addLine(into: Line, line: Line): void {
  into.calls += line.calls;
  into.seconds += line.seconds;
  into.charged += line.charged;
  into.before += line.before;
  into.after += line.after;
  into.lostCalls += line.lostCalls;
  into.lostBefore += line.lostBefore;
  into.counterpart = sumOf(into.counterpart, line.counterpart);
}

const toWire = (line: Line): ImpactLine => ({
  calls: line.calls,
  seconds: line.seconds,
  charged: formatMicro(line.charged),
  before: formatMicro(line.before),
  after: formatMicro(line.after),
  counterpart: line.counterpart === null ? null : formatMicro(line.counterpart),
  withoutRate: { calls: line.lostCalls, before: formatMicro(line.lostBefore) },
});

/** By how much a destination changes. */
function weightOf(line: Line): bigint {
  const difference = line.after - line.before;
  return difference < 0n ? -difference : difference;
}

/** Sums calls by destination, as exact as each was priced. */
export class ImpactSum {
  private readonly lines = new Map<string, Line>();
  private readonly total = emptyLine();
  private readonly unnamed = emptyLine();

  add(call: PricedTwice): void {
    addCall(this.total, call);
    let line = this.lines.get(call.destination);
    if (line === undefined) {
      if (this.lines.size === MAX_NAMES) {
        addCall(this.unnamed, call);
        return;
      }
      line = emptyLine();
      this.lines.set(call.destination, line);
    }
    addCall(line, call);
  }

  /** The destinations that change the most, and what the others come to. */
  result(currency: string): ImpactResult {
    const sorted = [...this.lines].sort(([nameA, a], [nameB, b]) => {
      const [weightA, weightB] = [weightOf(a), weightOf(b)];
      if (weightA !== weightB) return weightA > weightB ? -1 : 1;
      return b.calls - a.calls || (nameA < nameB ? -1 : 1);
    });
    const rest = emptyLine();
    for (const [, line] of sorted.slice(MAX_IMPACT_DESTINATIONS)) addLine(rest, line);
    addLine(rest, this.unnamed);
    return {
      currency,
      total: toWire(this.total),
      destinations: sorted
        .slice(0, MAX_IMPACT_DESTINATIONS)
        .map(([destination, line]) => ({ destination, ...toWire(line) })),
      rest: rest.calls === 0 ? null : toWire(rest),
    };
  }
}
