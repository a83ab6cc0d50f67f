import type { CommandHandlers } from '@/lib/control/commands';
import { numberOf } from '@/lib/core/call-plan/destination-number';
import type { PlannedCall } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import type { Limits } from '@/lib/core/call-plan/views';
import type { Clock } from '@/lib/core/clock';
import { snapshotOf } from '@/lib/core/rating/snapshot';
import type { SwitchDecks } from '@/lib/switch/directory/decks';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { extensionInScope } from './scope';

/** What a call is planned by. */
export interface QuoteSubjects {
  readonly directory: SwitchDirectory;
  readonly decks: SwitchDecks;
  readonly usage: Limits;
  readonly clock: Clock;
}

type Asked = Parameters<CommandHandlers['quote']>[0];
type Quoted = Awaited<ReturnType<CommandHandlers['quote']>>;

/**
 * What a call of an extension would be, as admission would plan it now; nothing is reserved and
 * nothing dialled. Throws NOT_FOUND for an extension outside the asker's subtree.
 */
export function quote(subjects: QuoteSubjects, asked: Asked): Quoted {
  const { directory, decks, usage, clock } = subjects;
  const extension = extensionInScope(directory, asked.extensionId, asked.scopePath);
  const { tenantId, number } = extension;
  const origin = { kind: 'extension', tenantId, number } as const;
  const request = { origin, dialled: asked.dialled, callerId: asked.callAs };
  const plan = planCall({ directory, decks, limits: usage }, request, clock.nowMs());
  return plan.kind === 'refused'
    ? { kind: 'refused', code: plan.code }
    : { kind: 'planned', ...plannedOf(plan) };
}

function plannedOf(plan: PlannedCall) {
  const [payer] = plan.hops;
  return {
    callClass: plan.callClass,
    number: numberOf(plan.destination),
    destination: payer?.rate.destination ?? '',
    callerId: plan.callerId.isWithheld ? null : plan.callerId.number,
    maxSeconds: plan.maxSeconds,
    hops: plan.hops.map(({ buyerAccountId, rate }) => ({
      accountId: buyerAccountId,
      snapshot: snapshotOf(rate),
    })),
  };
}
