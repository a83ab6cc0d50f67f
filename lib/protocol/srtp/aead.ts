import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto';
import type { SessionKeys } from './session-keys';
import {
  ENCIPHERED,
  type PacketPosition,
  type PacketTransform,
  RTCP_CLEAR_BYTES,
  RTCP_INDEX_BYTES,
} from './transform';

const TAG_BYTES = 16;
const IV_BYTES = 12;

/** What is authenticated of RTCP: its clear octets and its index (RFC 7714 §9.2, §9.3). */
const rtcpClear = Buffer.alloc(RTCP_CLEAR_BYTES + RTCP_INDEX_BYTES);

/** AES-GCM (RFC 7714), for RTP or for RTCP. */
export class AeadTransform implements PacketTransform {
  private readonly key: Buffer;
  private readonly salt: Buffer;
  private readonly algorithm: CipherGCMTypes;
  private readonly iv = Buffer.alloc(IV_BYTES);

  constructor({ cipherKey, salt }: SessionKeys) {
    this.key = cipherKey;
    this.salt = salt;
    this.algorithm = cipherKey.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
  }

  sealRtp(packet: Uint8Array, clearBytes: number, position: PacketPosition): Buffer {
    const sealed = Buffer.allocUnsafe(packet.length + TAG_BYTES);
    sealed.set(packet);
    const cipher = createCipheriv(this.algorithm, this.key, this.ivOf(position));
    cipher.setAAD(packet.subarray(0, clearBytes));
    sealed.set(cipher.update(packet.subarray(clearBytes)), clearBytes);
    cipher.final();
    sealed.set(cipher.getAuthTag(), packet.length);
    return sealed;
  }

  openRtp(sealed: Uint8Array, clearBytes: number, position: PacketPosition): Uint8Array | null {
    const tagAt = sealed.length - TAG_BYTES;
    const body = sealed.subarray(clearBytes, tagAt);
    const clear = sealed.subarray(0, clearBytes);
    if (!this.decipher(body, { clear, tag: sealed.subarray(tagAt), position })) return null;
    return sealed.subarray(0, tagAt);
  }

  sealRtcp(packet: Uint8Array, position: PacketPosition): Buffer {
    const { length } = packet;
    const sealed = Buffer.allocUnsafe(length + TAG_BYTES + RTCP_INDEX_BYTES);
    sealed.set(packet);
    const index = (ENCIPHERED | (position.high << 16) | position.low) >>> 0;
    sealed.writeUInt32BE(index, length + TAG_BYTES);
    const cipher = createCipheriv(this.algorithm, this.key, this.ivOf(position));
    rtcpClear.set(packet.subarray(0, RTCP_CLEAR_BYTES));
    rtcpClear.writeUInt32BE(index, RTCP_CLEAR_BYTES);
    cipher.setAAD(rtcpClear);
    sealed.set(cipher.update(packet.subarray(RTCP_CLEAR_BYTES)), RTCP_CLEAR_BYTES);
    cipher.final();
    sealed.set(cipher.getAuthTag(), length);
    return sealed;
  }

  openRtcp(sealed: Uint8Array, position: PacketPosition): Uint8Array | null {
    const indexAt = this.rtcpIndexAt(sealed);
    const tagAt = indexAt - TAG_BYTES;
    const tag = sealed.subarray(tagAt, indexAt);
    const isEnciphered = ((sealed[indexAt] ?? 0) & 0x80) !== 0;
    if (!isEnciphered) {
      // Authenticated alone: all of it is associated data (RFC 7714 §9.3).
      const clear = Buffer.concat([sealed.subarray(0, tagAt), sealed.subarray(indexAt)]);
      const nothing = sealed.subarray(tagAt, tagAt);
      const isRight = this.decipher(nothing, { clear, tag, position });
      return isRight ? sealed.subarray(0, tagAt) : null;
    }
    rtcpClear.set(sealed.subarray(0, RTCP_CLEAR_BYTES));
    rtcpClear.set(sealed.subarray(indexAt), RTCP_CLEAR_BYTES);
    const body = sealed.subarray(RTCP_CLEAR_BYTES, tagAt);
    if (!this.decipher(body, { clear: rtcpClear, tag, position })) return null;
    return sealed.subarray(0, tagAt);
  }

  rtcpIndexAt(sealed: Uint8Array): number {
    return sealed.length - RTCP_INDEX_BYTES;
  }

  /** In place, once the tag is known to be right. */
  private decipher(
    body: Uint8Array,
    sealing: {
      readonly clear: Uint8Array;
      readonly tag: Uint8Array;
      readonly position: PacketPosition;
    },
  ): boolean {
    const iv = this.ivOf(sealing.position);
    const decipher = createDecipheriv(this.algorithm, this.key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(sealing.clear);
    decipher.setAuthTag(sealing.tag);
    const plain = decipher.update(body);
    try {
      decipher.final();
    } catch {
      // That is how node says that a tag is wrong.
      return false;
    }
    body.set(plain);
    return true;
  }

  /** RFC 7714 §8.1; §9.1 has RTCP's index at the end, behind zeros, which comes to the same. */
  private ivOf({ ssrc, high, low }: PacketPosition): Buffer {
    const { iv, salt } = this;
    iv.writeUInt16BE(0, 0);
    iv.writeUInt32BE(ssrc, 2);
    iv.writeUInt32BE(high, 6);
    iv.writeUInt16BE(low, 10);
    for (let index = 0; index < IV_BYTES; index += 1) {
      iv[index] = (iv[index] ?? 0) ^ (salt[index] ?? 0);
    }
    return iv;
  }
}
