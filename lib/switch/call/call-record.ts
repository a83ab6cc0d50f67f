import type { ChargingGroups } from '@/lib/services/charging/groups';
import type { AnswerFacts, CallResult, GrantResult } from '@/lib/services/charging/types';
import type { CallCharging } from '@/lib/switch/charging/call-charging';
import type { Call } from './call';
import { type CallLength, endOf } from './call-facts';
import type { CallEnding } from './call-start';
import type { CallEnvironment, OnSettled } from './environment';
import { noReservation } from './refusals';

/** Reserves for a call what its charging says; a database that is away is a refusal. */
export function holdFor(call: Call, charging: CallCharging): Promise<GrantResult> {
  return charging.hold(call.facts, [call.caller.facts()]).catch((error: unknown) => {
    call.environment.stack.log.error('call.hold', { callId: call.callId, error });
    return noReservation(error);
  });
}

/** Notes an answer, or what has changed about it since, for the recoverer. */
export function noteAnswer({ charging, stack }: CallEnvironment, answer: AnswerFacts): void {
  charging.answer(answer).catch((error: unknown) => {
    stack.log.error('call.charging', { callId: answer.callId, error });
  });
}

/**
 * Hands a call's record to the database. Of the call itself nothing is needed any more, and nothing
 * shall be kept: a loaded switch has hundreds of records on their way.
 */
export async function settleCall(
  charging: Pick<ChargingGroups, 'settle'>,
  result: CallResult,
  told: {
    readonly ending: CallEnding;
    readonly outcome: CallLength;
    readonly onSettled: OnSettled | undefined;
  },
): Promise<void> {
  const settlement = await charging.settle(result);
  told.onSettled?.({ settlement, end: endOf(told.ending, told.outcome) });
}
