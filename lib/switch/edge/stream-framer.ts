/** What came out of a chunk. After an error the stream can't be understood any more: close it. */
export interface Framed {
  readonly messages: readonly Buffer[];
  /** Double CRLFs between messages: each wants a single one back (RFC 5626 §3.5.1). */
  readonly keepAlives: number;
  readonly error: string | undefined;
}

const CR = 0x0d;
const LF = 0x0a;
const FIRST_CAPACITY = 2_048;
/** An idle connection keeps no more than this. */
const KEPT_CAPACITY = 16_384;
const END_OF_HEADERS = '\r\n\r\n';

/** The Content-Length of a header block, or why it has none (§18.3: a stream can't do without). */
function contentLength(head: string): number | string {
  let found: string | undefined;
  for (const match of head.matchAll(/\r\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)/gi)) {
    if (found !== undefined) return 'duplicate Content-Length';
    found = match[1]?.trim();
  }
  if (found === undefined) return 'missing Content-Length';
  return /^\d{1,9}$/.test(found) ? Number(found) : 'malformed Content-Length';
}

/**
 * Cuts a byte stream into messages by Content-Length, whatever the pieces it comes in. Holds at
 * most one unfinished message.
 */
export class StreamFramer {
  private buffer = Buffer.alloc(0);
  private used = 0;
  /** Where the search for the end of the headers goes on. */
  private searchFrom = 0;
  /** Bytes of the whole message once its headers are here. */
  private wanted: number | undefined;
  private isHalfKeepAlive = false;
  private readonly maxHeaderBytes: number;
  private readonly maxBodyBytes: number;

  constructor(limits: { maxHeaderBytes: number; maxBodyBytes: number }) {
    this.maxHeaderBytes = limits.maxHeaderBytes;
    this.maxBodyBytes = limits.maxBodyBytes;
  }

  /** Whether a message has begun and not ended. */
  get isWaiting(): boolean {
    return this.used > 0;
  }

  push(chunk: Buffer): Framed {
    this.append(chunk);
    const messages: Buffer[] = [];
    let keepAlives = 0;
    for (;;) {
      if (this.wanted === undefined) keepAlives += this.skipLineEnds();
      const error = this.findEnd();
      if (error !== undefined) return { messages, keepAlives, error };
      if (this.wanted === undefined || this.used < this.wanted) break;
      messages.push(this.take(this.wanted));
      this.wanted = undefined;
    }
    return { messages, keepAlives, error: undefined };
  }

  private append(chunk: Buffer): void {
    const needed = this.used + chunk.length;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2, FIRST_CAPACITY));
      this.buffer.copy(larger, 0, 0, this.used);
      this.buffer = larger;
    }
    chunk.copy(this.buffer, this.used);
    this.used = needed;
  }

  /** Drops CRLFs before a message (§7.5), counting pairs; half a pair is remembered. */
  private skipLineEnds(): number {
    let at = 0;
    let keepAlives = 0;
    while (at + 1 < this.used && this.buffer[at] === CR && this.buffer[at + 1] === LF) {
      at += 2;
      if (this.isHalfKeepAlive) keepAlives += 1;
      this.isHalfKeepAlive = !this.isHalfKeepAlive;
    }
    if (at > 0) this.drop(at);
    if (this.used > 0 && this.buffer[0] !== CR) this.isHalfKeepAlive = false;
    return keepAlives;
  }

  private findEnd(): string | undefined {
    if (this.wanted !== undefined) return undefined;
    const view = this.buffer.subarray(0, this.used);
    const end = view.indexOf(END_OF_HEADERS, this.searchFrom, 'latin1');
    if (end < 0) {
      this.searchFrom = Math.max(this.used - 3, 0);
      return this.used > this.maxHeaderBytes ? 'headers too large' : undefined;
    }
    if (end > this.maxHeaderBytes) return 'headers too large';
    const length = contentLength(view.toString('latin1', 0, end));
    if (typeof length === 'string') return length;
    if (length > this.maxBodyBytes) return 'body too large';
    this.wanted = end + END_OF_HEADERS.length + length;
    return undefined;
  }

  /** Takes bytes off the front, as a copy of their own: a stored slice pins no big buffer. */
  private take(bytes: number): Buffer {
    const taken = Buffer.from(this.buffer.subarray(0, bytes));
    this.drop(bytes);
    return taken;
  }

  private drop(bytes: number): void {
    this.buffer.copy(this.buffer, 0, bytes, this.used);
    this.used -= bytes;
    this.searchFrom = 0;
    if (this.used === 0 && this.buffer.length > KEPT_CAPACITY) this.buffer = Buffer.alloc(0);
  }
}
