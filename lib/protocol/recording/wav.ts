import type { StereoPiece } from './render';

/** RIFF, "fmt " of 16 bytes, and the head of "data". */
export const WAV_HEADER_BYTES = 44;
const CHANNELS = 2;
const SAMPLE_BYTES = 2;
const PCM = 1;

/** Bytes of a WAV file of so many samples a side. */
export function wavBytes(samples: number): number {
  return WAV_HEADER_BYTES + samples * CHANNELS * SAMPLE_BYTES;
}

/** The header of a WAV file: 16 bit, two channels, so many samples a side. */
export function wavHeader(samples: number, rateHz: number): Buffer {
  const frameBytes = CHANNELS * SAMPLE_BYTES;
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(wavBytes(samples) - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * frameBytes, 28);
  header.writeUInt16LE(frameBytes, 32);
  header.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples * frameBytes, 40);
  return header;
}

/** The samples of both sides as a WAV file has them. */
export function interleaved({ left, right }: StereoPiece): Buffer {
  const bytes = Buffer.alloc(left.length * CHANNELS * SAMPLE_BYTES);
  for (let index = 0; index < left.length; index += 1) {
    bytes.writeInt16LE(left[index] ?? 0, index * 4);
    bytes.writeInt16LE(right[index] ?? 0, index * 4 + 2);
  }
  return bytes;
}
