import { read16, read32 } from '@/lib/protocol/rtp/header';

const SR = 200;
const RR = 201;
const SDES = 202;
const BYE = 203;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const HEADER_BYTES = 8;
const SENDER_BYTES = 20;
const BLOCK_BYTES = 24;
/** Where they lie in an SR. */
const TIMESTAMP = 16;
const PACKETS = 20;
const OCTETS = 24;

/** What a translator put in place of a stream (RFC 3550 §7.2). */
export interface Translation {
  /** The SSRC that stands for another; one that was left as it is, itself. */
  readonly ssrcOf: (ssrc: number) => number;
  /** What the sender of a report says of its stream, of the stream that was put in its place. */
  readonly sender: {
    readonly timestampOf: (timestamp: number) => number;
    /** Null: as many as it says itself. */
    readonly counted: { readonly packets: number; readonly octets: number } | null;
  } | null;
}

function write32(packet: Uint8Array, at: number, value: number): void {
  packet[at] = value >>> 24;
  packet[at + 1] = (value >>> 16) & 0xff;
  packet[at + 2] = (value >>> 8) & 0xff;
  packet[at + 3] = value & 0xff;
}

function translateOne(packet: Uint8Array, start: number, translation: Translation): void {
  const { ssrcOf, sender } = translation;
  const end = start + 4 + 4 * read16(packet, start + 2);
  const rename = (at: number): void => {
    if (at + 4 <= end) write32(packet, at, ssrcOf(read32(packet, at)));
  };
  const type = packet[start + 1] ?? 0;
  const count = (packet[start] ?? 0) & 0x1f;
  if (type === BYE) {
    for (let index = 0; index < count; index += 1) rename(start + 4 + 4 * index);
    return;
  }
  if (type < SR || type > PAYLOAD_FEEDBACK) return;
  const isFeedback = type === TRANSPORT_FEEDBACK || type === PAYLOAD_FEEDBACK;
  if (isFeedback) rename(start + 8);
  if (isFeedback || type === SDES || type === SR || type === RR) rename(start + 4);
  if (type !== SR && type !== RR) return;
  if (type === SR && sender !== null && start + HEADER_BYTES + SENDER_BYTES <= end) {
    write32(packet, start + TIMESTAMP, sender.timestampOf(read32(packet, start + TIMESTAMP)));
    if (sender.counted !== null) {
      write32(packet, start + PACKETS, sender.counted.packets);
      write32(packet, start + OCTETS, sender.counted.octets);
    }
  }
  const blocksAt = start + HEADER_BYTES + (type === SR ? SENDER_BYTES : 0);
  for (let index = 0; index < count; index += 1) rename(blocksAt + index * BLOCK_BYTES);
}

/**
 * Says of our stream, in place, what a leg's reports say of its own, and of the leg's what its peer
 * says of ours (RFC 3550 §7.2). For packets that `parseRtcp` takes. Of the highest sequence number in
 * a report block nothing is said anew: it counts in our numbers.
 */
export function translateReports(packet: Uint8Array, translation: Translation): void {
  for (let start = 0; start + HEADER_BYTES <= packet.length; ) {
    translateOne(packet, start, translation);
    start += 4 + 4 * read16(packet, start + 2);
  }
}
