import {
  CALLER,
  type CapturedType,
  LOST,
  PACKET,
  PAUSE,
  RESUME,
  type Side,
  STOP,
  TYPES,
  typesContent,
} from '@/lib/protocol/recording/capture-format';
import { sealChunk } from '@/lib/protocol/recording/capture-seal';
import type { BatchPool, CaptureBatch, CaptureEntry } from './capture-batch';
import type { CaptureDisk, CaptureSink } from './capture-disk';

/** Batches of a call that wait for the disk: some ten seconds. */
const MAX_WAITING = 6;
/** What was said so long ago is on disk: a crash costs no more. */
const WRITTEN_AFTER_MS = 2_000;
/** 16 hours of G.711; beyond it nothing more is kept. */
const MAX_BYTES = 2 ** 30;
const NOTHING = new Uint8Array(0);
const LENGTH_BYTES = 4;
/** Of what is not paused, and of what is until somebody says so. */
const NEVER = Number.NEGATIVE_INFINITY;
const UNTIL_TOLD = Number.POSITIVE_INFINITY;

/** What makes a capture. */
export interface CaptureStart {
  readonly captureId: string;
  /** A file that is not there yet. */
  readonly path: string;
  /** What stands in front (`captureHead`). */
  readonly head: Uint8Array;
  /** 32 octets, this capture's alone: chunks are sealed. Null: they are not. */
  readonly key: Uint8Array | null;
}

/** What came of a capture. */
export interface CaptureEnd {
  readonly captureId: string;
  readonly bytes: number;
  /** The disk could not follow, was full, or failed: something is missing. */
  readonly isIncomplete: boolean;
}

export interface CaptureFileOptions {
  readonly start: CaptureStart;
  readonly disk: CaptureDisk;
  readonly pool: BatchPool;
  readonly nowMs: number;
  /** How full the first batch gets: those that begin together are not written together. */
  readonly firstBytes: number;
  /** Told once, when nothing will be written any more. */
  readonly onEnd: (end: CaptureEnd) => void;
}

/**
 * What the legs of a call say, on its way to a file. Packets are copied into a batch and nothing
 * else; full batches are written by other threads, one after the other. Where the disk can't follow
 * packets are left out, never waited for.
 */
export class CaptureFile {
  private readonly options: CaptureFileOptions;
  private readonly openedAtMs: number;
  private sink: CaptureSink | null = null;
  private batch: CaptureBatch | null;
  private waiting: CaptureBatch[] = [];
  private isWriting = true;
  private isOver = false;
  private isBroken = false;
  private isKept = true;
  /** Something was left out, and is not noted yet. */
  private isLosing = false;
  private hasLost = false;
  private pausedUntilMs = NEVER;
  private chunks = 0;
  private bytes = 0;
  /** One for all packets. */
  private readonly entry: CaptureEntry = { atMs: 0, content: NOTHING };

  constructor(options: CaptureFileOptions) {
    this.options = options;
    this.openedAtMs = options.nowMs;
    this.batch = options.pool.take();
    this.batch?.limit(options.firstBytes);
    const { disk, start } = options;
    disk.create(start.path, (error, sink) => {
      this.sink = sink;
      if (error || sink === null) this.break();
      else this.append([start.head]);
    });
  }

  get captureId(): string {
    return this.options.start.captureId;
  }

  /** Keeps an RTP packet of a side, as it is now. */
  take(side: Side, packet: Uint8Array, nowMs: number): void {
    if (nowMs < this.pausedUntilMs) return;
    this.put(PACKET, side, this.entryOf(nowMs, packet));
  }

  /** What the side's payload types mean from now on; noted while paused as well. */
  learn(side: Side, types: readonly CapturedType[], nowMs: number): void {
    this.put(TYPES, side, this.entryOf(nowMs, typesContent(types)));
  }

  /** Nothing is kept from now on, nor heard of the last `backMs`. */
  pause(nowMs: number, backMs: number): void {
    this.pausedUntilMs = UNTIL_TOLD;
    const fromMs = Math.max(this.openedAtMs, nowMs - backMs);
    this.put(PAUSE, CALLER, this.entryOf(fromMs, NOTHING));
  }

  /** From `afterMs` on everything is kept again. */
  resume(nowMs: number, afterMs: number): void {
    if (this.pausedUntilMs !== UNTIL_TOLD) return;
    this.pausedUntilMs = nowMs + afterMs;
    this.put(RESUME, CALLER, this.entryOf(this.pausedUntilMs, NOTHING));
  }

  /** Nothing more comes; `isKept`: false and the file goes as soon as it can. */
  end(nowMs: number, isKept: boolean): void {
    if (this.isOver) return;
    this.put(STOP, CALLER, this.entryOf(nowMs, NOTHING));
    this.isOver = true;
    this.isKept = isKept;
    this.turn();
    this.giveUpBatch();
    this.writeNext();
  }

  /** Every now and then: what has waited long enough is written. */
  sweep(nowMs: number): void {
    const { batch } = this;
    if (batch === null || batch.isEmpty) return;
    if (nowMs - this.openedAtMs - batch.firstAtMs < WRITTEN_AFTER_MS) return;
    this.turn();
    this.writeNext();
  }

  private entryOf(nowMs: number, content: Uint8Array): CaptureEntry {
    const { entry } = this;
    entry.atMs = Math.round(nowMs - this.openedAtMs);
    entry.content = content;
    return entry;
  }

  private put(kind: number, side: Side, entry: CaptureEntry): void {
    if (this.isOver || this.isBroken) return;
    if (this.isLosing && !this.noteLoss(entry.atMs)) return;
    if (this.batch?.put(kind, side, entry) || this.putAnew(kind, side, entry)) return;
    this.isLosing = true;
    this.hasLost = true;
  }

  /** Into the next batch; false where there is none. */
  private putAnew(kind: number, side: Side, entry: CaptureEntry): boolean {
    this.turn();
    this.writeNext();
    return this.batch?.put(kind, side, entry) ?? false;
  }

  /** False while there is no room for it either. */
  private noteLoss(atMs: number): boolean {
    const loss = { atMs, content: NOTHING };
    this.batch ??= this.options.pool.take();
    if (!this.batch?.put(LOST, CALLER, loss) && !this.putAnew(LOST, CALLER, loss)) return false;
    this.isLosing = false;
    return true;
  }

  /** The batch goes to those that wait; another takes its place where there is one. */
  private turn(): void {
    const { batch, waiting, options } = this;
    if (batch === null) return;
    if (batch.isEmpty) return;
    // Its end is always written: that is one batch more.
    if (waiting.length >= MAX_WAITING && !this.isOver) return;
    waiting.push(batch);
    this.batch = this.isOver ? null : options.pool.take();
  }

  private writeNext(): void {
    if (this.isWriting) return;
    const { sink, options } = this;
    const batch = this.waiting.shift();
    if (batch === undefined) {
      if (this.isOver) this.close();
      return;
    }
    if (sink === null || this.isBroken) {
      options.pool.giveBack(batch);
      this.writeNext();
      return;
    }
    const { key } = options.start;
    const content = key === null ? [batch.framed] : sealed(key, this.chunks, batch.records);
    this.chunks += 1;
    this.append(content, batch);
  }

  private append(parts: readonly Uint8Array[], batch?: CaptureBatch): void {
    this.isWriting = true;
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    this.sink?.append(parts, (error) => {
      this.isWriting = false;
      if (batch) this.options.pool.giveBack(batch);
      this.bytes += bytes;
      if (error || this.bytes > MAX_BYTES) this.break();
      else this.writeNext();
    });
  }

  /** Nothing more can be kept; what is there stays. */
  private break(): void {
    this.isBroken = true;
    this.isWriting = false;
    this.hasLost = true;
    this.giveUpBatch();
    this.writeNext();
  }

  private giveUpBatch(): void {
    if (this.batch !== null) this.options.pool.giveBack(this.batch);
    this.batch = null;
  }

  private close(): void {
    const { sink, options } = this;
    this.isWriting = true;
    const { disk, start, onEnd } = options;
    const { bytes, captureId } = this;
    const told = (): void => onEnd({ captureId, bytes, isIncomplete: this.hasLost });
    const closed = (): void => {
      if (this.isKept || sink === null) told();
      else disk.remove(start.path, told);
    };
    if (sink === null) closed();
    else sink.close(closed);
  }
}

function sealed(key: Uint8Array, index: number, records: Uint8Array): readonly Buffer[] {
  const parts = sealChunk(key, index, records);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(parts.reduce((sum, part) => sum + part.length, 0));
  return [length, ...parts];
}
