const RATE_HZ = 8000;
const WAV_HEADER_BYTES = 44;

/** A WAV file (8 kHz, 16 bit) with a tone, on each of its channels. */
export function toneWav(toneHz: number, seconds: number, channels = 1): Buffer {
  const samples = RATE_HZ * seconds;
  const frameBytes = 2 * channels;
  const wav = Buffer.alloc(WAV_HEADER_BYTES + samples * frameBytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(RATE_HZ, 24);
  wav.writeUInt32LE(RATE_HZ * frameBytes, 28);
  wav.writeUInt16LE(frameBytes, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * frameBytes, 40);
  for (let index = 0; index < samples * channels; index += 1) {
    const angle = (2 * Math.PI * toneHz * Math.floor(index / channels)) / RATE_HZ;
    wav.writeInt16LE(Math.round(Math.sin(angle) * 12_000), WAV_HEADER_BYTES + index * 2);
  }
  return wav;
}

/** The samples of a 16-bit WAV file as one channel at 8 kHz, whatever its rate and channels. */
export function wavSamples(wav: Buffer): Float64Array {
  const start = Math.max(wav.indexOf('data') + 8, WAV_HEADER_BYTES);
  if (wav.length <= start) return new Float64Array(0);
  // What makes one sample at 8 kHz is averaged: tones lie far below what that would spoil.
  // Who records still may write its header last: until then it is 8 kHz, one channel.
  const channels = Math.max(1, wav.readUInt16LE(22));
  const group = channels * Math.max(1, Math.round(wav.readUInt32LE(24) / RATE_HZ));
  const samples = new Float64Array(Math.floor((wav.length - start) / 2 / group));
  for (let index = 0; index < samples.length; index += 1) {
    let sum = 0;
    for (let part = 0; part < group; part += 1) {
      sum += wav.readInt16LE(start + 2 * (index * group + part));
    }
    samples[index] = sum / group / 32_768;
  }
  return samples;
}

/** The share of a signal's energy that lies at one frequency (Goertzel), 0 … 1. */
export function toneShare(samples: Float64Array, toneHz: number): number {
  if (samples.length === 0) return 0;
  const step = 2 * Math.cos((2 * Math.PI * toneHz) / RATE_HZ);
  let before = 0;
  let beforeThat = 0;
  let energy = 0;
  for (const sample of samples) {
    const now = sample + step * before - beforeThat;
    beforeThat = before;
    before = now;
    energy += sample * sample;
  }
  const power = before * before + beforeThat * beforeThat - step * before * beforeThat;
  return energy === 0 ? 0 : power / ((energy * samples.length) / 2);
}

/** How well the loudest quarter of a second of some sound is found again in another, 0 … 1. */
export function foundAgain(sound: Float64Array, within: Float64Array): number {
  const energyOf = (piece: Float64Array) => piece.reduce((sum, sample) => sum + sample ** 2, 0);
  let loudest = sound.subarray(0, WINDOW_SAMPLES);
  for (let at = 0; at + WINDOW_SAMPLES <= sound.length; at += WINDOW_SAMPLES / 4) {
    const piece = sound.subarray(at, at + WINDOW_SAMPLES);
    if (energyOf(piece) > energyOf(loudest)) loudest = piece;
  }
  const wanted = Math.sqrt(energyOf(loudest));
  let best = 0;
  for (let at = 0; at + loudest.length <= within.length; at += 1) {
    const piece = within.subarray(at, at + loudest.length);
    let alike = 0;
    for (let index = 0; index < piece.length; index += 1) {
      alike += (piece[index] ?? 0) * (loudest[index] ?? 0);
    }
    const energy = Math.sqrt(energyOf(piece)) * wanted;
    if (energy > 0) best = Math.max(best, alike / energy);
  }
  return best;
}

/** A quarter of a second: what a player that slips a sample now and then still gets right. */
const WINDOW_SAMPLES = 2_000;

/** The share of a tone in the quarter of a second in which it is clearest. */
export function clearestTone(samples: Float64Array, toneHz: number): number {
  let best = 0;
  for (let start = 0; start + WINDOW_SAMPLES <= samples.length; start += WINDOW_SAMPLES) {
    best = Math.max(best, toneShare(samples.slice(start, start + WINDOW_SAMPLES), toneHz));
  }
  return best;
}
