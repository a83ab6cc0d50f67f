import type { Feature } from '@/lib/core/call-plan/feature-codes';
import type { PlannedCall } from '@/lib/core/call-plan/plan';
import type { Call } from './call';
import { dial } from './dial';
import type { CallApplication } from './run-call';
import { answer, play } from './verbs';

/** A phone that was just answered is not at its ear yet. */
const BEFORE_WORDS_MS = 400;

/** Says what it is, then lets the caller hear itself until it hangs up or the plan's time is over. */
async function echoTest(call: Call): Promise<void> {
  if (!(await answer(call))) {
    if (!call.isOver) call.fail({ status: 488, reason: undefined, q850: 88 });
    return;
  }
  const words = await call.environment.sounds.announcement('echo-test', call.facts.accountId);
  if (words) await play(call, { sound: words, times: 1, afterMs: BEFORE_WORDS_MS });
  await play(call, { sound: { kind: 'echo' }, times: null });
}

const APPLICATIONS: Readonly<Record<Feature, CallApplication>> = { echo_test: echoTest };

/** What is done with a call by its plan: most are dialled. */
export function applicationOf({ destination }: PlannedCall): CallApplication {
  return destination.kind === 'feature' ? APPLICATIONS[destination.feature] : dial;
}
