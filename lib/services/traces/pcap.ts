import { addressBytes } from '@/lib/core/cidr';
import type { TraceEndpoint, TraceMessage } from './types';

/** libpcap's file format, little endian, times in microseconds (draft-ietf-opsawg-pcap). */
const MAGIC = 0xa1b2c3d4;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const SNAP_LENGTH = 262_144;
/** Raw IP: the version is the packet's own first four bits. */
const LINKTYPE_RAW = 101;

const UDP = 17;
const UDP_HEADER_BYTES = 8;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const HOPS = 64;
/** What fits into one IPv4 packet. */
const MAX_PAYLOAD_BYTES = 65_535 - IPV4_HEADER_BYTES - UDP_HEADER_BYTES;

/**
 * Messages as a packet capture that any tool opens: each in one UDP packet between the real
 * addresses and at the real time, whatever transport it went by (streams and TLS have no packets
 * that would say anything). Header and UDP checksums are right.
 */
export function toPcap(messages: readonly TraceMessage[]): Buffer {
  return Buffer.concat([fileHeader(), ...messages.flatMap(record)]);
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_LENGTH, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  return header;
}

function record(message: TraceMessage): Buffer[] {
  const { direction, local, remote } = message;
  const [from, to] = direction === 'out' ? [local, remote] : [remote, local];
  const payload = Buffer.from(message.text, 'latin1').subarray(0, MAX_PAYLOAD_BYTES);
  const packet = ipPacket(from, to, payload);
  const micros = Math.round(message.atMs * 1_000);
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt32LE(Math.floor(micros / 1_000_000), 0);
  header.writeUInt32LE(micros % 1_000_000, 4);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length, 12);
  return [header, packet];
}

function ipPacket(from: TraceEndpoint, to: TraceEndpoint, payload: Buffer): Buffer {
  const [source, target] = sameFamily(from.address, to.address);
  const udp = udpDatagram({ from, to, source, target, payload });
  return source.length === 4
    ? Buffer.concat([ipv4Header(source, target, udp.length), udp])
    : Buffer.concat([ipv6Header(source, target, udp.length), udp]);
}

/** Both as IPv4, or both as IPv6 where one of them is; 0.0.0.0 for what is no address. */
function sameFamily(one: string, other: string): [Uint8Array, Uint8Array] {
  const first = addressBytes(one) ?? new Uint8Array(4);
  const second = addressBytes(other) ?? new Uint8Array(4);
  if (first.length === second.length) return [first, second];
  return [mapped(first), mapped(second)];
}

/** IPv4 as it is written within IPv6 (RFC 4291 §2.5.5.2). */
function mapped(address: Uint8Array): Uint8Array {
  if (address.length === 16) return address;
  const bytes = new Uint8Array(16);
  bytes.set([0xff, 0xff], 10);
  bytes.set(address, 12);
  return bytes;
}

/** RFC 791 §3.1. */
function ipv4Header(source: Uint8Array, target: Uint8Array, bodyBytes: number): Buffer {
  const header = Buffer.alloc(IPV4_HEADER_BYTES);
  header[0] = 0x45;
  header.writeUInt16BE(IPV4_HEADER_BYTES + bodyBytes, 2);
  header[8] = HOPS;
  header[9] = UDP;
  header.set(source, 12);
  header.set(target, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

/** RFC 8200 §3. */
function ipv6Header(source: Uint8Array, target: Uint8Array, bodyBytes: number): Buffer {
  const header = Buffer.alloc(IPV6_HEADER_BYTES);
  header[0] = 0x60;
  header.writeUInt16BE(bodyBytes, 4);
  header[6] = UDP;
  header[7] = HOPS;
  header.set(source, 8);
  header.set(target, 24);
  return header;
}

/** RFC 768; the pseudo-header of RFC 8200 §8.1 adds up to the same for IPv4. */
function udpDatagram(parts: {
  from: TraceEndpoint;
  to: TraceEndpoint;
  source: Uint8Array;
  target: Uint8Array;
  payload: Buffer;
}): Buffer {
  const { from, to, source, target, payload } = parts;
  const header = Buffer.alloc(UDP_HEADER_BYTES);
  const length = UDP_HEADER_BYTES + payload.length;
  header.writeUInt16BE(from.port & 0xffff, 0);
  header.writeUInt16BE(to.port & 0xffff, 2);
  header.writeUInt16BE(length, 4);
  const pseudo = Buffer.from([0, 0, length >> 8, length & 0xff, 0, 0, 0, UDP]);
  const sum = checksum([source, target, pseudo, header, payload]);
  // 0 would say that there is none.
  header.writeUInt16BE(sum === 0 ? 0xffff : sum, 6);
  return Buffer.concat([header, payload]);
}

/** RFC 1071; every part but the last has an even length. */
function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) {
      sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
    }
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
