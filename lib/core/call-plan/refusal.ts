import type { ErrorCode } from '@/lib/core/errors';
import type { RefusedCall } from './plan';
import type { AccountView } from './views';

interface Refusal {
  readonly code: ErrorCode;
  /** The account at which it failed. */
  readonly hop: Pick<AccountView, 'id'> | null;
  readonly message: string;
  readonly detail?: RefusedCall['detail'];
  readonly skipped?: RefusedCall['skipped'];
  readonly flags?: RefusedCall['flags'];
}

/** A refusal in its one shape. */
export function refuse(refusal: Refusal): RefusedCall {
  return {
    kind: 'refused',
    code: refusal.code,
    hopAccountId: refusal.hop?.id ?? null,
    message: refusal.message,
    detail: refusal.detail ?? {},
    skipped: refusal.skipped ?? [],
    ...(refusal.flags ? { flags: refusal.flags } : {}),
  };
}

/** Narrows the result of a step of planning. */
export function isRefused(step: object): step is RefusedCall {
  return 'kind' in step && step.kind === 'refused';
}
