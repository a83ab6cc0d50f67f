import type { Endpoint } from '@/lib/protocol/sip/transport';
import {
  BINDING_ERROR,
  BINDING_REQUEST,
  BINDING_SUCCESS,
  FINGERPRINT,
  FIRST_OPTIONAL,
  HEADER_BYTES,
  MAGIC_COOKIE,
  mappedAddress,
  message,
  padded,
  unknownAttributes,
  withFingerprint,
} from './attributes';

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
