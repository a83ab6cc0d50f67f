import { type AppError, type ErrorCode, isAppError } from '@/lib/core/errors';
import { toJson } from './json';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** How each refusal is told over HTTP: the only table from codes to statuses. */
export const PROBLEMS = {
  INVALID_INPUT: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'Sign in first' },
  TWO_FACTOR_REQUIRED: { status: 401, title: 'A second factor is needed' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  ADDRESS_NOT_ALLOWED: { status: 403, title: 'This address is not allowed' },
  CSRF_FAILED: { status: 403, title: 'The request did not come from the portal' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  CONFLICT: { status: 409, title: 'Conflict' },
  GONE: { status: 410, title: 'No longer there' },
  PRECONDITION_FAILED: { status: 412, title: 'It was changed meanwhile' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency key used for another request' },
  IDEMPOTENCY_IN_FLIGHT: { status: 409, title: 'The first request with this key still runs' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  USAGE_EXCEEDS_LIMIT: { status: 409, title: 'More is in use than the new limit allows' },
  NOT_IMPLEMENTED: { status: 501, title: 'Not available' },
  UNAVAILABLE: { status: 503, title: 'Not available just now' },
  TIMEOUT: { status: 504, title: 'It took too long' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  ACCOUNT_SUSPENDED: { status: 409, title: 'The account is suspended' },
  TENANT_SUSPENDED: { status: 409, title: 'The tenant is suspended' },
  EXTENSION_SUSPENDED: { status: 409, title: 'The extension is suspended' },
  DESTINATION_UNKNOWN: { status: 422, title: 'Not a number that can be called' },
  DESTINATION_BLOCKED: { status: 422, title: 'The destination is blocked' },
  LIMIT_CONCURRENT: { status: 429, title: 'Too many calls at once' },
  LIMIT_CPS: { status: 429, title: 'Too many calls a second' },
  LIMIT_DAILY_SPEND: { status: 402, title: "The day's spending limit is reached" },
  LIMIT_RATE: { status: 422, title: 'A minute costs more than is allowed' },
  LIMIT_CONNECT_FEE: { status: 422, title: 'The connect fee is more than is allowed' },
  LIMIT_VELOCITY: { status: 429, title: 'Too many calls to numbers that begin alike' },
  OUTBOUND_BLOCKED: { status: 409, title: 'Outbound calls are blocked' },
  CALLER_ID_NOT_ALLOWED: { status: 422, title: 'Not a number that this caller may show' },
  NO_SELL_RATE: { status: 422, title: 'No price for this destination' },
  NO_BUY_RATE: { status: 422, title: 'No cost for this destination' },
  MARGIN_NEGATIVE: { status: 422, title: 'It would be sold below cost' },
  INSUFFICIENT_FUNDS: { status: 402, title: 'Not enough funds' },
  NO_ROUTE: { status: 422, title: 'No route to this destination' },
  NO_EMERGENCY_ROUTE: { status: 422, title: 'No route for emergency calls' },
  EXTENSION_NOT_REGISTERED: { status: 409, title: 'The extension is not registered' },
  LOOP_DETECTED: { status: 422, title: 'The call would run in circles' },
  DRAINING: { status: 503, title: 'The switch takes no new calls' },
} as const satisfies Record<ErrorCode, ProblemKind>;

/** RFC 9457 with our members; `detail` is written for the person who reads it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly [extension: string]: unknown;
}

/** What of an error's meta callers may read; the rest stays in the log. */
const SHOWN_META = [
  'issues',
  'hop',
  'permission',
  'role',
  'grantedTo',
  'address',
  'retryAfterSeconds',
] as const;

/** Says an error in the form of RFC 9457. What is not an AppError tells nothing about itself. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (!isAppError(error)) {
    const { status, title } = PROBLEMS.INTERNAL;
    const detail = `It has been logged. Tell support the request id ${requestId}.`;
    return { type: typeOf('INTERNAL'), title, status, detail, code: 'INTERNAL', requestId };
  }
  const { status, title } = PROBLEMS[error.code];
  const detail = error.code === 'INTERNAL' ? `It has been logged as ${requestId}.` : error.message;
  const problem = { type: typeOf(error.code), title, status, detail, code: error.code, requestId };
  return { ...problem, ...shownMeta(error) };
}

/** The HTTP answer that says an error: problem+json, with Retry-After where it is known. */
export function problemResponse(error: unknown, requestId: string): Response {
  const problem = toProblem(error, requestId);
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  const retryAfter = problem['retryAfterSeconds'];
  if (typeof retryAfter === 'number') headers.set('retry-after', String(Math.ceil(retryAfter)));
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer realm="tollbridge"');
  return new Response(toJson(problem), { status: problem.status, headers });
}

function typeOf(code: ErrorCode): string {
  return `urn:tollbridge:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}

function shownMeta(error: AppError): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const name of SHOWN_META) {
    if (error.meta[name] !== undefined) shown[name] = error.meta[name];
  }
  return shown;
}
