import { read16, read32 } from '@/lib/protocol/rtp/header';

/** What a receiver says of one source (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Lost since the last report, 0 to 1. */
  readonly lostFraction: number;
  /** Lost since the start; signed. */
  readonly lost: number;
  readonly highestSequence: number;
  /** In units of the stream's clock. */
  readonly jitterTicks: number;
  /** Middle 32 bits of the last SR's NTP time; 0 = none received. */
  readonly lastSr: number;
  /** Since that SR, in 1/65536 s. */
  readonly delaySinceLastSr: number;
}

/** What a sender says of itself (RFC 3550 §6.4.1). */
export interface SenderInfo {
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** An SR or RR; other packets of a compound are checked for their length and skipped. */
export interface RtcpReport {
  readonly type: 'SR' | 'RR';
  readonly ssrc: number;
  readonly sender: SenderInfo | null;
  readonly blocks: readonly ReportBlock[];
}

export type RtcpResult =
  | { readonly ok: true; readonly reports: readonly RtcpReport[] }
  | { readonly ok: false; readonly reason: 'short' | 'version' | 'type' | 'length' };

const SR = 200;
const RR = 201;
const HEADER_BYTES = 8;
const SENDER_BYTES = 20;
const BLOCK_BYTES = 24;

function readBlock(packet: Uint8Array, at: number): ReportBlock {
  const lost = read32(packet, at + 4) & 0xffffff;
  return {
    ssrc: read32(packet, at),
    lostFraction: (packet[at + 4] ?? 0) / 256,
    lost: lost >= 0x800000 ? lost - 0x1000000 : lost,
    highestSequence: read32(packet, at + 8),
    jitterTicks: read32(packet, at + 12),
    lastSr: read32(packet, at + 16),
    delaySinceLastSr: read32(packet, at + 20),
  };
}

function readSender(packet: Uint8Array, at: number): SenderInfo {
  return {
    ntpSeconds: read32(packet, at),
    ntpFraction: read32(packet, at + 4),
    rtpTimestamp: read32(packet, at + 8),
    packets: read32(packet, at + 12),
    octets: read32(packet, at + 16),
  };
}

/** The report at `start`, whose packet ends before `end`; null where its counts don't fit. */
function readReport(packet: Uint8Array, start: number, end: number): RtcpReport | null {
  const type = packet[start + 1] === SR ? 'SR' : 'RR';
  const count = (packet[start] ?? 0) & 0x1f;
  const blocksAt = start + HEADER_BYTES + (type === 'SR' ? SENDER_BYTES : 0);
  if (blocksAt + count * BLOCK_BYTES > end) return null;
  return {
    type,
    ssrc: read32(packet, start + 4),
    sender: type === 'SR' ? readSender(packet, start + HEADER_BYTES) : null,
    blocks: Array.from({ length: count }, (_, index) =>
      readBlock(packet, blocksAt + index * BLOCK_BYTES),
    ),
  };
}

/**
 * Reads the reports of a compound packet, checked as RFC 3550 A.2 says: version 2 throughout, an SR
 * or RR first, lengths that add up to the datagram.
 */
export function parseRtcp(packet: Uint8Array): RtcpResult {
  if (packet.length < HEADER_BYTES) return { ok: false, reason: 'short' };
  const first = packet[1] ?? 0;
  if (first !== SR && first !== RR) return { ok: false, reason: 'type' };
  const reports: RtcpReport[] = [];
  let start = 0;
  while (start < packet.length) {
    if (packet.length - start < 4) return { ok: false, reason: 'length' };
    if ((packet[start] ?? 0) >> 6 !== 2) return { ok: false, reason: 'version' };
    const end = start + 4 + 4 * read16(packet, start + 2);
    if (end > packet.length) return { ok: false, reason: 'length' };
    const type = packet[start + 1] ?? 0;
    if (type === SR || type === RR) {
      const report = readReport(packet, start, end);
      if (!report) return { ok: false, reason: 'length' };
      reports.push(report);
    }
    start = end;
  }
  return { ok: true, reports };
}
