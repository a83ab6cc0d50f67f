import type { RuledSubject } from '@/lib/core/call-plan/call-rules';
import type { PlannedBuy } from '@/lib/core/call-plan/plan';
import type { E164 } from '@/lib/core/phone-number';
import type { Rate } from '@/lib/core/rating/rate';
import type { CallFacts } from '@/lib/services/charging/types';

/** A call as far as somebody spends something on it. */
export interface SpendingCall {
  readonly facts: CallFacts;
  /** The PBX that it came from; null = a phone. */
  readonly fromTrunkId: string | null;
  /** The trunk that answered; null = none so far, or an extension. */
  readonly toTrunkId: string | null;
  readonly buy: PlannedBuy | null;
}

/**
 * Who spends on a call, and at which rate: every hop's buyer at its own, and at the payer's rate its
 * tenant, extension, PBX and number. Of a call that comes in that is the called side.
 */
export function* spendersOf(
  call: SpendingCall,
  numberId: (number: E164) => string | undefined,
): Generator<{ readonly kind: RuledSubject; readonly id: string; readonly rate: Rate }> {
  const { facts, fromTrunkId, toTrunkId, buy } = call;
  for (const { buyerAccountId, rate } of facts.hops) {
    yield { kind: 'account', id: buyerAccountId, rate };
  }
  const isInbound = facts.callClass === 'inbound';
  const carrierTrunkId = isInbound ? fromTrunkId : toTrunkId;
  if (buy) {
    yield { kind: 'account', id: buy.buyerAccountId, rate: buy.rate };
    if (carrierTrunkId !== null) yield { kind: 'trunk', id: carrierTrunkId, rate: buy.rate };
  }
  const rate = facts.hops[0]?.rate ?? buy?.rate;
  if (!rate) return;
  yield { kind: 'tenant', id: facts.tenantId, rate };
  const extensionId = isInbound ? facts.toExtensionId : facts.fromExtensionId;
  if (extensionId !== null) yield { kind: 'extension', id: extensionId, rate };
  if (!isInbound && fromTrunkId !== null) yield { kind: 'trunk', id: fromTrunkId, rate };
  const shown = isInbound ? facts.toNumber : facts.callerId?.shown;
  const number = shown == null ? undefined : numberId(shown as E164);
  if (number !== undefined) yield { kind: 'number', id: number, rate };
}
