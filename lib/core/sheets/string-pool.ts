const FIRST_BYTES = 65_536;
const FIRST_STRINGS = 1_024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Millions of short texts by number, as bytes side by side: a fraction of what strings would take. */
export class StringPool {
  private bytes = new Uint8Array(FIRST_BYTES);
  private ends = new Uint32Array(FIRST_STRINGS);
  private used = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** What it takes in memory. */
  get byteLength(): number {
    return this.bytes.byteLength + this.ends.byteLength;
  }

  add(text: string): void {
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    const wanted = this.used + text.length * 3;
    if (wanted > this.bytes.length) {
      const larger = new Uint8Array(Math.max(wanted, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    if (this.count === this.ends.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.ends);
      this.ends = larger;
    }
    this.used += encoder.encodeInto(text, this.bytes.subarray(this.used)).written;
    this.ends[this.count] = this.used;
    this.count += 1;
  }

  /** undefined where there is none of that number. */
  at(index: number): string | undefined {
    const end = this.ends[index];
    if (index >= this.count || end === undefined) return undefined;
    const start = index === 0 ? 0 : (this.ends[index - 1] ?? 0);
    return decoder.decode(this.bytes.subarray(start, end));
  }
}
