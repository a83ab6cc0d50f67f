import { G711Decoder } from '@/lib/protocol/codecs/g711';
import { type AudioReading, isUsual, PIECE_FRAMES, unreadable } from './audio-file';

/** RIFF format tags (RFC 2361). */
const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const ULAW = 7;
/** The true tag stands at the start of its GUID. */
const EXTENSIBLE = 0xff_fe;
const GUID_AT = 24;
const HEADER_BYTES = 44;
const FULL_SCALE = 32_768;

/** The samples of some bytes, interleaved as they lie there. */
type Samples = (bytes: Buffer) => Float32Array;

interface Format {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly sampleBytes: number;
  readonly samples: Samples;
}

const pcmOf =
  (sampleBytes: number): Samples =>
  (bytes) =>
    Float32Array.from({ length: Math.floor(bytes.length / sampleBytes) }, (_, index) => {
      const at = index * sampleBytes;
      // Eight bits alone have no sign.
      if (sampleBytes === 1) return (bytes.readUInt8(at) - 128) / 128;
      return bytes.readIntLE(at, sampleBytes) / 2 ** (8 * sampleBytes - 1);
    });

const floats: Samples = (bytes) =>
  Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => {
    const sample = bytes.readFloatLE(index * 4);
    return Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
  });

function g711(law: 'PCMA' | 'PCMU'): Samples {
  const decoder = new G711Decoder(law);
  return (bytes) => {
    const pcm = new Int16Array(bytes.length);
    decoder.decode(bytes, pcm);
    return Float32Array.from(pcm, (sample) => sample / FULL_SCALE);
  };
}

function samplesOf(tag: number, sampleBytes: number): Samples | null {
  if (tag === PCM) return sampleBytes >= 1 && sampleBytes <= 4 ? pcmOf(sampleBytes) : null;
  if (tag === FLOAT) return sampleBytes === 4 ? floats : null;
  if (sampleBytes !== 1) return null;
  if (tag === ALAW) return g711('PCMA');
  return tag === ULAW ? g711('PCMU') : null;
}

function formatOf(chunk: Buffer): Format | null {
  if (chunk.length < 16) return null;
  const named = chunk.readUInt16LE(0);
  const isExtended = named === EXTENSIBLE && chunk.length >= GUID_AT + 2;
  const tag = isExtended ? chunk.readUInt16LE(GUID_AT) : named;
  const channels = chunk.readUInt16LE(2);
  const sampleRateHz = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  const samples = bits % 8 === 0 ? samplesOf(tag, bits / 8) : null;
  if (samples === null || !isUsual(sampleRateHz, channels)) return null;
  return { sampleRateHz, channels, sampleBytes: bits / 8, samples };
}

function* mixed({ channels, sampleBytes, samples }: Format, data: Buffer) {
  const frameBytes = channels * sampleBytes;
  const whole = data.length - (data.length % frameBytes);
  for (let at = 0; at < whole; at += PIECE_FRAMES * frameBytes) {
    const all = samples(data.subarray(at, Math.min(whole, at + PIECE_FRAMES * frameBytes)));
    if (channels === 1) yield all;
    else yield mono(all, channels);
  }
}

/** The mean of interleaved channels. */
function mono(all: Float32Array, channels: number): Float32Array {
  return Float32Array.from({ length: all.length / channels }, (_, frame) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += all[frame * channels + channel] ?? 0;
    }
    return sum / channels;
  });
}

/** Reads a WAV file: PCM of 8 to 32 bits, floats, A-law and µ-law. */
export function readWav(bytes: Buffer): AudioReading {
  const isRiff = bytes.length >= 12 && bytes.toString('latin1', 0, 4) === 'RIFF';
  if (!isRiff || bytes.toString('latin1', 8, 12) !== 'WAVE') return unreadable('it is no WAV file');
  let format: Format | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, Math.min(bytes.length, at + 8 + size));
    if (name === 'fmt ') format = formatOf(body);
    if (name === 'data') {
      if (format === null) return unreadable('its WAV format is none that we read');
      const found = format;
      const file = { sampleRateHz: found.sampleRateHz, pieces: () => mixed(found, body) };
      return { ok: true, file };
    }
    // Chunks begin at even places.
    at += 8 + size + (size % 2);
  }
  return unreadable('there is no sound in it');
}

/** A WAV file of one channel and 16 bits. */
export function wavOf(samples: Int16Array, sampleRateHz: number): Buffer {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
