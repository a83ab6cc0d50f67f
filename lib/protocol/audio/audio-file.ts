/** An audio file as it is read: one channel, whatever it had, in pieces of a bounded size. */
export interface AudioFile {
  readonly sampleRateHz: number;
  /** Samples from −1 to 1, in order. What is broken ends it early; it never throws. */
  pieces(): Iterable<Float32Array>;
}

/** A file, or why it is none that can be read. */
export type AudioReading =
  | { readonly ok: true; readonly file: AudioFile }
  | { readonly ok: false; readonly reason: string };

/** What is a sound's rate and not somebody's mistake: from a telephone to a studio. */
export const MIN_RATE_HZ = 4_000;
export const MAX_RATE_HZ = 192_000;
/** More are mixed in studios, never sent to one. */
export const MAX_CHANNELS = 8;

/** Frames that are handed on at a time. */
export const PIECE_FRAMES = 4_096;

/** A refusal in words that the person who uploaded it understands. */
export function unreadable(reason: string): AudioReading {
  return { ok: false, reason };
}

/** Whether rate and channels are such as can be read. */
export function isUsual(sampleRateHz: number, channels: number): boolean {
  const isRate = sampleRateHz >= MIN_RATE_HZ && sampleRateHz <= MAX_RATE_HZ;
  return isRate && channels >= 1 && channels <= MAX_CHANNELS;
}
