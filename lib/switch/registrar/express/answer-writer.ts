import type { Span } from '@/lib/protocol/sip/span';

/** Room for an answer: a packet's own headers come back in it. */
export const MAX_ANSWER_BYTES = 4 * 1024;

/** Writes answers as bytes, each into the memory of the one before. */
export class AnswerWriter {
  readonly bytes = Buffer.allocUnsafeSlow(MAX_ANSWER_BYTES);
  at = 0;

  begin(): void {
    this.at = 0;
  }

  /** What was written since begin. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** A span of a packet. */
  copy(source: Uint8Array, { start, end }: Span): void {
    this.copyRange(source, start, end);
  }

  copyRange(source: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let { at } = this;
    for (let index = start; index < end; index += 1, at += 1) bytes[at] = source[index] ?? 0;
    this.at = at;
  }

  put(text: Uint8Array): void {
    this.copyRange(text, 0, text.length);
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
