import { AppError } from '@/lib/core/errors';
import type { Call } from './call';
import type { CalleeFailure } from './callee-leg';

/** What a call does once its funds are reserved: dial, or whatever else is made of legs. */
export type CallApplication = (call: Call) => Promise<void>;

/**
 * Money, then the application; whatever goes wrong ends the call, never the process. The media
 * session is open.
 */
export async function runCall(call: Call, application: CallApplication): Promise<void> {
  const { log } = call.environment.stack;
  try {
    if (await call.reserve()) await application(call);
  } catch (error) {
    if (call.isOver) {
      // It ended meanwhile: what was still being done for it has come to nothing.
      log.debug('call.void', { callId: call.callId, error });
      return;
    }
    const failure = failureOf(error);
    log[failure.status === 500 ? 'error' : 'info']('call.failed', { callId: call.callId, error });
    call.fail(failure);
  }
}

/** What the caller hears of an error: a body of no use is its own fault, no port left is ours. */
export function failureOf(error: unknown): CalleeFailure {
  const code = error instanceof AppError ? error.code : 'INTERNAL';
  if (code === 'INVALID_INPUT') return { status: 488, reason: undefined, q850: 88 };
  if (code === 'UNAVAILABLE') return { status: 503, reason: undefined, q850: 34 };
  return { status: 500, reason: undefined, q850: 41 };
}
