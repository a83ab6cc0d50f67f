import { AppError, isAppError } from '@/lib/core/errors';

/**
 * SQLSTATE classes and codes of a database that is away, stopping or overloaded: connection
 * exceptions, insufficient resources, operator intervention (PostgreSQL, appendix A).
 */
const AWAY = /^(08|53|57)/;
const LOCK_NOT_AVAILABLE = '55P03';
/** Deadlock, serialisation failure, lock not available: the same may work a moment later. */
const CONTENDED = new Set(['40P01', '40001', LOCK_NOT_AVAILABLE]);
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

/** Whether the database could not be reached or did not hold: nothing is wrong with what was asked. */
export function isDatabaseAway(error: unknown): boolean {
  if (isAppError(error)) return error.code === 'UNAVAILABLE';
  // What ends the connection is about the connection, whatever its code: it refuses us, or stops.
  if (error instanceof Error && 'severity' in error && error.severity === 'FATAL') return true;
  const code = codeOf(error);
  if (code !== null) return AWAY.test(code) || NETWORK.has(code);
  // node-postgres says these in words alone.
  return error instanceof Error && /connection|timeout|not queryable/i.test(error.message);
}

/** Whether a row that is needed was held by somebody else for longer than was to be waited. */
export function isLockedOut(error: unknown): boolean {
  return codeOf(error) === LOCK_NOT_AVAILABLE;
}

/** Whether the same may succeed when tried again. */
export function isTransient(error: unknown): boolean {
  return isDatabaseAway(error) || CONTENDED.has(codeOf(error) ?? '');
}

/** What the caller gets: refusals as they are, an absent database as UNAVAILABLE, the rest INTERNAL. */
export function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (isTransient(error)) {
    return new AppError('UNAVAILABLE', 'The database can not be reached.', { cause: error });
  }
  return new AppError('INTERNAL', 'Charging failed.', { cause: error });
}
