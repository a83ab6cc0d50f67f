import type { ChargingGroups } from '@/lib/services/charging/groups';
import type { AnswerFacts, CallResult } from '@/lib/services/charging/types';
import { type CallLength, endOf } from './call-facts';
import type { CallEnding } from './call-start';
import type { CallEnvironment, OnSettled } from './environment';

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
