import type { Clock } from '@/lib/core/clock';
import type { CaptureHeader } from '@/lib/services/recordings/types';
import type { Leg } from '@/lib/switch/call/leg';
import type { MediaCapture } from '@/lib/switch/media/media-recorder';
import { FeatureCodes } from './feature-code';
import type { RecordedCall, RecordedSide } from './recorded-sides';

/**
 * A key is told a moment after it began, or when it was found in the sound: what is heard of it is
 * cut out with the rest of its code.
 */
const KEY_FOUND_AFTER_MS = 150;
/** As long as the last key of a code may sound on. */
const LAST_KEY_MS = 300;

/** How a recording stands. */
export type RecordingPhase = 'announcing' | 'recording' | 'paused' | 'over';

/** What makes a recording. */
export interface CallRecordingStart {
  readonly call: RecordedCall;
  readonly side: RecordedSide;
  readonly consent: CaptureHeader['consent'];
  /** By a rule, or because somebody asked for it. */
  readonly isAutomatic: boolean;
}

/** A call that is recorded for one tenant. */
export class CallRecording implements CallRecordingStart {
  readonly call: RecordedCall;
  readonly side: RecordedSide;
  readonly consent: CaptureHeader['consent'];
  readonly isAutomatic: boolean;
  /** Undefined until something is kept. */
  header: CaptureHeader | undefined;
  private capture: MediaCapture | undefined;
  private caller: Leg;
  private callee: Leg;
  private isPaused = false;
  private isOver = false;
  /** By leg; made where a key is pressed. */
  private readonly codes = new Map<string, FeatureCodes>();
  private readonly clock: Clock;

  constructor(
    start: CallRecordingStart,
    legs: { readonly caller: Leg; readonly callee: Leg },
    clock: Clock,
  ) {
    this.call = start.call;
    this.side = start.side;
    this.consent = start.consent;
    this.isAutomatic = start.isAutomatic;
    this.caller = legs.caller;
    this.callee = legs.callee;
    this.clock = clock;
  }

  get phase(): RecordingPhase {
    if (this.isOver) return 'over';
    if (this.capture === undefined) return 'announcing';
    return this.isPaused ? 'paused' : 'recording';
  }

  get legs(): readonly [Leg, Leg] {
    return [this.caller, this.callee];
  }

  /** From here on it is kept what is said. */
  begin(header: CaptureHeader, capture: MediaCapture): void {
    this.header = header;
    this.capture = capture;
    this.place();
    if (this.isPaused) capture.pause(0);
  }

  /** Two legs talk: whoever is new takes the side of who left. */
  connected(one: Leg, other: Leg): void {
    if (one === this.callee || other === this.caller) {
      this.callee = one;
      this.caller = other;
    } else {
      this.caller = one;
      this.callee = other;
    }
  }

  /** Lets those be heard who talk now. */
  place(): void {
    this.capture?.place({ callerLegId: this.caller.id, calleeLegId: this.callee.id });
  }

  /** Nobody is heard until somebody new knows of it. */
  hush(): void {
    this.capture?.place({ callerLegId: null, calleeLegId: null });
  }

  pause(backMs = 0): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.capture?.pause(backMs);
  }

  resume(afterMs = 0): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.capture?.resume(afterMs);
  }

  /** A key of one of the tenant's own phones; whether it made a difference. */
  press(leg: Leg, key: string): boolean {
    const codes = this.codes.get(leg.id) ?? new FeatureCodes();
    this.codes.set(leg.id, codes);
    const nowMs = this.clock.monotonicMs();
    const code = codes.press(key, nowMs);
    if (code === null) return false;
    if (code.action === 'pause') this.pause(nowMs - code.sinceMs + KEY_FOUND_AFTER_MS);
    else this.resume(LAST_KEY_MS);
    return true;
  }

  /** Nothing more is kept. What is to be told of it when it is written; null: nothing was kept. */
  end(): Promise<{ readonly bytes: number; readonly isIncomplete: boolean } | null> | null {
    this.isOver = true;
    return this.capture?.end(true) ?? null;
  }
}
