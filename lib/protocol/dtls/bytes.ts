/** Numbers of one to three octets, most significant first, as TLS writes lengths. */
export function number8(value: number): Buffer {
  return Buffer.from([value & 0xff]);
}

export function number16(value: number): Buffer {
  return Buffer.from([(value >>> 8) & 0xff, value & 0xff]);
}

export function number24(value: number): Buffer {
  return Buffer.from([(value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
}

/** A vector (RFC 5246 §4.3): its length in front of it, in so many octets. */
export function vector(lengthBytes: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = { 1: number8, 2: number16, 3: number24 }[lengthBytes](body.length);
  return Buffer.concat([length, body]);
}

/** Reads what TLS wrote, in order. What is not there reads as nothing, and `isWhole` is false then. */
export class ByteReader {
  isWhole = true;
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) {
      this.isWhole = false;
      this.at = this.bytes.length;
      return Buffer.alloc(0);
    }
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  number(lengthBytes: 1 | 2 | 3): number {
    const taken = this.take(lengthBytes);
    return taken.length === lengthBytes ? taken.readUIntBE(0, lengthBytes) : 0;
  }

  vector(lengthBytes: 1 | 2 | 3): Buffer {
    return this.take(this.number(lengthBytes));
  }
}
