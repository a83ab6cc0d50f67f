import type { StereoPiece } from './render';

/** As many points as a wide screen has use for. */
const MAX_POINTS = 800;
/** A point is no shorter: of a brief recording there are fewer. */
const MIN_POINT_MS = 20;
/** From 16 bits without a sign to 8. */
const SHIFT = 7;
const MAX_POINT = 255;

/** The loudest moments of both sides, for a picture of a recording: the left ones, then the right. */
export class PeakMeter {
  readonly points: number;
  private readonly peaks: Uint8Array;
  private readonly samplesAPoint: number;
  private at = 0;

  constructor(samples: number, rateHz: number) {
    const shortest = (rateHz * MIN_POINT_MS) / 1_000;
    this.samplesAPoint = Math.max(shortest, Math.ceil(samples / MAX_POINTS));
    this.points = Math.max(1, Math.ceil(samples / this.samplesAPoint));
    this.peaks = new Uint8Array(2 * this.points);
  }

  hear({ left, right }: StereoPiece): void {
    for (let index = 0; index < left.length; index += 1) {
      const point = Math.min(this.points - 1, Math.floor(this.at / this.samplesAPoint));
      this.raise(point, left[index] ?? 0);
      this.raise(this.points + point, right[index] ?? 0);
      this.at += 1;
    }
  }

  /** A byte a point. */
  get bytes(): Uint8Array {
    return this.peaks;
  }

  private raise(point: number, sample: number): void {
    const level = Math.min(MAX_POINT, Math.abs(sample) >> SHIFT);
    if (level > (this.peaks[point] ?? 0)) this.peaks[point] = level;
  }
}
