/** The bytes came to an end before the value did. */
export class EndOfBits extends Error {
  constructor() {
    super('the bits have come to an end');
    this.name = 'EndOfBits';
  }
}

/** Reads bits, the most significant first. Throws EndOfBits where there are no more. */
export class BitReader {
  private readonly bytes: Uint8Array;
  private byte: number;
  private bit = 0;

  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes;
    this.byte = start;
  }

  /** Where the next whole byte begins. */
  get position(): number {
    return this.bit === 0 ? this.byte : this.byte + 1;
  }

  /** Up to 32 bits as a number without a sign. */
  read(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      if (this.byte >= this.bytes.length) throw new EndOfBits();
      const taken = Math.min(left, 8 - this.bit);
      const current = this.bytes[this.byte] ?? 0;
      const part = (current >> (8 - this.bit - taken)) & ((1 << taken) - 1);
      value = value * 2 ** taken + part;
      this.skip(taken);
      left -= taken;
    }
    return value;
  }

  /** The same in two's complement. */
  readSigned(count: number): number {
    if (count === 0) return 0;
    const value = this.read(count);
    return value >= 2 ** (count - 1) ? value - 2 ** count : value;
  }

  /** How many zeros come before the next one, at most `most`. */
  readUnary(most: number): number {
    for (let zeros = 0; ; zeros += 1) {
      if (this.read(1) === 1) return zeros;
      if (zeros >= most) throw new EndOfBits();
    }
  }

  /** Goes on with the next whole byte. */
  align(): void {
    if (this.bit > 0) this.skip(8 - this.bit);
  }

  private skip(bits: number): void {
    this.bit += bits;
    if (this.bit < 8) return;
    this.bit = 0;
    this.byte += 1;
  }
}
