import type { ChargingGroups } from '@/lib/services/charging/groups';
import type { AnswerFacts, CallResult, HoldRequest } from '@/lib/services/charging/types';

/** Who wants to know of every call, refused ones included, without having a part in it. */
export interface CallObserver {
  /** Funds are being reserved: the call and its caller's leg are known. */
  held?(request: HoldRequest): void;
  answered?(facts: AnswerFacts): void;
  /** Over; it is being settled. Comes once a call. */
  ended?(result: CallResult): void;
}

/**
 * The charging of calls, watched. Every call passes here at its reservation, its answer and its
 * end, however it came to be: so whoever counts, logs or captures need not be told by each of them.
 */
export function observeCharging(
  charging: ChargingGroups,
  observers: readonly CallObserver[],
): ChargingGroups {
  return {
    hold(request) {
      for (const observer of observers) observer.held?.(request);
      return charging.hold(request);
    },
    extend: (request) => charging.extend(request),
    answer(facts) {
      for (const observer of observers) observer.answered?.(facts);
      return charging.answer(facts);
    },
    settle(result) {
      for (const observer of observers) observer.ended?.(result);
      return charging.settle(result);
    },
    get unsettled() {
      return charging.unsettled;
    },
    get isBehind() {
      return charging.isBehind;
    },
    close: () => charging.close(),
  };
}
