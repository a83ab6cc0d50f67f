import type { Clock } from '@/lib/core/clock';

/** Memory is taken in pieces of this size; what is larger gets one of its own. */
const CHUNK_BYTES = 256 * 1024;
/** Of a kept answer: until when, length of the key, length of the answer; 32 bits each. */
const HEAD_BYTES = 12;
/** Places of a young generation's table; it doubles when it is half full. */
const FIRST_PLACES = 1_024;
/** Keys of usual length are compared as bytes in one place; longer ones get their own. */
const KEY_BYTES = 1_024;

/** A number for a key (FNV-1a) in so many bytes; different keys may share one. */
export function keyHash(key: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ (key[index] ?? 0), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * The pieces of memory that no generation holds: as many as the one that is full has taken, for the
 * next one will want them. To give them back and ask for them anew all day costs page faults, and
 * each piece is one more reason for the engine to go through all of its heap.
 */
class Chunks {
  private readonly spare: Buffer[] = [];

  take(minBytes: number): Buffer {
    if (minBytes > CHUNK_BYTES) return Buffer.allocUnsafeSlow(minBytes);
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }

  /** Takes those of a generation that is gone; keeps `wanted` at most. */
  giveBack(chunks: readonly Buffer[], wanted: number): void {
    for (const chunk of chunks) if (chunk.length === CHUNK_BYTES) this.spare.push(chunk);
    if (this.spare.length > wanted) this.spare.length = wanted;
  }
}

/** What is looked for: a key in the first bytes of `bytes`, and its number (keyHash), made once. */
export interface AnswerKey {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly hash: number;
}

/** Words of a place in the table: the key's number, and where the answer lies, plus one (0: free). */
const PLACE_WORDS = 2;

/**
 * Answers that go together. They lie in a few large buffers, found by a table of plain numbers: a
 * hundred thousand of them are nothing that the garbage collector has to walk or move.
 */
class Generation {
  readonly bornMs: number;
  /** What keys and answers take. */
  bytes = 0;
  size = 0;
  readonly chunks: Buffer[] = [];
  private readonly source: Chunks;
  /** Open addressing; a power of two of places. */
  private table = new Uint32Array(FIRST_PLACES * PLACE_WORDS);
  private end = CHUNK_BYTES;

  constructor(bornMs: number, source: Chunks) {
    this.bornMs = bornMs;
    this.source = source;
  }

  set(sought: AnswerKey, answer: Buffer, untilMs: number): void {
    const { bytes: key, length } = sought;
    const wanted = HEAD_BYTES + length + answer.length;
    if (this.end + wanted > CHUNK_BYTES) {
      this.chunks.push(this.source.take(wanted));
      this.end = 0;
    }
    const index = this.chunks.length - 1;
    const chunk = this.chunks[index];
    if (chunk === undefined) return;
    const at = this.end;
    writeWord(chunk, at, Math.trunc(untilMs - this.bornMs));
    writeWord(chunk, at + 4, length);
    writeWord(chunk, at + 8, answer.length);
    for (let char = 0; char < length; char += 1) chunk[at + HEAD_BYTES + char] = key[char] ?? 0;
    chunk.set(answer, at + HEAD_BYTES + length);
    this.end += wanted;
    this.bytes += length + answer.length;
    this.file(sought, index * CHUNK_BYTES + at);
  }

  /** The answer, if it is not too old. It shares memory with the generation. */
  get(sought: AnswerKey, clock: Clock): Buffer | undefined {
    const place = (this.table[this.slotOf(sought) + 1] ?? 0) - 1;
    const chunk = place < 0 ? undefined : this.chunks[Math.floor(place / CHUNK_BYTES)];
    if (chunk === undefined) return undefined;
    const at = place % CHUNK_BYTES;
    if (this.bornMs + readWord(chunk, at) <= clock.monotonicMs()) return undefined;
    const start = at + HEAD_BYTES + sought.length;
    return chunk.subarray(start, start + readWord(chunk, at + 8));
  }

  private file(sought: AnswerKey, place: number): void {
    const { table } = this;
    const slot = this.slotOf(sought);
    if (table[slot + 1] === 0) this.size += 1;
    table[slot] = sought.hash;
    table[slot + 1] = place + 1;
    if (this.size * 2 * PLACE_WORDS > table.length) this.grow();
  }

  /** Where a key is, or is to be, filed: there is always a free place. */
  private slotOf(sought: AnswerKey): number {
    const { table } = this;
    const mask = table.length - 1;
    for (let slot = (sought.hash * PLACE_WORDS) & mask; ; slot = (slot + PLACE_WORDS) & mask) {
      const place = table[slot + 1] ?? 0;
      if (place === 0) return slot;
      if (table[slot] === sought.hash && this.isAt(place - 1, sought)) return slot;
    }
  }

  private grow(): void {
    const old = this.table;
    const table = new Uint32Array(old.length * 2);
    const mask = table.length - 1;
    for (let from = 0; from < old.length; from += PLACE_WORDS) {
      const hash = old[from] ?? 0;
      const place = old[from + 1] ?? 0;
      if (place === 0) continue;
      let slot = (hash * PLACE_WORDS) & mask;
      while (table[slot + 1] !== 0) slot = (slot + PLACE_WORDS) & mask;
      table[slot] = hash;
      table[slot + 1] = place;
    }
    this.table = table;
  }

  private isAt(place: number, { bytes: key, length }: AnswerKey): boolean {
    const chunk = this.chunks[Math.floor(place / CHUNK_BYTES)];
    const at = place % CHUNK_BYTES;
    if (chunk === undefined || readWord(chunk, at + 4) !== length) return false;
    for (let index = 0; index < length; index += 1) {
      if (chunk[at + HEAD_BYTES + index] !== key[index]) return false;
    }
    return true;
  }
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}

function readWord(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return (low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

/**
 * Final answers to non-INVITE requests, kept for timer J so that a repeated request gets the same
 * one (§17.2.2). Two generations instead of a timer each: when the younger one is as old as timer
 * J is long (or full, under a flood of many or of large ones) the older one goes as a whole.
 * Keys are wire strings, a character a byte; whoever has bytes at hand gives those.
 */
export class AnsweredCache {
  private current: Generation;
  private previous: Generation | undefined;
  private readonly chunks = new Chunks();
  private readonly keyBytes = Buffer.alloc(KEY_BYTES);
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
    this.current = new Generation(options.clock.monotonicMs(), this.chunks);
  }

  get size(): number {
    this.turn(this.clock.monotonicMs());
    return this.current.size + (this.previous?.size ?? 0);
  }

  /** Keeps a copy. */
  set(key: string, answer: Buffer): void {
    this.setAt(this.keyOf(key), answer);
  }

  /** The same under a key that was made of bytes. */
  setAt(key: AnswerKey, answer: Buffer): void {
    const nowMs = this.clock.monotonicMs();
    this.turn(nowMs);
    this.current.set(key, answer, nowMs + this.lifetimeMs);
  }

  /** Shares memory with what is kept, which is used again: to be copied at once. */
  get(key: string): Buffer | undefined {
    return this.getAt(this.keyOf(key));
  }

  getAt(key: AnswerKey): Buffer | undefined {
    return this.current.get(key, this.clock) ?? this.previous?.get(key, this.clock);
  }

  clear(): void {
    this.current = new Generation(this.clock.monotonicMs(), this.chunks);
    this.previous = undefined;
  }

  private keyOf(key: string): AnswerKey {
    const { length } = key;
    const bytes = length > KEY_BYTES ? Buffer.from(key, 'latin1') : this.keyBytes;
    if (length <= KEY_BYTES) bytes.write(key, 0, 'latin1');
    return { bytes, length, hash: keyHash(bytes, length) };
  }

  private turn(nowMs: number): void {
    const { current, previous } = this;
    const ageMs = nowMs - current.bornMs;
    const isFull = current.size >= this.maxEntries / 2 || current.bytes >= this.maxBytes / 2;
    if (ageMs < this.lifetimeMs && !isFull) return;
    this.chunks.giveBack(previous?.chunks ?? [], current.chunks.length);
    this.previous = ageMs < 2 * this.lifetimeMs && current.size > 0 ? current : undefined;
    this.current = new Generation(nowMs, this.chunks);
  }
}
