import { randomBytes } from 'node:crypto';

interface Use {
  highest: number;
  /** Bit n: `highest - n` was seen. */
  seen: number;
}

/** Count 1 was used, and no other. */
const USED_ONCE = 1;

/** Requests sent in parallel arrive out of order; further back than this is a replay. */
const WINDOW = 32;

const PRIME = 0x01000193;
/** The bits of a number that are left beside 32. */
const HIGH_MASK = 0x1fffff;
const TWO_TO_32 = 2 ** 32;

/**
 * Remembers which nonce-counts were used, so that a captured request is worth nothing. Counts are
 * kept per nonce, user and cnonce: clients that start anew at 1 with a new cnonce are right to
 * (RFC 7616 §3.4), and whoever can choose a cnonce knows the secret.
 *
 * A key is kept as 53 bits of a hash that is begun with a secret, an eighth of its text. Two that
 * share a number (once in 2^33 with a million kept) can only make a fresh request look like a
 * replay, which costs a challenge; never the other way round.
 */
export class NonceCounts {
  /** Most nonces are used once, with the first count: those need no object. */
  private current = new Map<number, Use | typeof USED_ONCE>();
  private previous = new Map<number, Use | typeof USED_ONCE>();
  private rotatedMs: number;
  private readonly lifetimeMs: number;
  private readonly maxUses: number;
  private readonly seeds = randomBytes(8);
  private readonly lowSeed = this.seeds.readInt32LE(0);
  private readonly highSeed = this.seeds.readInt32LE(4);

  constructor(options: { lifetimeMs: number; maxUses: number; nowMs: number }) {
    this.lifetimeMs = options.lifetimeMs;
    this.maxUses = options.maxUses;
    this.rotatedMs = options.nowMs;
  }

  get size(): number {
    return this.current.size + this.previous.size;
  }

  /** Takes a count: true the first time, false for a replay. */
  take(text: string, count: number): boolean {
    const key = this.keyOf(text);
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

  private keyOf(text: string): number {
    let low = this.lowSeed;
    let high = this.highSeed;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      low = Math.imul(low ^ code, PRIME);
      high = Math.imul(high + code, PRIME) ^ (low >>> 13);
    }
    return (high & HIGH_MASK) * TWO_TO_32 + (low >>> 0);
  }
}
