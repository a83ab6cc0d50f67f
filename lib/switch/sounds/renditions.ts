import type { AudioFile } from '@/lib/protocol/audio/audio-file';
import { Resampler } from '@/lib/protocol/codecs/resampler';
import { MAX_PACKET_MS } from '@/lib/protocol/codecs/voice-codec';
import type { Pcm, Sound } from '@/lib/switch/media/sound';

/** The rate of all that the switch plays; what telephones of 8 kHz are sent is made of it once. */
export const SOUND_RATE_HZ = 16_000;
const NARROW_RATE_HZ = 8_000;
const FULL_SCALE = 32_767;
/** Work is done in pieces: calls must not wait for it. 120 ms of sound take some 0.3 ms. */
const CHUNK_SAMPLES = (SOUND_RATE_HZ * MAX_PACKET_MS) / 1_000;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The samples of a file, in memory that all threads share; louder or softer by `gain`. */
export async function samplesOf(
  file: AudioFile,
  gain: number,
): Promise<Int16Array<SharedArrayBuffer>> {
  const pieces: Int16Array[] = [];
  let length = 0;
  for (const piece of file.pieces()) {
    pieces.push(
      Int16Array.from(piece, (sample) =>
        Math.round(Math.max(-1, Math.min(1, sample * gain)) * FULL_SCALE),
      ),
    );
    length += piece.length;
    await breathe();
  }
  const samples = new Int16Array(new SharedArrayBuffer(length * Int16Array.BYTES_PER_ELEMENT));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples;
}

/** A sound at the rates that voices have, of its samples at 16 kHz in shared memory. */
export async function renditionsOf(samples: Int16Array<SharedArrayBuffer>): Promise<Sound> {
  const narrowSamples = Math.floor((samples.length * NARROW_RATE_HZ) / SOUND_RATE_HZ);
  const narrow = new SharedArrayBuffer(narrowSamples * Int16Array.BYTES_PER_ELEMENT);
  const resampled = new Int16Array(narrow);
  const resampler = new Resampler(SOUND_RATE_HZ, NARROW_RATE_HZ);
  let made = 0;
  for (let at = 0; at < samples.length; at += CHUNK_SAMPLES) {
    const chunk = samples.subarray(at, at + CHUNK_SAMPLES);
    made += resampler.process(chunk, resampled.subarray(made));
    await breathe();
  }
  const renditions: Pcm[] = [
    { sampleRateHz: SOUND_RATE_HZ, samples: samples.buffer },
    { sampleRateHz: NARROW_RATE_HZ, samples: narrow },
  ];
  return { kind: 'pcm', renditions };
}

/** How much memory a sound takes. */
export function bytesOf(sound: Sound): number {
  if (sound.kind !== 'pcm') return 0;
  return sound.renditions.reduce((sum, { samples }) => sum + samples.byteLength, 0);
}
