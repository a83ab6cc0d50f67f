import { type AudioReading, isUsual, unreadable } from './audio-file';
import { BitReader, EndOfBits } from './bit-reader';
import { readSubframe } from './flac-subframe';

const STREAMINFO = 0;
const STREAMINFO_BYTES = 34;
/** RFC 9639 §9.1.1: of 16384 samples at the most in what is called streamable; of 65535 in all. */
const MAX_BLOCK = 65_535;
const SYNC = 0b11_1111_1111_1110;

interface StreamInfo {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly sampleBits: number;
}

/** How the channels of a frame go together (RFC 9639 §9.1.3). */
const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

const BLOCK_SIZES: Readonly<Record<number, number>> = {
  1: 192,
  ...Object.fromEntries([2, 3, 4, 5].map((code) => [code, 144 * 2 ** code])),
  ...Object.fromEntries([8, 9, 10, 11, 12, 13, 14, 15].map((code) => [code, 2 ** code])),
};
const SAMPLE_BITS: Readonly<Record<number, number>> = { 1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32 };
/** Bits of a header in which a rate is written out, by its code. */
const RATE_BITS: Readonly<Record<number, number>> = { 12: 8, 13: 16, 14: 16 };

/** Reads a FLAC file (RFC 9639); one in an Ogg file is none. */
export function readFlac(bytes: Buffer): AudioReading {
  if (bytes.toString('latin1', 0, 4) !== 'fLaC') return unreadable('it is no FLAC file');
  let info: StreamInfo | null = null;
  let at = 4;
  for (let isLast = false; !isLast; ) {
    const head = bytes[at];
    if (head === undefined || at + 4 > bytes.length) return unreadable('its header is cut off');
    isLast = (head & 0x80) !== 0;
    const size = bytes.readUIntBE(at + 1, 3);
    if ((head & 0x7f) === STREAMINFO && size >= STREAMINFO_BYTES) {
      info = infoOf(bytes.subarray(at + 4, at + 4 + size));
    }
    at += 4 + size;
  }
  if (info === null || !isUsual(info.sampleRateHz, info.channels)) {
    return unreadable('its FLAC format is none that we read');
  }
  const found = info;
  const start = at;
  const file = { sampleRateHz: found.sampleRateHz, pieces: () => frames(bytes, start, found) };
  return { ok: true, file };
}

function infoOf(block: Uint8Array): StreamInfo | null {
  if (block.length < STREAMINFO_BYTES) return null;
  const bits = new BitReader(block, 10);
  const sampleRateHz = bits.read(20);
  return { sampleRateHz, channels: bits.read(3) + 1, sampleBits: bits.read(5) + 1 };
}

/** The frames, mixed; the first that is broken ends it. */
function* frames(bytes: Uint8Array, start: number, info: StreamInfo): Generator<Float32Array> {
  let at = start;
  while (at < bytes.length) {
    const bits = new BitReader(bytes, at);
    let piece: Float32Array;
    try {
      piece = readFrame(bits, info);
    } catch (error) {
      if (error instanceof EndOfBits) return;
      throw error;
    }
    yield piece;
    at = bits.position;
  }
}

function readFrame(bits: BitReader, info: StreamInfo): Float32Array {
  if (bits.read(14) !== SYNC) throw new EndOfBits();
  bits.read(2);
  const blockCode = bits.read(4);
  const rateCode = bits.read(4);
  const assignment = bits.read(4);
  const bitsCode = bits.read(3);
  bits.read(1);
  skipNumber(bits);
  const blockSize = blockSizeOf(bits, blockCode);
  const rateBits = RATE_BITS[rateCode];
  if (rateBits !== undefined) bits.read(rateBits);
  bits.read(8);
  const sampleBits = SAMPLE_BITS[bitsCode] ?? info.sampleBits;
  const isPair = assignment >= LEFT_SIDE && assignment <= MID_SIDE;
  const channels = isPair ? 2 : assignment + 1;
  // What changes in mid-stream is a file that nobody makes.
  if (assignment > MID_SIDE || channels !== info.channels) throw new EndOfBits();
  const all = Array.from({ length: channels }, (_, channel) => {
    const isSide =
      (channel === 1 && (assignment === LEFT_SIDE || assignment === MID_SIDE)) ||
      (channel === 0 && assignment === SIDE_RIGHT);
    return readSubframe(bits, { blockSize, sampleBits: sampleBits + (isSide ? 1 : 0) });
  });
  bits.align();
  bits.read(16);
  return mono(all, { assignment, fullScale: 2 ** (sampleBits - 1) });
}

/** The frame's or sample's number, in as many bytes as its first one says (§9.1.5). */
function skipNumber(bits: BitReader): void {
  const first = bits.read(8);
  for (let bit = 0x40; (first & 0x80) !== 0 && (first & bit) !== 0; bit >>= 1) bits.read(8);
}

function blockSizeOf(bits: BitReader, code: number): number {
  if (code === 6) return bits.read(8) + 1;
  const size = code === 7 ? bits.read(16) + 1 : BLOCK_SIZES[code];
  if (size === undefined || size > MAX_BLOCK) throw new EndOfBits();
  return size;
}

/** The mean of the channels. A side channel is the left less the right one. */
function mono(
  all: readonly Int32Array[],
  { assignment, fullScale }: { readonly assignment: number; readonly fullScale: number },
): Float32Array {
  const [one = new Int32Array(0), other] = all;
  return Float32Array.from({ length: one.length }, (_, index) => {
    const first = one[index] ?? 0;
    const second = other?.[index] ?? 0;
    if (assignment === LEFT_SIDE) return (first - second / 2) / fullScale;
    if (assignment === SIDE_RIGHT) return (second + first / 2) / fullScale;
    if (assignment === MID_SIDE) return first / fullScale;
    let sum = 0;
    for (const channel of all) sum += channel[index] ?? 0;
    return sum / all.length / fullScale;
  });
}
