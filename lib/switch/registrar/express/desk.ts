const SPACE = 0x20;
const DELETE = 0x7f;

/** What a packet may have: a REGISTER with credentials has some 700 bytes. */
export const MAX_PACKET_BYTES = 2_048;
/** Room for an answer behind it: the packet's own headers come back in it. */
const MAX_ANSWER_BYTES = 2 * MAX_PACKET_BYTES;
const HIGH_BITS = 0x80808080 | 0;
/** Up to here the bytes are moved sooner than the engine's own functions are called. */
const FEW_BYTES = 32;

/**
 * The one place at which a packet is read and its answer written, always the same memory: words can
 * be looked at instead of bytes, and what comes back is moved within it.
 */
export class Desk {
  readonly bytes = Buffer.allocUnsafeSlow(MAX_PACKET_BYTES + MAX_ANSWER_BYTES);
  /** Where the answer goes on. */
  at = MAX_PACKET_BYTES;
  /** Answers lie at one place and differ in length alone: an object for each length, not for each. */
  private readonly answers = new Array<Buffer | undefined>(MAX_ANSWER_BYTES + 1).fill(undefined);
  private readonly words = new Int32Array(
    this.bytes.buffer,
    this.bytes.byteOffset,
    MAX_PACKET_BYTES / Int32Array.BYTES_PER_ELEMENT,
  );

  /** Takes a packet of at most MAX_PACKET_BYTES; how long it is. */
  take(source: Buffer, start: number, end: number): number {
    this.at = MAX_PACKET_BYTES;
    return source.copy(this.bytes, 0, start, end);
  }

  /** The first byte from there on that is no printable ASCII character; `end` where all are. */
  textEnd(from: number, end: number): number {
    const { bytes, words } = this;
    let at = from;
    for (; (at & 3) !== 0 && at < end; at += 1) if (isControl(bytes[at] ?? 0)) return at;
    let index = at >> 2;
    const lastWord = end >> 2;
    for (; index < lastWord; index += 1) {
      const word = words[index] ?? 0;
      // Below a space a byte borrows, DEL and above it overflows into its own highest bit.
      const isOdd = word | ((word + 0x01010101) | 0) | (((word - 0x20202020) | 0) & ~word);
      if ((isOdd & HIGH_BITS) !== 0) break;
    }
    for (at = Math.max(at, index << 2); at < end; at += 1) {
      if (isControl(bytes[at] ?? 0)) return at;
    }
    return end;
  }

  /** The answer so far, until the next one is written. */
  answer(): Buffer {
    const length = this.at - MAX_PACKET_BYTES;
    const known = this.answers[length];
    if (known !== undefined) return known;
    const answer = this.bytes.subarray(MAX_PACKET_BYTES, this.at);
    this.answers[length] = answer;
    return answer;
  }

  put(text: Uint8Array): void {
    const { bytes, at } = this;
    const { length } = text;
    if (length > FEW_BYTES) bytes.set(text, at);
    else for (let index = 0; index < length; index += 1) bytes[at + index] = text[index] ?? 0;
    this.at = at + length;
  }

  /** Repeats what stands in the packet (or in the answer). */
  copy(start: number, end: number): void {
    const { bytes, at } = this;
    const length = end - start;
    if (length > FEW_BYTES) bytes.copyWithin(at, start, end);
    else
      for (let index = 0; index < length; index += 1) bytes[at + index] = bytes[start + index] ?? 0;
    this.at = at + length;
  }

  putText(text: string): void {
    const { bytes } = this;
    let { at } = this;
    for (let index = 0; index < text.length; index += 1, at += 1) {
      bytes[at] = text.charCodeAt(index);
    }
    this.at = at;
  }

  putNumber(value: number): void {
    if (value >= 10) this.putNumber(Math.trunc(value / 10));
    this.bytes[this.at] = 0x30 + (value % 10);
    this.at += 1;
  }
}

function isControl(code: number): boolean {
  return code < SPACE || code >= DELETE;
}
