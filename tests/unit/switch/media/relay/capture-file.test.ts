import { beforeEach, expect, test } from 'vitest';
import { CALLEE, CALLER, type CaptureRecord } from '@/lib/protocol/recording/capture-format';
import { captureHead, readCapture } from '@/lib/protocol/recording/read-capture';
import { BATCH_BYTES, BatchPool } from '@/lib/switch/media/relay/capture-batch';
import { type CaptureEnd, CaptureFile } from '@/lib/switch/media/relay/capture-file';
import { MemoryDisk } from './memory-disk';

const PATH = 'x.capture';
let disk: MemoryDisk;
let ended: CaptureEnd[];
const pool = new BatchPool();

beforeEach(() => {
  disk = new MemoryDisk();
  ended = [];
});

function fileWith(key: Uint8Array | null = null): CaptureFile {
  const start = { captureId: 'x', path: PATH, head: captureHead('{}'), key };
  return new CaptureFile({
    start,
    disk,
    pool,
    nowMs: 1_000,
    firstBytes: BATCH_BYTES,
    onEnd: (end) => ended.push(end),
  });
}

/** As large as one of G.711, numbered. */
function packetOf(number: number): Buffer {
  const packet = Buffer.alloc(172, 0xd5);
  packet.writeUInt16BE(0x8008, 0);
  packet.writeUInt16BE(number & 0xffff, 2);
  packet.writeUInt32BE(number, 4);
  return packet;
}

async function recordsIn(key: Uint8Array | null = null): Promise<CaptureRecord[]> {
  async function* source() {
    yield disk.files.get(PATH) ?? Buffer.alloc(0);
  }
  const records: CaptureRecord[] = [];
  for await (const record of readCapture(source(), key)) records.push(record);
  return records;
}

const numbersOf = (records: readonly CaptureRecord[]): number[] =>
  records.flatMap((one) =>
    one.kind === 'packet' ? [Buffer.from(one.packet).readUInt32BE(4)] : [],
  );

test.each([
  ['in the clear', null],
  ['sealed', Buffer.alloc(32, 7)],
])('what is taken is what is read, in order and with its time, %s', async (_how, key) => {
  const file = fileWith(key);
  file.learn(CALLER, [{ payloadType: 8, name: 'PCMA/8000', clockRateHz: 8_000 }], 1_000);
  for (let number = 0; number < 1_000; number += 1) {
    file.take(number % 2 === 0 ? CALLER : CALLEE, packetOf(number), 1_000 + number * 10);
  }
  file.end(11_000, true);
  expect(ended).toMatchObject([{ captureId: 'x', isIncomplete: false }]);
  const records = await recordsIn(key);
  expect(records[0]).toMatchObject({ kind: 'types', side: CALLER });
  expect(records.at(-1)).toEqual({ kind: 'stop', atMs: 10_000 });
  expect(numbersOf(records)).toEqual(Array.from({ length: 1_000 }, (_, number) => number));
  expect(records[7]).toMatchObject({ atMs: 60, side: CALLER });
  expect(disk.files.get(PATH)?.includes(Buffer.from('PCMA'))).toBe(key === null);
});

test('two seconds after it was said it is on disk, so a crash costs no more', async () => {
  const file = fileWith();
  file.take(CALLER, packetOf(1), 1_500);
  file.sweep(3_400);
  expect(await recordsIn()).toHaveLength(0);
  file.sweep(3_500);
  expect(numbersOf(await recordsIn())).toEqual([1]);
});

test('nothing is taken while it is paused; the pause is dated back, the resume ahead', async () => {
  const file = fileWith();
  file.take(CALLER, packetOf(1), 1_100);
  file.pause(2_000, 600);
  file.take(CALLER, packetOf(2), 2_100);
  file.resume(3_000, 300);
  file.take(CALLER, packetOf(3), 3_200);
  file.take(CALLER, packetOf(4), 3_300);
  file.end(4_000, true);
  const records = await recordsIn();
  expect(numbersOf(records)).toEqual([1, 4]);
  expect(records.filter(({ kind }) => kind !== 'packet')).toEqual([
    { kind: 'pause', atMs: 400 },
    { kind: 'resume', atMs: 2_300 },
    { kind: 'stop', atMs: 3_000 },
  ]);
});

test('a disk that stands still costs packets, not the call, and the recording says so', async () => {
  const file = fileWith();
  disk.stick();
  const perBatch = Math.floor(BATCH_BYTES / 180);
  // More than may wait: six batches, and the one that is being filled.
  for (let number = 0; number < 20 * perBatch; number += 1)
    file.take(CALLER, packetOf(number), 2_000);
  disk.letGo();
  file.take(CALLER, packetOf(99_999), 60_000);
  file.end(61_000, true);
  expect(ended).toMatchObject([{ isIncomplete: true }]);
  const records = await recordsIn();
  const numbers = numbersOf(records);
  expect(numbers.slice(0, 7 * perBatch)).toEqual(
    Array.from({ length: 7 * perBatch }, (_, at) => at),
  );
  expect(numbers.at(-1)).toBe(99_999);
  expect(records.some(({ kind }) => kind === 'lost')).toBe(true);
  expect(records.at(-1)?.kind).toBe('stop');
});

test('a disk that is full ends the capture, and what was written stays', async () => {
  const file = fileWith();
  for (let number = 0; number < 400; number += 1) file.take(CALLER, packetOf(number), 2_000);
  disk.isFull = true;
  for (let number = 400; number < 2_000; number += 1) file.take(CALLER, packetOf(number), 3_000);
  file.end(4_000, true);
  expect(ended).toMatchObject([{ isIncomplete: true }]);
  expect(numbersOf(await recordsIn()).length).toBeGreaterThan(100);
});

test('a file that can not be made is told of at the end', () => {
  disk.files.set(PATH, Buffer.from('something else'));
  const file = fileWith();
  file.take(CALLER, packetOf(1), 2_000);
  file.end(3_000, true);
  expect(ended).toMatchObject([{ isIncomplete: true, bytes: 0 }]);
  expect(disk.files.get(PATH)?.toString()).toBe('something else');
});

test('what is not to be kept is gone', () => {
  const file = fileWith();
  file.take(CALLER, packetOf(1), 2_000);
  file.end(3_000, false);
  expect(disk.files.size).toBe(0);
  expect(ended).toHaveLength(1);
});
