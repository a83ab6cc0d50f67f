import { FRAME_MS } from '@/lib/protocol/codecs/voice-codec';

/** What a busy loop was late by is made up; what it slept through is not. */
const MAX_LATE_MS = 100;

export interface CadenceOptions {
  readonly monotonicMs: () => number;
  readonly setTimer: (run: () => void, delayMs: number) => void;
  /** 20 ms more have passed; false = nothing is left to be done. */
  readonly onTick: () => boolean;
}

/**
 * A tick every 20 ms for as long as it is of use, from one timer that is set by the clock: a late
 * one delays none after it. Nothing runs while nobody needs it.
 */
export class Cadence {
  private readonly options: CadenceOptions;
  private nextAtMs: number | null = null;
  private readonly run = (): void => this.fire();

  constructor(options: CadenceOptions) {
    this.options = options;
  }

  /** Ticks from now on; does nothing where it does already. */
  start(): void {
    if (this.nextAtMs !== null) return;
    this.nextAtMs = this.options.monotonicMs();
    this.options.setTimer(this.run, 0);
  }

  private fire(): void {
    const { monotonicMs, setTimer, onTick } = this.options;
    if (this.nextAtMs === null) return;
    const nowMs = monotonicMs();
    let atMs = nowMs - this.nextAtMs > MAX_LATE_MS ? nowMs : this.nextAtMs;
    let goesOn = true;
    while (goesOn && atMs <= nowMs) {
      goesOn = onTick();
      atMs += FRAME_MS;
    }
    this.nextAtMs = goesOn ? atMs : null;
    if (goesOn) setTimer(this.run, Math.ceil(atMs - nowMs));
  }
}
