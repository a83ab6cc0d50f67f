import { type Cipher, createCipheriv } from 'node:crypto';
import { endianness } from 'node:os';
import { HmacSha1, hasTag } from './hmac-sha1';
import type { SessionKeys } from './session-keys';
import type { SrtpSuite } from './suites';
import {
  ENCIPHERED,
  type PacketPosition,
  type PacketTransform,
  RTCP_CLEAR_BYTES,
  RTCP_INDEX_BYTES,
} from './transform';

const BLOCK_BYTES = 16;
const BLOCK_HALVES = BLOCK_BYTES / 2;
/** A datagram has at most 1,500 octets; see hmac-sha1.ts for what has more. */
const MAX_BLOCKS = 128;

/** Counter blocks of one packet, the counters in their places already. */
const blocks = Buffer.alloc(MAX_BLOCKS * BLOCK_BYTES);
const halves = new Uint16Array(blocks.buffer, blocks.byteOffset, MAX_BLOCKS * BLOCK_HALVES);
for (let index = 0; index < MAX_BLOCKS; index += 1) {
  blocks.writeUInt16BE(index, index * BLOCK_BYTES + BLOCK_BYTES - 2);
}

const isLittleEndian = endianness() === 'LE';
const onWire = (half: number): number =>
  isLittleEndian ? ((half & 0xff) << 8) | (half >>> 8) : half;

/**
 * AES in counter mode (RFC 3711 §4.1.1, RFC 6188 §2). The key stream comes from enciphering counter
 * blocks with a cipher that lives as long as the key: a third of what one for each packet costs.
 */
class KeyStream {
  private readonly cipher: Cipher;
  /** The salt, by halves of a block. */
  private readonly salt: readonly number[];

  constructor({ cipherKey, salt }: SessionKeys) {
    const algorithm = cipherKey.length === 32 ? 'aes-256-ecb' : 'aes-128-ecb';
    this.cipher = createCipheriv(algorithm, cipherKey, null);
    this.salt = Array.from({ length: BLOCK_HALVES - 1 }, (_, half) => salt.readUInt16BE(half * 2));
  }

  /** Enciphers or deciphers all from `start` on, in place. */
  apply(bytes: Uint8Array, start: number, position: PacketPosition): void {
    const end = bytes.length;
    const count = Math.ceil((end - start) / BLOCK_BYTES);
    if (count === 0) return;
    this.fill(count, position);
    const stream = this.cipher.update(blocks.subarray(0, count * BLOCK_BYTES));
    for (let at = start, from = 0; at < end; at += 1, from += 1) {
      bytes[at] = (bytes[at] ?? 0) ^ (stream[from] ?? 0);
    }
  }

  private fill(count: number, { ssrc, high, low }: PacketPosition): void {
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0] = this.salt;
    const h0 = onWire(s0);
    const h1 = onWire(s1);
    const h2 = onWire(s2 ^ (ssrc >>> 16));
    const h3 = onWire(s3 ^ (ssrc & 0xffff));
    const h4 = onWire(s4 ^ (high >>> 16));
    const h5 = onWire(s5 ^ (high & 0xffff));
    const h6 = onWire(s6 ^ low);
    for (let index = 0, at = 0; index < count; index += 1, at += BLOCK_HALVES) {
      halves[at] = h0;
      halves[at + 1] = h1;
      halves[at + 2] = h2;
      halves[at + 3] = h3;
      halves[at + 4] = h4;
      halves[at + 5] = h5;
      halves[at + 6] = h6;
    }
  }
}

/** AES-CM with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1), for RTP or for RTCP. */
export class CounterModeTransform implements PacketTransform {
  private readonly stream: KeyStream;
  private readonly hmac: HmacSha1;
  private readonly rtpTagBytes: number;
  private readonly rtcpTagBytes: number;

  constructor(suite: SrtpSuite, keys: SessionKeys) {
    this.stream = new KeyStream(keys);
    this.hmac = new HmacSha1(keys.authenticationKey);
    this.rtpTagBytes = suite.rtpTagBytes;
    this.rtcpTagBytes = suite.rtcpTagBytes;
  }

  sealRtp(packet: Uint8Array, clearBytes: number, position: PacketPosition): Buffer {
    const end = packet.length;
    const sealed = Buffer.allocUnsafe(end + this.rtpTagBytes);
    sealed.set(packet);
    const body = sealed.subarray(0, end);
    this.stream.apply(body, clearBytes, position);
    const digest = this.hmac.of(body, position.high);
    sealed.write(digest, end, this.rtpTagBytes, 'latin1');
    return sealed;
  }

  openRtp(sealed: Uint8Array, clearBytes: number, position: PacketPosition): Uint8Array | null {
    const at = sealed.length - this.rtpTagBytes;
    const packet = sealed.subarray(0, at);
    const digest = this.hmac.of(packet, position.high);
    if (!hasTag(sealed, { digest, at, length: this.rtpTagBytes })) return null;
    this.stream.apply(packet, clearBytes, position);
    return packet;
  }

  sealRtcp(packet: Uint8Array, position: PacketPosition): Buffer {
    const indexAt = packet.length;
    const tagAt = indexAt + RTCP_INDEX_BYTES;
    const sealed = Buffer.allocUnsafe(tagAt + this.rtcpTagBytes);
    sealed.set(packet);
    this.stream.apply(sealed.subarray(0, indexAt), RTCP_CLEAR_BYTES, position);
    sealed.writeUInt32BE((ENCIPHERED | (position.high << 16) | position.low) >>> 0, indexAt);
    const digest = this.hmac.of(sealed.subarray(0, tagAt), null);
    sealed.write(digest, tagAt, this.rtcpTagBytes, 'latin1');
    return sealed;
  }

  openRtcp(sealed: Uint8Array, position: PacketPosition): Uint8Array | null {
    const at = sealed.length - this.rtcpTagBytes;
    const digest = this.hmac.of(sealed.subarray(0, at), null);
    if (!hasTag(sealed, { digest, at, length: this.rtcpTagBytes })) return null;
    const packet = sealed.subarray(0, at - RTCP_INDEX_BYTES);
    const isEnciphered = ((sealed[packet.length] ?? 0) & 0x80) !== 0;
    if (isEnciphered) this.stream.apply(packet, RTCP_CLEAR_BYTES, position);
    return packet;
  }

  rtcpIndexAt(sealed: Uint8Array): number {
    return sealed.length - this.rtcpTagBytes - RTCP_INDEX_BYTES;
  }
}
