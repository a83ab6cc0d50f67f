import type { CapturedType, Side } from '@/lib/protocol/recording/capture-format';
import { BATCH_BYTES, BatchPool } from './capture-batch';
import type { CaptureDisk } from './capture-disk';
import { type CaptureEnd, CaptureFile, type CaptureStart } from './capture-file';

/** Where a leg's packets go besides to its peer. Several where several keep it. */
export class LegTap {
  readonly file: CaptureFile;
  private readonly side: Side;
  readonly next: LegTap | null;

  constructor(file: CaptureFile, side: Side, next: LegTap | null) {
    this.file = file;
    this.side = side;
    this.next = next;
  }

  /** The same, followed by others. */
  withNext(next: LegTap | null): LegTap {
    return next === this.next ? this : new LegTap(this.file, this.side, next);
  }

  take(packet: Uint8Array, nowMs: number): void {
    this.file.take(this.side, packet, nowMs);
    this.next?.take(packet, nowMs);
  }

  learn(types: readonly CapturedType[], nowMs: number): void {
    this.file.learn(this.side, types, nowMs);
    this.next?.learn(types, nowMs);
  }
}

/** What can be tapped: a leg's place in the relay. */
export interface TappedLeg {
  tap: LegTap | null;
  readonly config: { readonly types: readonly CapturedType[] };
}

/** Who is on a side of a capture, by its endpoint. */
export interface CapturedSide {
  readonly endpointId: number;
  readonly side: Side;
}

/** What is to be done about a capture. */
export type CaptureStep =
  | { readonly step: 'open'; readonly start: CaptureStart }
  /** In place of whoever was there. */
  | {
      readonly step: 'place';
      readonly captureId: string;
      readonly sides: readonly CapturedSide[];
    }
  | { readonly step: 'pause'; readonly captureId: string; readonly backMs: number }
  | { readonly step: 'resume'; readonly captureId: string; readonly afterMs: number }
  | { readonly step: 'end'; readonly captureId: string; readonly isKept: boolean };

interface Kept {
  readonly file: CaptureFile;
  legs: readonly TappedLeg[];
}

export interface CapturesOptions {
  readonly disk: CaptureDisk;
  readonly monotonicMs: () => number;
  readonly legOf: (endpointId: number) => TappedLeg | undefined;
  readonly onEnd: (end: CaptureEnd) => void;
}

/** Captures that begin at once are written in so many turns. */
const TURNS = 16;

/** The captures of one worker. */
export class Captures {
  private readonly options: CapturesOptions;
  private readonly pool = new BatchPool();
  private readonly kept = new Map<string, Kept>();
  private opened = 0;

  constructor(options: CapturesOptions) {
    this.options = options;
  }

  /** Captures whose end is not written yet. */
  get size(): number {
    return this.kept.size;
  }

  handle(message: CaptureStep): void {
    const nowMs = this.options.monotonicMs();
    const captureId = message.step === 'open' ? message.start.captureId : message.captureId;
    const kept = this.kept.get(captureId);
    switch (message.step) {
      case 'open':
        if (kept === undefined) this.open(message.start, nowMs);
        return;
      case 'place':
        if (kept) this.place(kept, message.sides, nowMs);
        return;
      case 'pause':
        kept?.file.pause(nowMs, message.backMs);
        return;
      case 'resume':
        kept?.file.resume(nowMs, message.afterMs);
        return;
      case 'end':
        if (kept) this.place(kept, [], nowMs);
        kept?.file.end(nowMs, message.isKept);
    }
  }

  /** Once a second. */
  sweep(): void {
    const nowMs = this.options.monotonicMs();
    for (const { file } of this.kept.values()) file.sweep(nowMs);
  }

  private open(start: CaptureStart, nowMs: number): void {
    const { disk, onEnd } = this.options;
    this.opened += 1;
    const file = new CaptureFile({
      ...{ start, disk, pool: this.pool, nowMs },
      firstBytes: (BATCH_BYTES * (1 + (this.opened % TURNS))) / TURNS,
      onEnd: (end) => {
        this.kept.delete(start.captureId);
        onEnd(end);
      },
    });
    this.kept.set(start.captureId, { file, legs: [] });
  }

  private place(kept: Kept, sides: readonly CapturedSide[], nowMs: number): void {
    const { file } = kept;
    for (const leg of kept.legs) leg.tap = without(leg.tap, file);
    const legs: TappedLeg[] = [];
    for (const { endpointId, side } of sides) {
      const leg = this.options.legOf(endpointId);
      if (leg === undefined) continue;
      leg.tap = new LegTap(file, side, leg.tap);
      file.learn(side, leg.config.types, nowMs);
      legs.push(leg);
    }
    kept.legs = legs;
  }
}

function without(tap: LegTap | null, file: CaptureFile): LegTap | null {
  if (tap === null) return null;
  const rest = without(tap.next, file);
  return tap.file === file ? rest : tap.withNext(rest);
}
