import {
  CAPTURE_MAGIC,
  type CaptureRecord,
  MAX_CHUNK_BYTES,
  MAX_HEADER_BYTES,
  recordsOf,
} from './capture-format';
import { CAPTURE_TAG_BYTES, openChunk } from './capture-seal';

const LENGTH_BYTES = 4;

/** The file's bytes, from its first to as far as it was written. */
export type CaptureSource = AsyncIterable<Uint8Array>;

/** Takes bytes from a stream in the lengths that are asked for. */
class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: CaptureSource) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Null where the stream ends before; what is left then is lost with it. */
  async take(bytes: number): Promise<Buffer | null> {
    while (this.rest.length < bytes) {
      const next = await this.source.next();
      if (next.done) return null;
      this.rest = Buffer.concat([this.rest, next.value]);
    }
    const taken = this.rest.subarray(0, bytes);
    this.rest = this.rest.subarray(bytes);
    return taken;
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }
}

async function headerIn(reader: ByteReader): Promise<string | null> {
  const magic = await reader.take(CAPTURE_MAGIC.length);
  if (magic?.toString('latin1') !== CAPTURE_MAGIC) return null;
  const length = (await reader.take(LENGTH_BYTES))?.readUInt32LE(0) ?? 0;
  if (length === 0 || length > MAX_HEADER_BYTES) return null;
  return (await reader.take(length))?.toString('utf8') ?? null;
}

/** The beginning of a capture whose header is this text. */
export function captureHead(header: string): Buffer {
  const text = Buffer.from(header, 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from(CAPTURE_MAGIC, 'latin1'), length, text]);
}

/** What a capture's maker wrote in front; null where it is none. */
export async function readCaptureHeader(source: CaptureSource): Promise<string | null> {
  const reader = new ByteReader(source);
  try {
    return await headerIn(reader);
  } finally {
    await reader.close();
  }
}

/**
 * The records of a capture as far as it was written: whoever wrote it may have ended in the middle of
 * a chunk. `key`: of a sealed one.
 */
export async function* readCapture(
  source: CaptureSource,
  key: Uint8Array | null,
): AsyncGenerator<CaptureRecord, void, void> {
  const reader = new ByteReader(source);
  try {
    if ((await headerIn(reader)) === null) return;
    const mostBytes = MAX_CHUNK_BYTES + CAPTURE_TAG_BYTES;
    for (let index = 0; ; index += 1) {
      const bytes = (await reader.take(LENGTH_BYTES))?.readUInt32LE(0) ?? 0;
      if (bytes === 0 || bytes > mostBytes) return;
      const content = await reader.take(bytes);
      const chunk = content && (key === null ? content : openChunk(key, index, content));
      if (chunk === null) return;
      yield* recordsOf(chunk);
    }
  } finally {
    await reader.close();
  }
}
