import { assert } from '@/lib/core/errors';
import { CALLEE, CALLER, type CaptureRecord, type Side } from './capture-format';
import type { CaptureSurvey, Pause } from './survey';
import { VoiceTrack } from './voice-track';

/** Sound may belong so long before what has just come: late packets, and what waited for them. */
const SETTLED_AFTER_MS = 1_000;
/** What is kept of both sides until it is settled, and what may come ahead of its time. */
const WINDOW_MS = 4_000;
/** How much is handed on at a time. */
const PIECE_MS = 1_000;

/** Sound of both sides: the caller's left, the callee's right, equally long. */
export interface StereoPiece {
  readonly left: Int16Array;
  readonly right: Int16Array;
}

/** The last seconds of both sides, and what of them is heard. */
class Window {
  private readonly sides: readonly [Int16Array, Int16Array];
  private readonly rateHz: number;
  private readonly pauses: readonly Pause[];
  /** The first sample that is not settled. */
  private settled = 0;
  /** The first pause that may still come. */
  private pause = 0;
  private piece: StereoPiece;
  private filled = 0;

  constructor({ rateHz, pauses }: CaptureSurvey) {
    this.rateHz = rateHz;
    this.pauses = pauses;
    const length = (rateHz * WINDOW_MS) / 1_000;
    this.sides = [new Int16Array(length), new Int16Array(length)];
    this.piece = this.newPiece();
  }

  write(side: Side, at: number, pcm: Int16Array): void {
    const ring = this.sides[side];
    const first = Math.max(0, this.settled - at);
    const last = Math.min(pcm.length, this.settled + ring.length - at);
    for (let index = first; index < last; index += 1) {
      ring[(at + index) % ring.length] = pcm[index] ?? 0;
    }
  }

  /** Nothing will be written before this any more: hands on what is complete. */
  *settle(toMs: number): Generator<StereoPiece, void, void> {
    const to = Math.max(this.settled, this.samplesOf(toMs));
    while (this.settled < to) {
      const { isHeard, until } = this.stretch(to);
      while (this.settled < until) {
        if (isHeard) yield* this.keep();
        this.forget();
      }
    }
  }

  *rest(): Generator<StereoPiece, void, void> {
    if (this.filled === 0) return;
    const { left, right } = this.piece;
    yield { left: left.subarray(0, this.filled), right: right.subarray(0, this.filled) };
  }

  private samplesOf(ms: number): number {
    return Math.round((ms * this.rateHz) / 1_000);
  }

  /** How far it goes on as here: heard, or paused. */
  private stretch(to: number): { readonly isHeard: boolean; readonly until: number } {
    const next = this.pauses[this.pause];
    if (next === undefined) return { isHeard: true, until: to };
    const from = this.samplesOf(next.fromMs);
    if (this.settled < from) return { isHeard: true, until: Math.min(to, from) };
    const end = this.samplesOf(next.toMs);
    if (end <= to) this.pause += 1;
    return { isHeard: false, until: Math.min(to, Math.max(end, this.settled)) };
  }

  private *keep(): Generator<StereoPiece, void, void> {
    const [left, right] = this.sides;
    const at = this.settled % left.length;
    this.piece.left[this.filled] = left[at] ?? 0;
    this.piece.right[this.filled] = right[at] ?? 0;
    this.filled += 1;
    if (this.filled < this.piece.left.length) return;
    const { piece } = this;
    this.piece = this.newPiece();
    this.filled = 0;
    yield piece;
  }

  private forget(): void {
    const [left, right] = this.sides;
    const at = this.settled % left.length;
    left[at] = 0;
    right[at] = 0;
    this.settled += 1;
  }

  private newPiece(): StereoPiece {
    const length = (this.rateHz * PIECE_MS) / 1_000;
    return { left: new Int16Array(length), right: new Int16Array(length) };
  }
}

/**
 * A capture as sound, in pieces of a second: exactly as long as the survey of the same records says.
 * Takes a bounded amount of memory, whatever the capture's length.
 */
export async function* renderCapture(
  records: AsyncIterable<CaptureRecord>,
  survey: CaptureSurvey,
): AsyncGenerator<StereoPiece, void, void> {
  const window = new Window(survey);
  const { rateHz, endMs } = survey;
  const trackOf = (side: Side): VoiceTrack =>
    new VoiceTrack({ rateHz, write: (at, pcm) => window.write(side, at, pcm) });
  const tracks = [trackOf(CALLER), trackOf(CALLEE)] as const;
  try {
    for await (const record of records) {
      if (record.kind === 'types') tracks[record.side].learn(record.types);
      if (record.kind !== 'packet') continue;
      yield* window.settle(Math.min(record.atMs - SETTLED_AFTER_MS, endMs));
      tracks[record.side].take(record.packet, record.atMs);
    }
    for (const track of tracks) track.flush();
    yield* window.settle(endMs);
    yield* window.rest();
  } finally {
    for (const track of tracks) track.close();
  }
}

/** The samples of each side that a recording has. */
export function samplesOf({ durationMs, rateHz }: CaptureSurvey): number {
  const samples = (durationMs * rateHz) / 1_000;
  assert(Number.isInteger(samples), 'a millisecond has a whole number of samples');
  return samples;
}
