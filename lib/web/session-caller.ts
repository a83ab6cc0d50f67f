import { AppError } from '@/lib/core/errors';
import type { Caller } from './route-types';

/** The session that a request was made in. Throws FORBIDDEN for API keys: they have none. */
export function requireSession(caller: Caller): Extract<Caller, { kind: 'session' }> {
  if (caller.kind === 'session') return caller;
  throw new AppError('FORBIDDEN', 'Only a person who is signed in may do this.');
}
