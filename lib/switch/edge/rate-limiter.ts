import { BoundedMap } from './bounded-map';

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A token bucket per source. Forgetting a source gives it a full bucket, no more. */
export class RateLimiter {
  private readonly buckets: BoundedMap<Bucket>;
  private readonly perMs: number;
  private readonly burst: number;

  constructor(options: { perSecond: number; burst: number; maxSources: number }) {
    this.perMs = options.perSecond / 1_000;
    this.burst = options.burst;
    this.buckets = new BoundedMap(options.maxSources);
  }

  /** Takes a token; false when there is none. `nowMs` is monotonic. */
  take(key: string, nowMs: number): boolean {
    const bucket = this.buckets.get(key);
    if (bucket === undefined) {
      this.buckets.set(key, { tokens: this.burst - 1, atMs: nowMs });
      return true;
    }
    const refilled = bucket.tokens + (nowMs - bucket.atMs) * this.perMs;
    bucket.tokens = Math.min(refilled, this.burst);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
