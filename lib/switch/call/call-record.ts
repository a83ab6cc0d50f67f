import type { ChargingGroups } from '@/lib/services/charging/groups';
import type { AnswerFacts, CallResult, GrantResult } from '@/lib/services/charging/types';
import type { CallCharging } from '@/lib/switch/charging/call-charging';
import type { Call } from './call';
import { type CallLength, type EndedCall, endOf, resultOf } from './call-facts';
import type { MediaFigures } from './call-media';
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

/** How a call ended, with its media's figures on their way. */
export interface EndOfCall {
  readonly ending: CallEnding;
  readonly outcome: CallLength;
  readonly figures: Promise<MediaFigures>;
}

/** Writes a call's record; it has ended, and all that was said of it is written. */
export async function recordEnd(
  call: Call,
  end: EndOfCall & Pick<EndedCall, 'legs' | 'attempts' | 'buy' | 'picker'>,
): Promise<void> {
  const { ending, outcome, figures, ...rest } = end;
  const { charging, events } = call.environment;
  noteTalk(call, outcome);
  const result = resultOf(call, { ...rest, ending, outcome, media: await figures });
  return settleCall(charging, result, { ending, outcome, onSettled: events.ended(call) });
}

/** A carrier that carried the call is judged by how long it lasted (ACD). */
function noteTalk({ environment, trunkId }: Call, { durationMs }: CallLength): void {
  const trunk = trunkId === null ? undefined : environment.directory.trunkById(trunkId);
  if (trunk === undefined || trunk.carrierId === null || durationMs === 0) return;
  environment.trunkQuality.talked(trunk.id, durationMs / 1_000, trunk);
}

/**
 * Hands a call's record to the database. Of the call itself nothing is needed any more, and nothing
 * shall be kept: a loaded switch has hundreds of records on their way.
 */
async function settleCall(
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
