interface Use {
  highest: number;
  /** Bit n: `highest - n` was seen. */
  seen: number;
}

/** Count 1 was used, and no other. */
const USED_ONCE = 1;

/** Requests sent in parallel arrive out of order; further back than this is a replay. */
const WINDOW = 32;

/**
 * Remembers which nonce-counts were used, so that a captured request is worth nothing. Counts are
 * kept per nonce, user and cnonce: clients that start anew at 1 with a new cnonce are right to
 * (RFC 7616 §3.4), and whoever can choose a cnonce knows the secret.
 */
export class NonceCounts {
  /** Most nonces are used once, with the first count: those need no object. */
  private current = new Map<string, Use | typeof USED_ONCE>();
  private previous = new Map<string, Use | typeof USED_ONCE>();
  private rotatedMs: number;
  private readonly lifetimeMs: number;
  private readonly maxUses: number;

  constructor(options: { lifetimeMs: number; maxUses: number; nowMs: number }) {
    this.lifetimeMs = options.lifetimeMs;
    this.maxUses = options.maxUses;
    this.rotatedMs = options.nowMs;
  }

  get size(): number {
    return this.current.size + this.previous.size;
  }

  /** Takes a count: true the first time, false for a replay. */
  take(key: string, count: number): boolean {
    const known = this.current.get(key) ?? this.previous.get(key);
    if (known === undefined) {
      this.current.set(key, count === 1 ? USED_ONCE : { highest: count, seen: 1 });
      return true;
    }
    let use: Use;
    if (known === USED_ONCE) {
      if (count === 1) return false;
      use = { highest: 1, seen: 1 };
      this.current.set(key, use);
    } else use = known;
    if (count > use.highest) {
      const shift = count - use.highest;
      use.seen = shift >= WINDOW ? 1 : ((use.seen << shift) | 1) >>> 0;
      use.highest = count;
      return true;
    }
    const behind = use.highest - count;
    if (behind >= WINDOW || ((use.seen >>> behind) & 1) === 1) return false;
    use.seen = (use.seen | (1 << behind)) >>> 0;
    return true;
  }

  /**
   * Drops what no nonce alive can need. True when there was no room: everything was dropped, and
   * the caller has to expire every nonce issued so far.
   */
  makeRoom(nowMs: number): boolean {
    if (nowMs - this.rotatedMs > this.lifetimeMs) {
      this.previous = nowMs - this.rotatedMs > 2 * this.lifetimeMs ? new Map() : this.current;
      this.current = new Map();
      this.rotatedMs = nowMs;
    }
    if (this.size < this.maxUses) return false;
    this.current = new Map();
    this.previous = new Map();
    return true;
  }
}
