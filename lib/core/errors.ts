/**
 * Every way a request or a call can be refused, by its stable code.
 * A code is part of the public API: it is never renamed, only added to.
 */
export const ERROR_CODES = [
  // requests
  'INVALID_INPUT',
  'UNAUTHENTICATED',
  'TWO_FACTOR_REQUIRED',
  'FORBIDDEN',
  'ADDRESS_NOT_ALLOWED',
  'CSRF_FAILED',
  'NOT_FOUND',
  'CONFLICT',
  'GONE',
  'PRECONDITION_FAILED',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_IN_FLIGHT',
  'RATE_LIMITED',
  'USAGE_EXCEEDS_LIMIT',
  'NOT_IMPLEMENTED',
  'UNAVAILABLE',
  'TIMEOUT',
  'INTERNAL',
  // calls (facts: rating, chain; order of the checks in core/call-plan)
  'ACCOUNT_SUSPENDED',
  'TENANT_SUSPENDED',
  'EXTENSION_SUSPENDED',
  'DESTINATION_UNKNOWN',
  'DESTINATION_BLOCKED',
  'LIMIT_CONCURRENT',
  'LIMIT_CPS',
  'LIMIT_DAILY_SPEND',
  'LIMIT_RATE',
  'LIMIT_CONNECT_FEE',
  'LIMIT_VELOCITY',
  'OUTBOUND_BLOCKED',
  'CALLER_ID_NOT_ALLOWED',
  'NO_SELL_RATE',
  'NO_BUY_RATE',
  'MARGIN_NEGATIVE',
  'INSUFFICIENT_FUNDS',
  'NO_ROUTE',
  'NO_EMERGENCY_ROUTE',
  'EXTENSION_NOT_REGISTERED',
  'LOOP_DETECTED',
  'DRAINING',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error may tell its reader beside the message; never a secret. */
export interface ErrorMeta {
  /** The account (hop) at which a call was refused. */
  readonly hop?: string;
  /** Which field of the input was wrong, as a dotted path, and why. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
  readonly [key: string]: unknown;
}

/**
 * An expected refusal: thrown by verbs, mapped once to HTTP (lib/web/problem.ts) and once to SIP
 * (lib/switch/call/refusals.ts). `message` is written for the person who reads it.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly meta: ErrorMeta;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; meta?: ErrorMeta } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.meta = options.meta ?? {};
  }
}

/** Narrows anything caught to an AppError, also across bundles that hold a copy of the class. */
export function isAppError(value: unknown): value is AppError {
  return (
    value instanceof Error &&
    value.name === 'AppError' &&
    'code' in value &&
    (ERROR_CODES as readonly unknown[]).includes(value.code)
  );
}

/** Ends the request or the call (never the process) when the impossible happened. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError('INTERNAL', `assertion failed: ${message}`);
}

/** Makes a switch over a union exhaustive. */
export function unreachable(value: never): never {
  throw new AppError('INTERNAL', `unreachable: ${JSON.stringify(value)}`);
}
