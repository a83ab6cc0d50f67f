import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';
import type { Endpoint } from '@/lib/protocol/sip/transport';

/** RFC 5389 §6. */
export const MAGIC_COOKIE = 0x2112a442;
export const HEADER_BYTES = 20;
export const BINDING_REQUEST = 0x0001;
export const BINDING_SUCCESS = 0x0101;
export const BINDING_ERROR = 0x0111;
/** §15. Below 0x8000 an attribute must be understood, or the request refused (§7.3). */
export const FIRST_OPTIONAL = 0x8000;
export const FINGERPRINT = 0x8028;
const XOR_MAPPED_ADDRESS = 0x0020;
const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const FINGERPRINT_XOR = 0x5354554e;

/** A message with its header (§6). */
export function message(type: number, transaction: Buffer, attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, transaction, body]);
}

/** An attribute with its header, filled up to a whole word (§15). */
export function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** §15.2: port and address, XORed so that no NAT "helps" by rewriting them. */
export function mappedAddress(from: Endpoint, transaction: Buffer): Buffer {
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
export function unknownAttributes(types: readonly number[]): Buffer[] {
  const list = Buffer.alloc(types.length * 2);
  for (const [index, type] of types.entries()) list.writeUInt16BE(type, index * 2);
  return [errorCode(420), attribute(UNKNOWN_ATTRIBUTES, list)];
}

/** §15.6, without words. */
export function errorCode(code: number): Buffer {
  return attribute(ERROR_CODE, Buffer.from([0, 0, Math.floor(code / 100), code % 100]));
}

/** §15.5: the CRC covers what precedes it, its own length already counted. */
export function withFingerprint(reply: Buffer): Buffer {
  reply.writeUInt16BE(reply.length - HEADER_BYTES + 8, 2);
  const value = Buffer.alloc(4);
  value.writeUInt32BE(fingerprintOf(reply), 0);
  return Buffer.concat([reply, attribute(FINGERPRINT, value)]);
}

/** §15.5: of all that precedes the attribute, in a message that counts it. */
export function fingerprintOf(before: Uint8Array): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
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

/** Attributes begin at whole words (§15). */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
