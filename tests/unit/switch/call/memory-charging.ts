import { AppError } from '@/lib/core/errors';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import { type Ask, decideHolds, priceResult } from '@/lib/services/charging/rules';
import type {
  AnswerFacts,
  CallResult,
  ChargedHop,
  GrantResult,
  HoldRequest,
} from '@/lib/services/charging/types';

interface Held {
  readonly facts: HoldRequest['facts'];
  /** By account. */
  readonly amounts: Map<string, bigint>;
  grantedSeconds: number;
}

/**
 * The money of a node's calls in memory: decided and priced by the very rules that the database's
 * own transactions use. An account without a wallet here has endless funds.
 */
export class MemoryCharging implements ChargingGroups {
  readonly unsettled = 0;
  isBehind = false;
  readonly settled: CallResult[] = [];
  readonly answers: AnswerFacts[] = [];
  /** Every hold asked for, in order, with what came of it. */
  readonly holds: { readonly request: HoldRequest; readonly ok: boolean }[] = [];
  /** What each account has paid, by call. */
  readonly paid: { readonly callId: string; readonly account: string; readonly amount: bigint }[] =
    [];
  /** Spendable micro-units of those accounts that are limited. */
  readonly balances = new Map<string, bigint>();
  /** How long a hold takes; a test sets it to look between. */
  delay: (request: HoldRequest) => Promise<void> = async () => {};
  private readonly live = new Map<string, Held>();

  /** Calls that hold something, or may. */
  get liveCallIds(): readonly string[] {
    return [...this.live.keys()];
  }

  async hold(request: HoldRequest): Promise<GrantResult> {
    await this.delay(request);
    const { callId, facts, maxSeconds, activeCalls } = request;
    const held: Held = { facts, amounts: new Map(), grantedSeconds: 0 };
    const result = this.decide(held, { hops: facts.hops, maxSeconds, activeCalls });
    this.holds.push({ request, ok: result.ok });
    if (result.ok) this.live.set(callId, held);
    return result;
  }

  async extend(request: Parameters<ChargingGroups['extend']>[0]): Promise<GrantResult> {
    const held = this.live.get(request.callId);
    if (!held) return { ok: false, refusal: new AppError('GONE', 'The call has ended.') };
    return this.decide(held, request);
  }

  async answer(facts: AnswerFacts): Promise<void> {
    this.answers.push(facts);
  }

  async settle(result: CallResult) {
    const { callId } = result;
    if (this.settled.some((each) => each.callId === callId)) {
      throw new Error(`${callId} was settled twice`);
    }
    this.settled.push(result);
    const held = this.live.get(callId);
    this.live.delete(callId);
    const priced = priceResult(result, held?.grantedSeconds ?? null);
    for (const { buyerAccountId: account, amountMicro: amount, carrierId } of priced.hops) {
      if (carrierId !== null) continue;
      this.paid.push({ callId, account, amount });
      const balance = this.balances.get(account);
      if (balance === undefined) continue;
      if (amount > (held?.amounts.get(account) ?? 0n)) throw new Error(`${account} overdrew`);
      this.balances.set(account, balance - amount);
    }
    const charges = priced.hops.map(({ rate: _, ...charge }) => charge);
    return { callId, alreadySettled: false, ratedSeconds: priced.ratedSeconds, charges };
  }

  async close(): Promise<void> {}

  /** What an account paid in all, carriers left out. */
  paidBy(account: string): bigint {
    return this.paid
      .filter((each) => each.account === account)
      .reduce((sum, each) => sum + each.amount, 0n);
  }

  private decide(
    held: Held,
    asked: {
      readonly hops: readonly ChargedHop[];
      readonly maxSeconds: number;
      readonly activeCalls: readonly number[];
    },
  ): GrantResult {
    const ask: Ask = {
      hops: asked.hops.map((hop, index) => ({
        walletId: hop.buyerAccountId,
        rate: hop.rate,
        heldMicro: held.amounts.get(hop.buyerAccountId) ?? 0n,
        activeCalls: asked.activeCalls[index] ?? 1,
      })),
      grantedSeconds: held.grantedSeconds,
      maxSeconds: asked.maxSeconds,
    };
    const available = new Map(
      asked.hops.map(({ buyerAccountId: id }) => [id, this.availableTo(id)]),
    );
    const [decision] = decideHolds(available, [ask]);
    if (decision?.kind !== 'granted') {
      const hop = asked.hops[decision?.hop ?? 0]?.buyerAccountId ?? '';
      return {
        ok: false,
        refusal: new AppError('INSUFFICIENT_FUNDS', 'Not enough funds.', { meta: { hop } }),
      };
    }
    for (const [index, hop] of asked.hops.entries()) {
      held.amounts.set(hop.buyerAccountId, decision.heldMicro[index] ?? 0n);
    }
    held.grantedSeconds = decision.grantedSeconds;
    const { grantedSeconds, final, reachSeconds } = decision;
    return { ok: true, grantedSeconds, final, reachSeconds };
  }

  private availableTo(account: string): bigint {
    const balance = this.balances.get(account);
    if (balance === undefined) return 10n ** 12n;
    let held = 0n;
    for (const each of this.live.values()) held += each.amounts.get(account) ?? 0n;
    return balance - held;
  }
}
