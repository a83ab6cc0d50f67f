import {
  alignedBytes,
  headWord,
  RECORD_HEAD_BYTES,
  type Side,
} from '@/lib/protocol/recording/capture-format';

/**
 * What is written at a time: less than two seconds of a call of G.711, and a write costs as much as
 * thirty packets.
 */
export const BATCH_BYTES = 32 * 1_024;
/** Batches of a worker at most: 128 MB, which is 2,000 calls with one under way each. */
const MAX_BATCHES = 4_096;
/** Those that are of no use now are kept up to this; a call needs two. */
const MAX_SPARE = 256;
const WORD_BYTES = 4;

/** Room for records, in front of them the length of all. */
export class CaptureBatch {
  private readonly bytes = new Uint8Array(WORD_BYTES + BATCH_BYTES);
  private readonly words = new Uint32Array(this.bytes.buffer);
  private used = WORD_BYTES;
  /** Less than the whole, for who is to be written sooner. */
  private end = WORD_BYTES + BATCH_BYTES;
  private since = 0;

  /** When its first record is of. */
  get firstAtMs(): number {
    return this.since;
  }

  get isEmpty(): boolean {
    return this.used === WORD_BYTES;
  }

  /** Puts a record at the end; false where there is no room for it. */
  put(kind: number, side: Side, { atMs, content }: CaptureEntry): boolean {
    const { used } = this;
    const end = used + RECORD_HEAD_BYTES + alignedBytes(content.length);
    if (end > this.end) return false;
    if (used === WORD_BYTES) this.since = atMs;
    const word = used >> 2;
    this.words[word] = headWord(kind, side, content.length);
    this.words[word + 1] = atMs;
    this.bytes.set(content, used + RECORD_HEAD_BYTES);
    this.used = end;
    return true;
  }

  /** The records. */
  get records(): Uint8Array {
    return this.bytes.subarray(WORD_BYTES, this.used);
  }

  /** The records with their length in front. */
  get framed(): Uint8Array {
    this.words[0] = this.used - WORD_BYTES;
    return this.bytes.subarray(0, this.used);
  }

  /** Full with so much already, this time. */
  limit(bytes: number): void {
    this.end = WORD_BYTES + Math.min(bytes, BATCH_BYTES);
  }

  clear(): void {
    this.used = WORD_BYTES;
    this.limit(BATCH_BYTES);
  }
}

/** A record's time, in milliseconds since its capture began, and what it holds. */
export interface CaptureEntry {
  atMs: number;
  content: Uint8Array;
}

/** The batches of a worker, which all its captures share. */
export class BatchPool {
  private readonly spare: CaptureBatch[] = [];
  private made = 0;

  /** Null where all are in use: the disk does not follow. */
  take(): CaptureBatch | null {
    const spare = this.spare.pop();
    if (spare !== undefined) return spare;
    if (this.made >= MAX_BATCHES) return null;
    this.made += 1;
    return new CaptureBatch();
  }

  giveBack(batch: CaptureBatch): void {
    batch.clear();
    if (this.spare.length < MAX_SPARE) this.spare.push(batch);
    else this.made -= 1;
  }
}
