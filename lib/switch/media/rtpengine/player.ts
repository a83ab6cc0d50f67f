import { G711Encoder } from '@/lib/protocol/codecs/g711';
import { type SoundSource, sourceOf } from '@/lib/switch/media/relay/sound-source';
import type { Playback } from '@/lib/switch/media/sound';

/** A command is one datagram, of which the rest takes a few hundred bytes. */
const MAX_BLOB_BYTES = 56_000;
const FRAME_MS = 20;
const WAV_HEADER_BYTES = 44;
/** WAVE_FORMAT_ALAW: half of what samples take, and no worse than what a phone hears. */
const ALAW = 6;
/** "For ever" is a day: calls are shorter. */
const LONGEST_MS = 86_400_000;

/** How a node is had to play. */
export interface PlayerOptions {
  /** Plays a WAV file so often; rejects where that can't be. */
  readonly play: (wav: Buffer, times: number) => Promise<void>;
  /** It has come to its end by itself. */
  readonly onEnd: () => void;
}

/** Plays a sound to a leg, by a node that is given a few seconds of it at a time. */
export class Player {
  private readonly playback: Playback;
  private readonly options: PlayerOptions;
  private source: SoundSource | null = null;
  private rounds: number;
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(playback: Playback, options: PlayerOptions) {
    this.playback = playback;
    this.options = options;
    this.rounds = playback.times ?? Number.POSITIVE_INFINITY;
  }

  begin(): void {
    this.after(this.playback.afterMs ?? 0, () => this.nextRound());
  }

  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private nextRound(): void {
    this.source = sourceOf({ ...this.playback, times: 1 }, 8_000);
    if (this.rounds <= 0 || this.source === null) this.end();
    else this.nextPart(true);
  }

  /** What fits into one command; a sound that does as a whole is repeated by the node itself. */
  private nextPart(isFirst: boolean): void {
    const { source } = this;
    const part = source && partOf(source);
    if (!source || !part || part.bytes.length === 0) {
      this.end();
      return;
    }
    const lasts = (1_000 * part.bytes.length) / source.sampleRateHz;
    const isWhole = isFirst && part.isLast;
    const times = isWhole ? Math.min(this.rounds, Math.ceil(LONGEST_MS / lasts)) : 1;
    if (part.isLast) this.rounds -= times;
    const wav = wavOf(part.bytes, source.sampleRateHz);
    this.options.play(wav, times).then(
      () => {
        const isDone = part.isLast && this.rounds <= 0;
        this.after(Math.min(lasts * times, LONGEST_MS), () => {
          if (isDone) this.end();
          else if (part.isLast) this.nextRound();
          else this.nextPart(false);
        });
      },
      () => this.end(),
    );
  }

  private after(delayMs: number, then: () => void): void {
    if (!this.isOver) this.timer = setTimeout(then, delayMs).unref();
  }

  private end(): void {
    if (this.isOver) return;
    this.stop();
    this.options.onEnd();
  }
}

/** The next seconds of a sound in A-law. */
function partOf(source: SoundSource): { readonly bytes: Buffer; readonly isLast: boolean } {
  const encoder = new G711Encoder('PCMA');
  const frame = new Int16Array((source.sampleRateHz * FRAME_MS) / 1_000);
  const frames: Buffer[] = [];
  let isLast = false;
  while (!isLast && (frames.length + 1) * frame.length <= MAX_BLOB_BYTES) {
    isLast = !source.fill(frame);
    frames.push(Buffer.from(encoder.encode(frame)));
  }
  return { bytes: Buffer.concat(frames), isLast };
}

/** A WAV file of one channel in A-law. */
function wavOf(bytes: Buffer, sampleRateHz: number): Buffer {
  const head = Buffer.alloc(WAV_HEADER_BYTES);
  head.write('RIFF', 0);
  head.writeUInt32LE(WAV_HEADER_BYTES - 8 + bytes.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(ALAW, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRateHz, 24);
  head.writeUInt32LE(sampleRateHz, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes.length, 40);
  return Buffer.concat([head, bytes]);
}
