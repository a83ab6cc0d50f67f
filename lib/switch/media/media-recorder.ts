/** A recording to be captured. */
export interface CaptureOrder {
  /** Unique for ever. */
  readonly captureId: string;
  /** A file that is not there yet, in a directory that is. */
  readonly path: string;
  /** What stands in front of it. */
  readonly head: Uint8Array;
  /** 32 octets, this capture's alone, to seal it with; null: it is not sealed. */
  readonly key: Uint8Array | null;
}

/** Who is heard on which side; null: nobody is. */
export interface CaptureSides {
  readonly callerLegId: string | null;
  readonly calleeLegId: string | null;
}

/** What came of a capture. */
export interface CaptureResult {
  readonly bytes: number;
  /** Something is missing: the disk could not follow, was full, or failed. */
  readonly isIncomplete: boolean;
}

/** A session that is being captured. Its verbs take effect in order, none of them waits. */
export interface MediaCapture {
  /** From now on these are heard, in place of whoever was. */
  place(sides: CaptureSides): void;
  /** Nothing is kept any more, nor of the last `backMs`. */
  pause(backMs: number): void;
  /** From `afterMs` on everything is kept again. */
  resume(afterMs: number): void;
  /**
   * Ends it; `isKept`: false and its file goes. Resolves when everything is on disk; null where
   * the engine lost it: then what was written until then is there.
   */
  end(isKept: boolean): Promise<CaptureResult | null>;
}

/** Keeps what legs say in files, as it came and in the clear, for whoever makes recordings of it. */
export interface MediaRecorder {
  /** Begins to capture, nobody's legs yet. Null where there is no such session. */
  begin(sessionId: string, order: CaptureOrder): MediaCapture | null;
}
