const BLOCK_BYTES = 64;
/** The bit that ends a message and its length (RFC 1321 §3.1, §3.2). */
const PADDING_BYTES = 9;

/** RFC 1321 §3.4: 2^32 times the sines of 1 to 64. */
const SINES = Int32Array.from(
  { length: 64 },
  (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0,
);

const words = new Int32Array(16);
const state = new Int32Array(4);

/** Bytes that a buffer must have so that a message of so many can be hashed in it. */
export function md5Room(messageBytes: number): number {
  return Math.ceil((messageBytes + PADDING_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function word(index: number): number {
  return words[index & 15] ?? 0;
}

function sine(index: number): number {
  return SINES[index] ?? 0;
}

/** One block (RFC 1321 §3.4): four rounds of sixteen steps, four of them at a time. */
function digestBlock(bytes: Uint8Array, from: number): void {
  for (let index = 0; index < 16; index += 1) {
    const at = from + index * 4;
    const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    words[index] = low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  for (let i = 0; i < 16; i += 4) {
    a = (b + rotated((a + ((b & c) | (~b & d)) + word(i) + sine(i)) | 0, 7)) | 0;
    d = (a + rotated((d + ((a & b) | (~a & c)) + word(i + 1) + sine(i + 1)) | 0, 12)) | 0;
    c = (d + rotated((c + ((d & a) | (~d & b)) + word(i + 2) + sine(i + 2)) | 0, 17)) | 0;
    b = (c + rotated((b + ((c & d) | (~c & a)) + word(i + 3) + sine(i + 3)) | 0, 22)) | 0;
  }
  for (let i = 16; i < 32; i += 4) {
    const at = i * 5 + 1;
    a = (b + rotated((a + ((d & b) | (~d & c)) + word(at) + sine(i)) | 0, 5)) | 0;
    d = (a + rotated((d + ((c & a) | (~c & b)) + word(at + 5) + sine(i + 1)) | 0, 9)) | 0;
    c = (d + rotated((c + ((b & d) | (~b & a)) + word(at + 10) + sine(i + 2)) | 0, 14)) | 0;
    b = (c + rotated((b + ((a & c) | (~a & d)) + word(at + 15) + sine(i + 3)) | 0, 20)) | 0;
  }
  for (let i = 32; i < 48; i += 4) {
    const at = i * 3 + 5;
    a = (b + rotated((a + (b ^ c ^ d) + word(at) + sine(i)) | 0, 4)) | 0;
    d = (a + rotated((d + (a ^ b ^ c) + word(at + 3) + sine(i + 1)) | 0, 11)) | 0;
    c = (d + rotated((c + (d ^ a ^ b) + word(at + 6) + sine(i + 2)) | 0, 16)) | 0;
    b = (c + rotated((b + (c ^ d ^ a) + word(at + 9) + sine(i + 3)) | 0, 23)) | 0;
  }
  for (let i = 48; i < 64; i += 4) {
    const at = i * 7;
    a = (b + rotated((a + (c ^ (b | ~d)) + word(at) + sine(i)) | 0, 6)) | 0;
    d = (a + rotated((d + (b ^ (a | ~c)) + word(at + 7) + sine(i + 1)) | 0, 10)) | 0;
    c = (d + rotated((c + (a ^ (d | ~b)) + word(at + 14) + sine(i + 2)) | 0, 15)) | 0;
    b = (c + rotated((b + (d ^ (c | ~a)) + word(at + 21) + sine(i + 3)) | 0, 21)) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}

/**
 * MD5 (RFC 1321) of the first bytes of a buffer, given as 32 lower-case hex digits. The buffer's rest
 * is used for padding: see md5Room. For the digests of registrations, of which there are thousands a
 * second: a message of three blocks costs less here than the way to OpenSSL and back, and leaves no
 * garbage. Anything else goes through node:crypto.
 */
export function md5Hex(message: Uint8Array, length: number, hex: Uint8Array): void {
  const end = md5Room(length);
  message[length] = 0x80;
  message.fill(0, length + 1, end);
  const bits = length * 8;
  for (let index = 0; index < 4; index += 1) message[end - 8 + index] = bits >>> (index * 8);
  state[0] = 0x67452301;
  state[1] = 0xefcdab89 | 0;
  state[2] = 0x98badcfe | 0;
  state[3] = 0x10325476;
  for (let from = 0; from < end; from += BLOCK_BYTES) digestBlock(message, from);
  for (let index = 0; index < 16; index += 1) {
    const byte = ((state[index >> 2] ?? 0) >>> ((index & 3) * 8)) & 0xff;
    hex[index * 2] = hexDigit(byte >> 4);
    hex[index * 2 + 1] = hexDigit(byte & 15);
  }
}

/** The character of a hex digit, in lower case. */
export function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
