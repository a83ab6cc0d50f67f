import { AppError, type ErrorCode } from '@/lib/core/errors';

/** What a phone hears. */
export interface SipRefusal {
  readonly status: number;
  readonly reason: string;
  /** Q.850 cause (RFC 3398, RFC 3326). */
  readonly q850: number;
}

const FORBIDDEN: SipRefusal = { status: 403, reason: 'Forbidden', q850: 21 };
const BUSY_SYSTEM: SipRefusal = { status: 503, reason: 'Service Unavailable', q850: 42 };
const BROKEN: SipRefusal = { status: 500, reason: 'Server Internal Error', q850: 41 };

/**
 * Every error as a SIP answer: no funds 402, too many calls 503, every other refusal of a call 403
 * (facts: cut-off). Codes that only HTTP knows end as 500.
 */
export const SIP_REFUSALS = {
  ACCOUNT_SUSPENDED: FORBIDDEN,
  TENANT_SUSPENDED: FORBIDDEN,
  EXTENSION_SUSPENDED: FORBIDDEN,
  DESTINATION_UNKNOWN: { status: 404, reason: 'Not Found', q850: 1 },
  DESTINATION_BLOCKED: FORBIDDEN,
  LIMIT_CONCURRENT: BUSY_SYSTEM,
  LIMIT_CPS: BUSY_SYSTEM,
  LIMIT_DAILY_SPEND: FORBIDDEN,
  LIMIT_RATE: FORBIDDEN,
  LIMIT_CONNECT_FEE: FORBIDDEN,
  LIMIT_VELOCITY: BUSY_SYSTEM,
  OUTBOUND_BLOCKED: FORBIDDEN,
  CALLER_ID_NOT_ALLOWED: FORBIDDEN,
  NO_SELL_RATE: FORBIDDEN,
  NO_BUY_RATE: FORBIDDEN,
  MARGIN_NEGATIVE: FORBIDDEN,
  INSUFFICIENT_FUNDS: { status: 402, reason: 'Payment Required', q850: 21 },
  NO_ROUTE: { status: 503, reason: 'Service Unavailable', q850: 34 },
  NO_EMERGENCY_ROUTE: { status: 503, reason: 'Service Unavailable', q850: 34 },
  EXTENSION_NOT_REGISTERED: { status: 480, reason: 'Temporarily Unavailable', q850: 20 },
  LOOP_DETECTED: { status: 482, reason: 'Loop Detected', q850: 25 },
  DRAINING: { status: 503, reason: 'Service Unavailable', q850: 42 },
  UNAVAILABLE: { status: 503, reason: 'Service Unavailable', q850: 41 },
  TIMEOUT: { status: 504, reason: 'Server Time-out', q850: 102 },
  RATE_LIMITED: BUSY_SYSTEM,
  UNAUTHENTICATED: { status: 401, reason: 'Unauthorized', q850: 21 },
  NOT_FOUND: { status: 404, reason: 'Not Found', q850: 1 },
  GONE: { status: 410, reason: 'Gone', q850: 22 },
  NOT_IMPLEMENTED: { status: 501, reason: 'Not Implemented', q850: 79 },
  INVALID_INPUT: { status: 400, reason: 'Bad Request', q850: 111 },
  TWO_FACTOR_REQUIRED: FORBIDDEN,
  FORBIDDEN,
  ADDRESS_NOT_ALLOWED: FORBIDDEN,
  CSRF_FAILED: FORBIDDEN,
  CONFLICT: BROKEN,
  PRECONDITION_FAILED: BROKEN,
  IDEMPOTENCY_KEY_REUSED: BROKEN,
  IDEMPOTENCY_IN_FLIGHT: BROKEN,
  USAGE_EXCEEDS_LIMIT: FORBIDDEN,
  INTERNAL: BROKEN,
} as const satisfies Record<ErrorCode, SipRefusal>;

/**
 * Headers of a refusal: Reason for machines, X-Tollbridge-Reason for the support desk. The hop is
 * told only where it is the caller's own account or the one it buys from; above that it is
 * "upstream": the existence of other people's accounts is never confirmed.
 */
export function refusalHeaders(
  code: ErrorCode,
  hop: 'own' | 'seller' | 'upstream' | null,
): Readonly<Record<string, string>> {
  const { q850 } = SIP_REFUSALS[code];
  const place = hop === null ? '' : `;hop=${hop}`;
  return {
    reason: `Q.850;cause=${q850};text="${code}"`,
    'x-tollbridge-reason': `${code}${place}`,
  };
}

/** SIP status → Q.850 cause (RFC 3398 §8.2.6.1). */
const Q850_OF_STATUS: Readonly<Record<number, number>> = {
  400: 41,
  401: 21,
  402: 21,
  403: 21,
  404: 1,
  405: 63,
  406: 79,
  407: 21,
  408: 102,
  410: 22,
  413: 127,
  414: 127,
  415: 79,
  416: 127,
  420: 127,
  421: 127,
  423: 127,
  480: 18,
  481: 41,
  482: 25,
  483: 25,
  484: 28,
  485: 1,
  486: 17,
  487: 16,
  488: 88,
  500: 41,
  501: 79,
  502: 38,
  503: 41,
  504: 102,
  505: 127,
  513: 127,
  600: 17,
  603: 21,
  604: 1,
  606: 88,
};

/** The cause that a status stands for; 31 (normal, unspecified) where the table has none. */
export function q850OfStatus(status: number): number {
  if (status >= 200 && status < 300) return 16;
  return Q850_OF_STATUS[status] ?? 31;
}

/** The Q.850 cause that a message bears in a Reason header (RFC 3326); null where none does. */
export function q850OfReasons(reasons: readonly string[]): number | null {
  for (const reason of reasons) {
    const match = /^q\.850\s*;(?:[^"]*;)?\s*cause\s*=\s*(\d{1,3})\s*(?:;|$)/i.exec(reason.trim());
    const cause = Number(match?.[1]);
    if (match && cause >= 1 && cause <= 127) return cause;
  }
  return null;
}

/** Somebody else took the call: "non-selected user clearing" (RFC 3326 §3.1). */
export const ELSEWHERE = { q850: 26, text: 'answered elsewhere' } as const;

/** Whether a CANCEL says that another phone answered, so that nobody shows a missed call. */
export function isAnsweredElsewhere(reasons: readonly string[]): boolean {
  if (q850OfReasons(reasons) === ELSEWHERE.q850) return true;
  return reasons.some((reason) =>
    /^sip\s*;(?:[^"]*;)?\s*cause\s*=\s*200\s*(?:;|$)/i.test(reason.trim()),
  );
}

/** A reservation that could not be asked for: nobody is dialled without one. */
export function noReservation(cause: unknown): { readonly ok: false; readonly refusal: AppError } {
  return { ok: false, refusal: new AppError('UNAVAILABLE', 'No reservation.', { cause }) };
}

/** Causes that say "this way is closed", not "this callee does not want" (facts: CDR). */
const ROUTE_CAUSES: ReadonlySet<number> = new Set([34, 38, 41, 42]);
/** User busy: whatever the status, nobody else is tried. */
const USER_BUSY = 17;

/**
 * What says something of the carrier and our account there, nothing of the callee: it wants
 * credentials or money that we don't have, redirects to a stranger, or can't do this media.
 */
const ROUTE_STATUSES: ReadonlySet<number> = new Set([401, 402, 406, 407, 408, 415, 488, 606]);

/** Whether the next route may be tried after a failure. */
export function mayTryNextRoute(status: number, q850: number | null): boolean {
  if (q850 === USER_BUSY) return false;
  if (q850 !== null && ROUTE_CAUSES.has(q850)) return true;
  // A redirect to a stranger is not followed: the price was pinned for its route, not for another's.
  if (status >= 300 && status < 400) return true;
  return ROUTE_STATUSES.has(status) || (status >= 500 && status < 600);
}

/** Reason values of a hang-up (RFC 3326): whoever lost to another phone shows no missed call. */
export function reasonsOf(cause: { readonly q850: number; readonly text: string }): string {
  const q850 = `Q.850;cause=${cause.q850};text="${cause.text}"`;
  const isElsewhere = cause.q850 === ELSEWHERE.q850;
  return isElsewhere ? `SIP;cause=200;text="Call completed elsewhere",${q850}` : q850;
}

/**
 * What the caller is told of the far side's failure. A challenge of the far side is not the
 * caller's to answer (digest leak), a redirect not the caller's to follow.
 */
export function relayedStatus(status: number): number {
  if (status === 401 || status === 407 || status === 402) return 503;
  if (status >= 300 && status < 400) return 480;
  return status;
}
