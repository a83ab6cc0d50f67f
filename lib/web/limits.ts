import {
  KEY_POLICY,
  RateLimiter,
  type RatePolicy,
  rateHeaders,
  rateLimited,
  SESSION_POLICY,
  STRANGER_POLICY,
} from './rate-limit';
import type { Caller } from './route-types';
import type { WebRuntime } from './runtime';

const limiters = new WeakMap<WebRuntime, RateLimiter>();

/** Counts a request of a key or session and writes the headers that tell. Throws RATE_LIMITED. */
export function limitCaller(runtime: WebRuntime, caller: Caller, headers: Headers): void {
  if (caller.kind === 'api_key') take(runtime, [caller.keyId, KEY_POLICY], headers);
  else take(runtime, [caller.sessionId, SESSION_POLICY], headers);
}

/** Counts a request of nobody known, by address. Throws RATE_LIMITED. */
export function limitStranger(runtime: WebRuntime, address: string | null, headers: Headers): void {
  take(runtime, [address ?? 'unknown', STRANGER_POLICY], headers);
}

function take(
  runtime: WebRuntime,
  [caller, policy]: readonly [string, RatePolicy],
  headers: Headers,
): void {
  let limiter = limiters.get(runtime);
  if (!limiter) {
    limiter = new RateLimiter(() => runtime.clock.monotonicMs());
    limiters.set(runtime, limiter);
  }
  const state = limiter.take(caller, policy);
  for (const [name, value] of Object.entries(rateHeaders(policy, state))) headers.set(name, value);
  if (!state.allowed) throw rateLimited(state);
}
