import type { Clock } from '@/lib/core/clock';

/** Memory is taken in pieces of this size; what is larger gets one of its own. */
const CHUNK_BYTES = 256 * 1024;
/** Of a kept answer: until when, length of the key, length of the answer; 32 bits each. */
const HEAD_BYTES = 12;
/** Keys that fall on one number are filed at the next ones, so far and no further. */
const MAX_PROBES = 8;
const HASH_MASK = 0x3fffffff;

/** A number for a key (FNV-1a); different keys may share one. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & HASH_MASK;
}

/**
 * Answers that go together. They lie in a few large buffers, found by a map of plain numbers: a
 * hundred thousand of them are nothing that the garbage collector has to walk or move.
 */
class Generation {
  readonly bornMs: number;
  /** What keys and answers take. */
  bytes = 0;
  private readonly places = new Map<number, number>();
  private readonly chunks: Buffer[] = [];
  private end = CHUNK_BYTES;

  constructor(bornMs: number) {
    this.bornMs = bornMs;
  }

  get size(): number {
    return this.places.size;
  }

  set(key: string, answer: Buffer, untilMs: number): void {
    const length = HEAD_BYTES + key.length + answer.length;
    if (this.end + length > CHUNK_BYTES) {
      this.chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, length)));
      this.end = 0;
    }
    const index = this.chunks.length - 1;
    const chunk = this.chunks[index];
    if (chunk === undefined) return;
    const at = this.end;
    chunk.writeUInt32LE(Math.trunc(untilMs - this.bornMs), at);
    chunk.writeUInt32LE(key.length, at + 4);
    chunk.writeUInt32LE(answer.length, at + 8);
    chunk.write(key, at + HEAD_BYTES, 'latin1');
    chunk.set(answer, at + HEAD_BYTES + key.length);
    this.end += length;
    this.bytes += key.length + answer.length;
    this.places.set(this.numberFor(key), index * CHUNK_BYTES + at);
  }

  /** The answer, if it is not too old. It shares memory with the generation. */
  get(key: string, hash: number, nowMs: number): Buffer | undefined {
    for (let probe = 0; probe < MAX_PROBES; probe += 1) {
      const place = this.places.get((hash + probe) & HASH_MASK);
      if (place === undefined) return undefined;
      if (!this.isAt(place, key)) continue;
      const chunk = this.chunks[Math.floor(place / CHUNK_BYTES)];
      if (chunk === undefined) return undefined;
      const at = place % CHUNK_BYTES;
      if (this.bornMs + chunk.readUInt32LE(at) <= nowMs) return undefined;
      const start = at + HEAD_BYTES + key.length;
      return chunk.subarray(start, start + chunk.readUInt32LE(at + 8));
    }
    return undefined;
  }

  /** Where a key is, or is to be, filed; where too many fall together the last one gives way. */
  private numberFor(key: string): number {
    const hash = hashOf(key);
    for (let probe = 0; probe < MAX_PROBES - 1; probe += 1) {
      const place = this.places.get((hash + probe) & HASH_MASK);
      if (place === undefined || this.isAt(place, key)) return (hash + probe) & HASH_MASK;
    }
    return (hash + MAX_PROBES - 1) & HASH_MASK;
  }

  private isAt(place: number, key: string): boolean {
    const chunk = this.chunks[Math.floor(place / CHUNK_BYTES)];
    const at = place % CHUNK_BYTES;
    if (chunk?.readUInt32LE(at + 4) !== key.length) return false;
    for (let index = 0; index < key.length; index += 1) {
      if (chunk[at + HEAD_BYTES + index] !== key.charCodeAt(index)) return false;
    }
    return true;
  }
}

/**
 * Final answers to non-INVITE requests, kept for timer J so that a repeated request gets the same
 * one (§17.2.2). Two generations instead of a timer each: when the younger one is as old as timer
 * J is long (or full, under a flood of many or of large ones) the older one goes as a whole.
 * Keys are wire strings, a character a byte.
 */
export class AnsweredCache {
  private current: Generation;
  private previous: Generation | undefined;
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  private readonly maxEntries: number;
  private readonly maxBytes: number;

  constructor(options: {
    clock: Clock;
    lifetimeMs: number;
    maxEntries: number;
    maxBytes: number;
  }) {
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs;
    this.maxEntries = options.maxEntries;
    this.maxBytes = options.maxBytes;
    this.current = new Generation(options.clock.monotonicMs());
  }

  get size(): number {
    this.turn(this.clock.monotonicMs());
    return this.current.size + (this.previous?.size ?? 0);
  }

  /** Keeps a copy. */
  set(key: string, bytes: Buffer): void {
    const nowMs = this.clock.monotonicMs();
    this.turn(nowMs);
    this.current.set(key, bytes, nowMs + this.lifetimeMs);
  }

  get(key: string): Buffer | undefined {
    const nowMs = this.clock.monotonicMs();
    const hash = hashOf(key);
    return this.current.get(key, hash, nowMs) ?? this.previous?.get(key, hash, nowMs);
  }

  clear(): void {
    this.current = new Generation(this.clock.monotonicMs());
    this.previous = undefined;
  }

  private turn(nowMs: number): void {
    const { current } = this;
    const ageMs = nowMs - current.bornMs;
    const isFull = current.size >= this.maxEntries / 2 || current.bytes >= this.maxBytes / 2;
    if (ageMs < this.lifetimeMs && !isFull) return;
    this.previous = ageMs < 2 * this.lifetimeMs && current.size > 0 ? current : undefined;
    this.current = new Generation(nowMs);
  }
}
