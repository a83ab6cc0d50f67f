import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';
import type { Endpoint } from '@/lib/protocol/sip/transport';

/** RFC 5389 §6. */
const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
/** §15. Below 0x8000 an attribute must be understood, or the request refused (§7.3). */
const FIRST_OPTIONAL = 0x8000;
const XOR_MAPPED_ADDRESS = 0x0020;
const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x5354554e;
/** Understood without being looked at: nobody has to prove anything to keep a NAT open. */
const HARMLESS: ReadonlySet<number> = new Set([
  0x0006, // USERNAME
  0x0008, // MESSAGE-INTEGRITY
  0x0024, // PRIORITY
]);
/** Attributes looked at in one request. */
const MAX_ATTRIBUTES = 16;

/**
 * Whether a datagram is STUN and not SIP: the first two bits of STUN are zero, SIP begins with a
 * letter, and the cookie leaves no doubt (RFC 5389 §8).
 */
export function isStun(bytes: Buffer): boolean {
  if (bytes.length < HEADER_BYTES || ((bytes[0] ?? 0xff) & 0xc0) !== 0) return false;
  return bytes.readUInt32BE(4) === MAGIC_COOKIE;
}

/**
 * The answer to a binding request, by which a phone keeps its flow open and sees whether its
 * address has changed (RFC 5626 §4.4.2); undefined for anything that wants none. Never more than
 * 24 bytes longer than what was asked.
 */
export function answerBindingRequest(bytes: Buffer, from: Endpoint): Buffer | undefined {
  if (!isStun(bytes) || bytes.readUInt16BE(0) !== BINDING_REQUEST) return undefined;
  const length = bytes.readUInt16BE(2);
  if (length % 4 !== 0 || HEADER_BYTES + length !== bytes.length) return undefined;
  const attributes = attributeTypes(bytes);
  if (!attributes) return undefined;
  const transaction = bytes.subarray(4, HEADER_BYTES);
  const unknown = attributes.filter((type) => type < FIRST_OPTIONAL && !HARMLESS.has(type));
  const reply =
    unknown.length > 0
      ? message(BINDING_ERROR, transaction, unknownAttributes(unknown))
      : message(BINDING_SUCCESS, transaction, [mappedAddress(from, transaction)]);
  return attributes.includes(FINGERPRINT) ? withFingerprint(reply) : reply;
}

function attributeTypes(bytes: Buffer): number[] | undefined {
  const types: number[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    if (at + 4 > bytes.length || types.length >= MAX_ATTRIBUTES) return undefined;
    types.push(bytes.readUInt16BE(at));
    at += 4 + padded(bytes.readUInt16BE(at + 2));
    if (at > bytes.length) return undefined;
  }
  return types;
}

function message(type: number, transaction: Buffer, attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, transaction, body]);
}

function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** §15.2: port and address, XORed so that no NAT "helps" by rewriting them. */
function mappedAddress(from: Endpoint, transaction: Buffer): Buffer {
  const address = addressBytes(from.address);
  const value = Buffer.alloc(4 + address.length);
  value[1] = address.length === 4 ? 0x01 : 0x02;
  value.writeUInt16BE(from.port ^ (MAGIC_COOKIE >>> 16), 2);
  for (const [index, byte] of address.entries()) {
    value[4 + index] = byte ^ (transaction[index] ?? 0);
  }
  return attribute(XOR_MAPPED_ADDRESS, value);
}

/** §7.3.1: 420, and which ones. */
function unknownAttributes(types: readonly number[]): Buffer[] {
  const list = Buffer.alloc(types.length * 2);
  for (const [index, type] of types.entries()) list.writeUInt16BE(type, index * 2);
  return [attribute(ERROR_CODE, Buffer.from([0, 0, 4, 20])), attribute(UNKNOWN_ATTRIBUTES, list)];
}

/** §15.5: the CRC covers what precedes it, its own length already counted. */
function withFingerprint(reply: Buffer): Buffer {
  reply.writeUInt16BE(reply.length - HEADER_BYTES + 8, 2);
  const value = Buffer.alloc(4);
  value.writeUInt32BE((crc32(reply) ^ FINGERPRINT_XOR) >>> 0, 0);
  return Buffer.concat([reply, attribute(FINGERPRINT, value)]);
}

function addressBytes(address: string): Buffer {
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain)) return Buffer.from(plain.split('.').map(Number));
  const v4 = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const groups = v4 ? `${v4[1]}${hex(v4[2], v4[3])}:${hex(v4[4], v4[5])}` : plain;
  const [head = '', tail] = groups.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(8 - before.length - after.length, 0)).fill('0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...before, ...zeros, ...after].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  }
  return bytes;
}

function hex(high: string | undefined, low: string | undefined): string {
  return ((Number(high) << 8) | Number(low)).toString(16);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
