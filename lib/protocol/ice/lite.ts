import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import {
  attribute,
  BINDING_ERROR,
  BINDING_REQUEST,
  BINDING_SUCCESS,
  errorCode,
  FINGERPRINT,
  FIRST_OPTIONAL,
  fingerprintOf,
  HEADER_BYTES,
  mappedAddress,
  message,
  padded,
  unknownAttributes,
  withFingerprint,
} from '@/lib/protocol/stun/attributes';
import { isStun } from '@/lib/protocol/stun/binding-request';

/** RFC 5389 §15.4: HMAC-SHA1. */
const MESSAGE_INTEGRITY = 0x0008;
const INTEGRITY_BYTES = 20;
const USERNAME = 0x0006;
/** RFC 8445 §16.1. */
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const ICE_CONTROLLED = 0x8029;
const FINGERPRINT_BYTES = 4;
/** Attributes looked at in one check; browsers send about ten. */
const MAX_ATTRIBUTES = 24;
const ATTRIBUTE_HEADER_BYTES = 4;
const UNDERSTOOD: ReadonlySet<number> = new Set([
  USERNAME,
  MESSAGE_INTEGRITY,
  PRIORITY,
  USE_CANDIDATE,
]);
const ROLE_CONFLICT = 487;

/** The short-term credentials of a leg: ours, and what the far side is called. */
export interface LiteCredentials {
  readonly ufrag: string;
  readonly pwd: string;
  readonly peerUfrag: string;
}

/** A check of somebody who knows the credentials. */
export interface Check {
  readonly reply: Buffer;
  /** Whether media may come from there. */
  readonly isValid: boolean;
  /** Whether media is to go there (RFC 8445 §7.3.1.5). */
  readonly nominates: boolean;
}

interface Place {
  readonly at: number;
  readonly value: Buffer;
}

/**
 * Answers a connectivity check as ICE's lite half does (RFC 8445 §2.5, §7.3): it checks nothing
 * itself, and takes what the far side nominates. Null for whatever does not prove that it knows our
 * password: strangers get no answer, not even that there is nothing for them.
 */
export function answerCheck(
  bytes: Buffer,
  from: Endpoint,
  credentials: LiteCredentials,
): Check | null {
  if (!isStun(bytes) || bytes.readUInt16BE(0) !== BINDING_REQUEST) return null;
  const attributes = attributesOf(bytes);
  if (!attributes || !isWhole(bytes, attributes)) return null;
  const { ufrag, pwd, peerUfrag } = credentials;
  const username = attributes.get(USERNAME)?.value.toString('latin1');
  if (username !== `${ufrag}:${peerUfrag}` || !isAuthentic(bytes, attributes, pwd)) return null;
  const transaction = bytes.subarray(4, HEADER_BYTES);
  const say = (type: number, said: readonly Buffer[]): Buffer =>
    withFingerprint(withIntegrity(message(type, transaction, said), pwd));
  const refuse = (said: readonly Buffer[]): Check => ({
    reply: say(BINDING_ERROR, said),
    isValid: false,
    nominates: false,
  });
  const unknown = [...attributes.keys()].filter(
    (type) => type < FIRST_OPTIONAL && !UNDERSTOOD.has(type),
  );
  if (unknown.length > 0) return refuse(unknownAttributes(unknown));
  // Who is lite is controlled; two of them would wait for each other (§7.3.1.1).
  if (attributes.has(ICE_CONTROLLED)) return refuse([errorCode(ROLE_CONFLICT)]);
  return {
    reply: say(BINDING_SUCCESS, [mappedAddress(from, transaction)]),
    isValid: true,
    nominates: attributes.has(USE_CANDIDATE),
  };
}

/** The attributes of a message by their types, the first of each; null where they don't add up. */
function attributesOf(bytes: Buffer): ReadonlyMap<number, Place> | null {
  const length = bytes.readUInt16BE(2);
  if (length % 4 !== 0 || HEADER_BYTES + length !== bytes.length) return null;
  const attributes = new Map<number, Place>();
  let count = 0;
  for (let at = HEADER_BYTES; at < bytes.length; count += 1) {
    if (at + ATTRIBUTE_HEADER_BYTES > bytes.length || count >= MAX_ATTRIBUTES) return null;
    const type = bytes.readUInt16BE(at);
    const start = at + ATTRIBUTE_HEADER_BYTES;
    const end = start + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) return null;
    // What follows the proof is not proven: only the fingerprint counts there (RFC 5389 §15.4).
    const isProven = !attributes.has(MESSAGE_INTEGRITY) || type === FINGERPRINT;
    if (isProven && !attributes.has(type)) {
      attributes.set(type, { at, value: bytes.subarray(start, end) });
    }
    at = start + padded(end - start);
    if (at > bytes.length) return null;
  }
  return attributes;
}

/** Every check bears a fingerprint, at its end (RFC 8445 §7.1). */
function isWhole(bytes: Buffer, attributes: ReadonlyMap<number, Place>): boolean {
  const found = attributes.get(FINGERPRINT);
  if (found?.value.length !== FINGERPRINT_BYTES) return false;
  const end = found.at + ATTRIBUTE_HEADER_BYTES + FINGERPRINT_BYTES;
  return (
    end === bytes.length &&
    found.value.readUInt32BE(0) === fingerprintOf(bytes.subarray(0, found.at))
  );
}

function isAuthentic(bytes: Buffer, attributes: ReadonlyMap<number, Place>, pwd: string): boolean {
  const found = attributes.get(MESSAGE_INTEGRITY);
  if (found?.value.length !== INTEGRITY_BYTES) return false;
  return timingSafeEqual(integrityOf(bytes.subarray(0, found.at), pwd), found.value);
}

/** §15.4: of what precedes the attribute, its length as if the message ended with it. */
function integrityOf(before: Buffer, pwd: string): Buffer {
  const head = Buffer.from(before.subarray(0, ATTRIBUTE_HEADER_BYTES));
  const length = before.length - HEADER_BYTES + ATTRIBUTE_HEADER_BYTES + INTEGRITY_BYTES;
  head.writeUInt16BE(length, 2);
  const hmac = createHmac('sha1', pwd).update(head);
  return hmac.update(before.subarray(ATTRIBUTE_HEADER_BYTES)).digest();
}

function withIntegrity(reply: Buffer, pwd: string): Buffer {
  const proof = attribute(MESSAGE_INTEGRITY, integrityOf(reply, pwd));
  const whole = Buffer.concat([reply, proof]);
  whole.writeUInt16BE(whole.length - HEADER_BYTES, 2);
  return whole;
}
