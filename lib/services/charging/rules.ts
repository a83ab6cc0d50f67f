import type { PlannedBuy } from '@/lib/core/call-plan/plan';
import { settledSeconds } from '@/lib/core/duration';
import { assert } from '@/lib/core/errors';
import type { AmountMicro } from '@/lib/core/money';
import { decideGrant, reachSeconds, sliceSeconds } from '@/lib/core/rating/grants';
import { billedSeconds } from '@/lib/core/rating/increments';
import { type PricedTerms, priceCall } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';
import { atAnswer } from '@/lib/core/rating/timetable';
import type { CallResult, SettledCharge } from './types';

/** One hop of a call that asks for time. */
export interface AskedHop {
  readonly walletId: string;
  /** As it is held by: see `forHolding`. */
  readonly rate: PricedTerms;
  /** What this call already holds there; 0 before the first grant. */
  readonly heldMicro: AmountMicro;
  /** Calls in progress that draw on this wallet, this one included. */
  readonly activeCalls: number;
}

/** A call that asks for its first slice (`grantedSeconds` 0) or for a further one. */
export interface Ask {
  /** Only hops that somebody pays, the payer's first; none = the call is free. */
  readonly hops: readonly AskedHop[];
  readonly grantedSeconds: number;
  readonly maxSeconds: number;
}

/** What one call of a group gets; `hop` is the index in `Ask.hops` whose wallet refused. */
export type Decision =
  | {
      readonly kind: 'granted';
      readonly grantedSeconds: number;
      readonly final: boolean;
      /** See `GrantResult`. */
      readonly reachSeconds: number;
      /** What each hop holds from now on, in the order of `Ask.hops`. */
      readonly heldMicro: readonly AmountMicro[];
    }
  | { readonly kind: 'refused'; readonly hop: number };

/**
 * Decides a group call by call, in order: a call sees what the ones before it took (running sum per
 * wallet), gets all its hops or none, and never fails another. `availableMicro` = balance + credit
 * limit − held, by wallet; it is not changed. A wallet that is missing there refuses.
 */
export function decideHolds(
  availableMicro: ReadonlyMap<string, AmountMicro>,
  asks: readonly Ask[],
): readonly Decision[] {
  const running = new Map(availableMicro);
  return asks.map((ask) => {
    const decision = decideOne(running, ask);
    if (decision.kind === 'granted') {
      for (const [index, hop] of ask.hops.entries()) {
        const grown = (decision.heldMicro[index] ?? 0n) - hop.heldMicro;
        running.set(hop.walletId, (running.get(hop.walletId) ?? 0n) - grown);
      }
    }
    return decision;
  });
}

function decideOne(running: ReadonlyMap<string, AmountMicro>, ask: Ask): Decision {
  const payer = ask.hops[0];
  if (!payer) {
    const { maxSeconds: all } = ask;
    return { kind: 'granted', grantedSeconds: all, final: true, reachSeconds: all, heldMicro: [] };
  }
  assert(
    new Set(ask.hops.map((hop) => hop.walletId)).size === ask.hops.length,
    'a wallet pays at one hop of a call',
  );
  const { wanted, reach } = wantedSeconds(running, ask, payer.rate);
  const grant = decideGrant(
    ask.hops.map((hop) => ({
      rate: hop.rate,
      spendableMicro: (running.get(hop.walletId) ?? -hop.heldMicro) + hop.heldMicro,
    })),
    wanted,
  );
  // What was granted stays granted, whatever became of the wallet since.
  if (grant.grantedSeconds <= ask.grantedSeconds && ask.grantedSeconds > 0) {
    const heldMicro = ask.hops.map((hop) => hop.heldMicro);
    const { grantedSeconds } = ask;
    return {
      kind: 'granted',
      grantedSeconds,
      final: true,
      reachSeconds: grantedSeconds,
      heldMicro,
    };
  }
  // A payer is never put through for less than the first increment that it would be billed.
  const least = Math.min(wanted, billedSeconds(1, payer.rate));
  if (grant.grantedSeconds < least) return { kind: 'refused', hop: grant.limitedBy ?? 0 };
  const { grantedSeconds } = grant;
  const final = grant.final || grantedSeconds >= ask.maxSeconds;
  return {
    ...{ kind: 'granted', grantedSeconds, final },
    reachSeconds: final ? grantedSeconds : Math.max(grantedSeconds, reach),
    heldMicro: grant.costsMicro,
  };
}

/**
 * The next slice by the tightest hop, in whole increments of the payer, up to the longest allowed; and
 * how far the tightest hop would reach.
 */
function wantedSeconds(
  running: ReadonlyMap<string, AmountMicro>,
  ask: Ask,
  payerRate: PricedTerms,
): { readonly wanted: number; readonly reach: number } {
  const { grantedSeconds, maxSeconds } = ask;
  let slice = Number.POSITIVE_INFINITY;
  let tightest = maxSeconds;
  for (const hop of ask.hops) {
    const availableMicro = running.get(hop.walletId) ?? 0n;
    const { activeCalls } = hop;
    const reach = reachSeconds(hop.rate, { grantedSeconds, availableMicro, activeCalls });
    slice = Math.min(slice, sliceSeconds(hop.rate, { grantedSeconds, reach }));
    tightest = Math.min(tightest, reach);
  }
  const wanted = Math.min(maxSeconds, billedSeconds(grantedSeconds + slice, payerRate));
  return { wanted, reach: tightest };
}

/** A charge before it is written, with what it was priced by. */
export interface PricedHop extends SettledCharge {
  readonly rate: Rate;
}

/** What an ended call costs at every hop, the carrier's last. */
export interface PricedCall {
  readonly ratedSeconds: number;
  readonly hops: readonly PricedHop[];
}

/**
 * Prices a call that is over. Granted seconds are the only seconds: what somebody pays is never
 * rated beyond `grantedSeconds`. `grantedSeconds` null = no grant is on record; only a call that
 * nobody answered, or nobody pays, may end so.
 */
export function priceResult(result: CallResult, grantedSeconds: number | null): PricedCall {
  if (result.answeredAtMs === null || result.ratedSeconds === 0) {
    return { ratedSeconds: 0, hops: [] };
  }
  let { ratedSeconds } = result;
  if (result.facts.hops.length > 0) {
    assert(grantedSeconds !== null, 'a call that costs money was granted its seconds');
    ratedSeconds = Math.min(ratedSeconds, grantedSeconds);
  }
  const { answeredAtMs } = result;
  const hops: PricedHop[] = result.facts.hops.map((hop, index) => ({
    hop: index,
    buyerAccountId: hop.buyerAccountId,
    sellerAccountId: hop.sellerAccountId,
    carrierId: null,
    currency: hop.rate.currency,
    ...priced(hop.rate, answeredAtMs, ratedSeconds),
  }));
  const buy = buyOf(result);
  if (buy) {
    hops.push({
      hop: hops.length,
      buyerAccountId: buy.buyerAccountId,
      sellerAccountId: null,
      carrierId: buy.carrierId,
      currency: buy.rate.currency,
      ...priced(buy.rate, answeredAtMs, ratedSeconds),
    });
  }
  return { ratedSeconds, hops };
}

/** What the operator pays a carrier for a call: the one that was dialled, or that brought it. */
export function buyOf(result: CallResult): PlannedBuy | null {
  return result.buy ?? result.facts.buy ?? null;
}

function priced(pinned: Rate, answeredAtMs: number, seconds: number) {
  const rate = atAnswer(pinned, answeredAtMs);
  return { rate, ...priceCall(rate, seconds) };
}

/**
 * Seconds that a call is charged for whose node died: from the answer to the last moment at which
 * the node surely worked, at least one, and never more than was granted.
 */
export function recoveredSeconds(call: {
  readonly answeredAtMs: number | null;
  readonly lastHeartbeatMs: number;
  readonly grantedSeconds: number;
}): number {
  if (call.answeredAtMs === null) return 0;
  return settledSeconds(call.lastHeartbeatMs - call.answeredAtMs, call.grantedSeconds);
}
