import { OpusDecoder } from '@/lib/protocol/codecs/opus';
import { type AudioReading, unreadable } from './audio-file';

const PAGE_HEAD_BYTES = 27;
/** Opus is decoded at whatever rate is wanted; this is what the switch plays. */
const RATE_HZ = 16_000;
/** Pre-skip and positions count at 48 kHz (RFC 7845 §5.1). */
const CLOCK_HZ = 48_000;
/** 120 ms, the longest that a packet holds. */
const MAX_SAMPLES = (RATE_HZ * 120) / 1_000;
const MAX_PACKET_BYTES = 61_440;
const FULL_SCALE = 32_768;

/**
 * Reads an Opus file (RFC 7845): of its first stream, mixed to one channel by libopus. What is
 * multiplexed with something else, or for more than two speakers, is refused.
 */
export function readOggOpus(bytes: Buffer): AudioReading {
  if (bytes.toString('latin1', 0, 4) !== 'OggS') return unreadable('it is no Ogg file');
  const [head] = packets(bytes);
  if (head === undefined || head.toString('latin1', 0, 8) !== 'OpusHead' || head.length < 19) {
    return unreadable('there is no Opus in the Ogg file');
  }
  const family = head.readUInt8(18);
  if (family !== 0) return unreadable('it is made for more than two speakers');
  const skip = Math.round((head.readUInt16LE(10) * RATE_HZ) / CLOCK_HZ);
  return { ok: true, file: { sampleRateHz: RATE_HZ, pieces: () => decoded(bytes, skip) } };
}

function* decoded(bytes: Buffer, skip: number): Generator<Float32Array> {
  const decoder = new OpusDecoder(RATE_HZ);
  try {
    const pcm = new Int16Array(MAX_SAMPLES);
    let index = 0;
    let left = skip;
    for (const packet of packets(bytes)) {
      index += 1;
      // The first two are its head and its tags.
      if (index <= 2) continue;
      const count = decoder.decode(packet, pcm);
      const dropped = Math.min(left, count);
      left -= dropped;
      if (count === dropped) continue;
      yield Float32Array.from(pcm.subarray(dropped, count), (sample) => sample / FULL_SCALE);
    }
  } finally {
    decoder.close();
  }
}

/** The packets of the first stream (RFC 3533 §6), up to the first page that is broken. */
function* packets(bytes: Buffer): Generator<Buffer> {
  let serial: number | undefined;
  let begun: Buffer[] = [];
  for (let at = 0; at + PAGE_HEAD_BYTES <= bytes.length; ) {
    if (bytes.toString('latin1', at, at + 4) !== 'OggS') return;
    const laces = bytes.subarray(
      at + PAGE_HEAD_BYTES,
      at + PAGE_HEAD_BYTES + bytes.readUInt8(at + 26),
    );
    const own = bytes.readUInt32LE(at + 14);
    serial ??= own;
    let start = at + PAGE_HEAD_BYTES + laces.length;
    let size = 0;
    for (const lace of laces) {
      size += lace;
      if (lace === 255) continue;
      if (own === serial) {
        yield Buffer.concat([...begun, bytes.subarray(start, start + size)]);
        begun = [];
      }
      start += size;
      size = 0;
    }
    if (size > 0 && own === serial) {
      begun.push(bytes.subarray(start, start + size));
      if (begun.reduce((sum, piece) => sum + piece.length, 0) > MAX_PACKET_BYTES) return;
    }
    at = start + size;
  }
}
