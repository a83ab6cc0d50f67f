import { assert } from '@/lib/core/errors';
import { OpusEncoder } from '@/lib/protocol/codecs/opus';
import { FRAME_MS } from '@/lib/protocol/codecs/voice-codec';
import type { StereoPiece } from './render';
import type { RecordingRateHz } from './survey';

/** Granules count at 48 kHz, whatever was recorded (RFC 7845 §4). */
const GRANULE_HZ = 48_000;
const GRANULES_A_FRAME = (GRANULE_HZ * FRAME_MS) / 1_000;
/** What the encoder takes to begin, and players leave out: 6.5 ms (RFC 7845 §4.2). */
const PRE_SKIP = 312;
/** A second of packets a page: players seek by pages. */
const PACKETS_A_PAGE = 50;
const SEGMENT_BYTES = 255;
const FIRST_PAGE = 2;
const LAST_PAGE = 4;
const PAGE_HEAD_BYTES = 27;
/** One frame in a packet (RFC 6716 §3.1). */
const CODE_BITS = 3;
/** Lengths of frames that take one octet (RFC 6716 §3.2.1). */
const SHORT_LENGTHS = 252;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 0x8000_0000) === 0 ? value << 1 : (value << 1) ^ 0x04c1_1db7;
  }
  return value >>> 0;
});

/** Ogg's checksum (RFC 3533 §6): no reflection, no inversion. */
function checksum(page: Uint8Array): number {
  let sum = 0;
  for (const byte of page)
    sum = ((sum << 8) ^ (CRC_TABLE[((sum >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return sum;
}

/** Segment lengths of a packet: 255 as often as it goes in, then the rest (RFC 3533 §6). */
function segmentsOf(bytes: number): number[] {
  const full = Math.floor(bytes / SEGMENT_BYTES);
  return [...new Array<number>(full).fill(SEGMENT_BYTES), bytes % SEGMENT_BYTES];
}

interface Page {
  readonly flags: number;
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
  readonly packets: readonly Uint8Array[];
}

function pageOf({ flags, granule, serial, sequence, packets }: Page): Buffer {
  const segments = packets.flatMap(({ length }) => segmentsOf(length));
  assert(segments.length <= SEGMENT_BYTES, 'an Ogg page has 255 segments at the most');
  const head = Buffer.alloc(PAGE_HEAD_BYTES + segments.length);
  head.write('OggS', 0, 'latin1');
  head[5] = flags;
  head.writeBigInt64LE(BigInt(granule), 6);
  head.writeUInt32LE(serial, 14);
  head.writeUInt32LE(sequence, 18);
  head[26] = segments.length;
  head.set(segments, PAGE_HEAD_BYTES);
  const page = Buffer.concat([head, ...packets]);
  page.writeUInt32LE(checksum(page), 22);
  return page;
}

/**
 * "OpusHead" (RFC 7845 §5.1) with channel mapping family 1: two streams of one channel each, so that
 * no side is ever mixed into the other, as stereo coupling does.
 */
function opusHead(rateHz: number): Buffer {
  const head = Buffer.alloc(23);
  head.write('OpusHead', 0, 'latin1');
  head[8] = 1;
  head[9] = 2;
  head.writeUInt16LE(PRE_SKIP, 10);
  head.writeUInt32LE(rateHz, 12);
  head.set([1, 2, 0, 0, 1], 18);
  return head;
}

/** "OpusTags" (RFC 7845 §5.2) without a comment. */
function opusTags(): Buffer {
  const vendor = Buffer.from('tollbridge', 'latin1');
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(vendor.length, 8);
  vendor.copy(tags, 12);
  return tags;
}

/** A packet of one frame that says its own length, as all streams but the last have (RFC 6716 B). */
function selfDelimited(packet: Uint8Array): Uint8Array {
  const frameBytes = packet.length - 1;
  const short = frameBytes < SHORT_LENGTHS;
  const first = short ? frameBytes : SHORT_LENGTHS + (frameBytes & CODE_BITS);
  const length = short ? [first] : [first, (frameBytes - first) >> 2];
  return Buffer.concat([packet.subarray(0, 1), Uint8Array.from(length), packet.subarray(1)]);
}

/** What an encoder made, copied: it is overwritten by the next. */
function encoded(encoder: OpusEncoder, pcm: Int16Array): Buffer {
  const packet = Buffer.from(encoder.encode(pcm));
  assert(packet.length > 0 && ((packet[0] ?? 0) & CODE_BITS) === 0, 'a packet is one frame');
  return packet;
}

export interface OggOpusOptions {
  readonly rateHz: RecordingRateHz;
  /** Of each side. */
  readonly samples: number;
  /** Any number; tells the stream from others in one file. */
  readonly serial: number;
}

/** Both sides as Opus in Ogg (RFC 7845), each a channel of its own; ends with the last sample. */
export async function* oggOpusOf(
  pieces: AsyncIterable<StereoPiece>,
  { rateHz, samples, serial }: OggOpusOptions,
): AsyncGenerator<Buffer, void, void> {
  const encoders = [new OpusEncoder(rateHz), new OpusEncoder(rateHz)] as const;
  const frame = (rateHz * FRAME_MS) / 1_000;
  const last = PRE_SKIP + (samples * GRANULE_HZ) / rateHz;
  let sequence = 0;
  let granule = 0;
  let packets: Uint8Array[] = [];
  const page = (flags = 0): Buffer => {
    const made = pageOf({ flags, granule: Math.min(granule, last), serial, sequence, packets });
    sequence += 1;
    packets = [];
    return made;
  };
  const push = (left: Int16Array, right: Int16Array): void => {
    const [one, other] = [encoded(encoders[0], left), encoded(encoders[1], right)];
    packets.push(Buffer.concat([selfDelimited(one), other]));
    granule += GRANULES_A_FRAME;
  };
  try {
    packets = [opusHead(rateHz)];
    yield page(FIRST_PAGE);
    packets = [opusTags()];
    yield page();
    for await (const piece of framed(pieces, frame)) {
      if (packets.length === PACKETS_A_PAGE) yield page();
      push(piece.left, piece.right);
    }
    // What the encoder holds back comes out with the next frame.
    const silence = new Int16Array(frame);
    while (granule < last) {
      if (packets.length === PACKETS_A_PAGE) yield page();
      push(silence, silence);
    }
    yield page(LAST_PAGE);
  } finally {
    for (const encoder of encoders) encoder.close();
  }
}

/** The same sound in frames of one length, the last filled up with silence. */
async function* framed(
  pieces: AsyncIterable<StereoPiece>,
  length: number,
): AsyncGenerator<StereoPiece, void, void> {
  for await (const { left, right } of pieces) {
    for (let start = 0; start < left.length; start += length) {
      const end = start + length;
      if (end <= left.length) {
        yield { left: left.subarray(start, end), right: right.subarray(start, end) };
        continue;
      }
      const rest = { left: new Int16Array(length), right: new Int16Array(length) };
      rest.left.set(left.subarray(start));
      rest.right.set(right.subarray(start));
      yield rest;
    }
  }
}
