import { randomBytes } from 'node:crypto';
import { NumberSet } from './number-set';

interface Use {
  highest: number;
  /** Bit n: `highest - n` was seen. */
  seen: number;
}

/** Requests sent in parallel arrive out of order; further back than this is a replay. */
const WINDOW = 32;

const PRIME = 0x01000193;
/** The bits of a number that are left beside 32. */
const HIGH_MASK = 0x1fffff;
const TWO_TO_32 = 2 ** 32;
/** Keys of usual length are looked at in one place; longer ones get their own. */
const KEY_BYTES = 1_024;

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
  private current = new Uses();
  private previous = new Uses();
  private rotatedMs: number;
  private readonly lifetimeMs: number;
  private readonly maxUses: number;
  private readonly seeds = randomBytes(8);
  private readonly lowSeed = this.seeds.readInt32LE(0);
  private readonly highSeed = this.seeds.readInt32LE(4);
  private readonly scratch = Buffer.alloc(KEY_BYTES);

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
    if (text.length > KEY_BYTES) {
      return this.takeAt(Buffer.from(text, 'latin1'), text.length, count);
    }
    this.scratch.write(text, 0, 'latin1');
    return this.takeAt(this.scratch, text.length, count);
  }

  /** The same under a key of so many bytes. */
  takeAt(bytes: Uint8Array, length: number, count: number): boolean {
    const key = this.keyOf(bytes, length);
    const known = this.current.several.get(key) ?? this.previous.several.get(key);
    if (known !== undefined) return isTaken(known, count);
    if (!this.current.once.has(key) && !this.previous.once.has(key)) {
      if (count === 1) this.current.once.add(key);
      else this.current.several.set(key, { highest: count, seen: 1 });
      return true;
    }
    if (count === 1) return false;
    const use = { highest: 1, seen: 1 };
    this.current.several.set(key, use);
    return isTaken(use, count);
  }

  /**
   * Drops what no nonce alive can need. True when there was no room: everything was dropped, and
   * the caller has to expire every nonce issued so far.
   */
  makeRoom(nowMs: number): boolean {
    if (nowMs - this.rotatedMs > this.lifetimeMs) {
      this.previous = nowMs - this.rotatedMs > 2 * this.lifetimeMs ? new Uses() : this.current;
      this.current = new Uses();
      this.rotatedMs = nowMs;
    }
    if (this.size < this.maxUses) return false;
    this.current = new Uses();
    this.previous = new Uses();
    return true;
  }

  private keyOf(bytes: Uint8Array, length: number): number {
    let low = this.lowSeed;
    let high = this.highSeed;
    for (let index = 0; index < length; index += 1) {
      const code = bytes[index] ?? 0;
      low = Math.imul(low ^ code, PRIME);
      high = Math.imul(high + code, PRIME) ^ (low >>> 13);
    }
    return (high & HIGH_MASK) * TWO_TO_32 + (low >>> 0);
  }
}

/** What was used since a moment. */
class Uses {
  /** With the first count and no other, as nearly all: a number each, and no object. */
  readonly once = new NumberSet();
  readonly several = new Map<number, Use>();

  get size(): number {
    return this.once.size + this.several.size;
  }
}

/** Takes a count of a nonce that was used before. */
function isTaken(use: Use, count: number): boolean {
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
