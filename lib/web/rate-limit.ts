import { AppError } from '@/lib/core/errors';

/** A token bucket: `quota` requests at once, refilled evenly over `windowSeconds`. */
export interface RatePolicy {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** API keys: 20 requests a second on average, as billing systems' bulk runs need. */
export const KEY_POLICY: RatePolicy = { name: 'key', quota: 1_200, windowSeconds: 60 };
/** A session is one person's browser with a few tabs. */
export const SESSION_POLICY: RatePolicy = { name: 'session', quota: 1_200, windowSeconds: 60 };
/** Requests that nobody could be found for, by address. */
export const STRANGER_POLICY: RatePolicy = { name: 'stranger', quota: 120, windowSeconds: 60 };

/** Buckets kept at most; the one longest unused goes first (it is full again anyway, nearly always). */
const MAX_BUCKETS = 20_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** What a taken request leaves. */
export interface RateState {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until the bucket is full again, or, when refused, until one request fits. */
  readonly resetSeconds: number;
}

/** Counts requests per caller, in memory of this process. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Takes one request of a caller under a policy. */
  take(caller: string, policy: RatePolicy): RateState {
    const key = `${policy.name}:${caller}`;
    const perMs = policy.quota / (policy.windowSeconds * 1_000);
    const atMs = this.nowMs();
    const old = this.buckets.get(key);
    const filled = old ? old.tokens + Math.max(0, atMs - old.atMs) * perMs : policy.quota;
    const tokens = Math.min(policy.quota, filled);
    const allowed = tokens >= 1;
    const left = allowed ? tokens - 1 : tokens;
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: left, atMs });
    this.shed();
    const missing = allowed ? policy.quota - left : 1 - left;
    return {
      allowed,
      remaining: Math.floor(left),
      resetSeconds: Math.max(1, Math.ceil(missing / perMs / 1_000)),
    };
  }

  private shed(): void {
    if (this.buckets.size <= MAX_BUCKETS) return;
    const oldest = this.buckets.keys().next();
    if (!oldest.done) this.buckets.delete(oldest.value);
  }
}

/** Headers of draft-ietf-httpapi-ratelimit-headers. */
export function rateHeaders(policy: RatePolicy, state: RateState): Record<string, string> {
  return {
    'ratelimit-policy': `"${policy.name}";q=${policy.quota};w=${policy.windowSeconds}`,
    ratelimit: `"${policy.name}";r=${state.remaining};t=${state.resetSeconds}`,
  };
}

/** The refusal of a caller who asked too often. */
export function rateLimited(state: RateState): AppError {
  return new AppError('RATE_LIMITED', `Too many requests: try again in ${state.resetSeconds} s.`, {
    meta: { retryAfterSeconds: state.resetSeconds },
  });
}
