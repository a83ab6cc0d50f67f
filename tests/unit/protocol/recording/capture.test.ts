import { expect, test } from 'vitest';
import {
  alignedBytes,
  CALLEE,
  CALLER,
  type CaptureRecord,
  headWord,
  PACKET,
  RECORD_HEAD_BYTES,
  recordsOf,
  TYPES,
  typesContent,
} from '@/lib/protocol/recording/capture-format';
import { CAPTURE_KEY_BYTES, openChunk, sealChunk } from '@/lib/protocol/recording/capture-seal';
import { captureHead, readCapture, readCaptureHeader } from '@/lib/protocol/recording/read-capture';

function record(kind: number, side: 0 | 1, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(RECORD_HEAD_BYTES + alignedBytes(content.length));
  bytes.writeUInt32LE(headWord(kind, side, content.length), 0);
  bytes.writeUInt32LE(kind === PACKET ? 20 : 5, 4);
  bytes.set(content, RECORD_HEAD_BYTES);
  return bytes;
}

function framed(chunk: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(chunk.length);
  return Buffer.concat([length, chunk]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(source: AsyncIterable<CaptureRecord>): Promise<CaptureRecord[]> {
  const records: CaptureRecord[] = [];
  for await (const one of source) records.push(one);
  return records;
}

const packet = Uint8Array.of(128, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 42);
const types = [{ payloadType: 8, name: 'PCMA/8000', clockRateHz: 8_000 }];
const chunk = Buffer.concat([
  record(TYPES, CALLER, typesContent(types)),
  record(PACKET, CALLEE, packet),
]);

test('records are read as they were written, whatever the pieces that the file comes in', async () => {
  const file = Buffer.concat([captureHead('{"id":"x"}'), framed(chunk), framed(chunk)]);
  for (const size of [1, 7, 10_000]) {
    expect(await readCaptureHeader(inPieces(file, size))).toBe('{"id":"x"}');
    const records = await all(readCapture(inPieces(file, size), null));
    expect(records).toHaveLength(4);
    expect(records[0]).toEqual({ kind: 'types', atMs: 5, side: CALLER, types });
    expect(records[1]).toMatchObject({ kind: 'packet', atMs: 20, side: CALLEE });
    const read = records[1]?.kind === 'packet' ? [...records[1].packet] : [];
    expect(read).toEqual([...packet]);
  }
});

test('a file that ends anywhere gives what was whole', async () => {
  const file = Buffer.concat([captureHead('{}'), framed(chunk), framed(chunk)]);
  for (let length = 0; length < file.length; length += 1) {
    const records = await all(readCapture(inPieces(file.subarray(0, length), 64), null));
    expect(records.length % 2).toBe(0);
    expect(records.length).toBeLessThan(4);
  }
});

test('a sealed chunk opens with its key in its place alone', () => {
  const key = Buffer.alloc(CAPTURE_KEY_BYTES, 1);
  const sealed = Buffer.concat(sealChunk(key, 3, chunk));
  expect(sealed.includes(Buffer.from('PCMA'))).toBe(false);
  expect(openChunk(key, 3, sealed)).toEqual(chunk);
  expect(openChunk(key, 4, sealed)).toBeNull();
  expect(openChunk(Buffer.alloc(32, 2), 3, sealed)).toBeNull();
  expect(openChunk(key, 3, sealed.subarray(0, 5))).toBeNull();
  const changed = Buffer.from(sealed);
  changed[0] = (changed[0] ?? 0) ^ 1;
  expect(openChunk(key, 3, changed)).toBeNull();
});

test('spoilt chunks throw nothing', async () => {
  for (let at = 0; at < chunk.length; at += 1) {
    const spoilt = Buffer.from(chunk);
    spoilt[at] = 0xff;
    expect(() => [...recordsOf(spoilt)]).not.toThrow();
  }
  expect(await readCaptureHeader(inPieces(Buffer.from('no capture at all'), 5))).toBeNull();
});
