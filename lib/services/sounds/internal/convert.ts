import { AppError } from '@/lib/core/errors';
import type { AudioFile, AudioReading } from '@/lib/protocol/audio/audio-file';
import { readFlac } from '@/lib/protocol/audio/flac';
import { readOggOpus } from '@/lib/protocol/audio/ogg-opus';
import { RateConverter } from '@/lib/protocol/audio/rate-converter';
import { readWav, wavOf } from '@/lib/protocol/audio/wav';

/** What the switch plays: wideband, one channel. */
const RATE_HZ = 16_000;
const FULL_SCALE = 32_767;
/** Work goes on for so long before others have their turn. */
const TURN_MS = 15;
/** Conversions that wait for their turn; one is at work. */
const MAX_WAITING = 4;

/** A sound as it is kept. */
export interface ConvertedSound {
  readonly wav: Buffer;
  readonly durationMs: number;
}

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * Converts a WAV, FLAC or Opus file to a WAV of 16 kHz and one channel, one file at a time and in
 * pieces, so that pages go on meanwhile. Throws INVALID_INPUT for what can't be read or is longer
 * than allowed, UNAVAILABLE where too many wait.
 */
export async function convertSound(bytes: Buffer, maxSeconds: number): Promise<ConvertedSound> {
  if (waiting >= MAX_WAITING) {
    throw new AppError('UNAVAILABLE', 'Other sounds are being converted. Try again in a minute.');
  }
  waiting += 1;
  const work = last.then(() => convert(bytes, maxSeconds));
  last = work.catch(() => undefined);
  try {
    return await work;
  } finally {
    waiting -= 1;
  }
}

function refuse(reason: string): never {
  throw new AppError('INVALID_INPUT', `The sound can't be used: ${reason}.`, { meta: { reason } });
}

function readAny(bytes: Buffer): AudioFile {
  const readers: Readonly<Record<string, (file: Buffer) => AudioReading>> = {
    RIFF: readWav,
    fLaC: readFlac,
    OggS: readOggOpus,
  };
  const read = readers[bytes.toString('latin1', 0, 4)];
  const reading = read?.(bytes);
  if (reading === undefined) return refuse('it is no WAV, FLAC or Opus file');
  return reading.ok ? reading.file : refuse(reading.reason);
}

async function convert(bytes: Buffer, maxSeconds: number): Promise<ConvertedSound> {
  const file = readAny(bytes);
  const converter =
    file.sampleRateHz === RATE_HZ ? null : new RateConverter(file.sampleRateHz, RATE_HZ);
  const samples = new Int16Array(maxSeconds * RATE_HZ);
  let made = 0;
  const keep = (piece: Float32Array): void => {
    if (made + piece.length > samples.length) refuse(`it is longer than ${maxSeconds} seconds`);
    for (const sample of piece) {
      samples[made] = Math.round(Math.max(-1, Math.min(1, sample)) * FULL_SCALE);
      made += 1;
    }
  };
  let turnEndsMs = performance.now() + TURN_MS;
  for (const piece of file.pieces()) {
    keep(converter?.push(piece) ?? piece);
    if (performance.now() < turnEndsMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnEndsMs = performance.now() + TURN_MS;
  }
  if (converter) keep(converter.end());
  if (made === 0) refuse('there is no sound in it');
  const wav = wavOf(samples.subarray(0, made), RATE_HZ);
  return { wav, durationMs: Math.round((made * 1_000) / RATE_HZ) };
}
