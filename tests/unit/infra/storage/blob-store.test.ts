import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BlobStore, openBlobStore } from '@/lib/infra/storage/blob-store';

const KEY = 'a key for tests that is long enough';
const OTHER_KEY = 'another key for tests, as long as it';
const NAME = 'recordings/2026-11/one.wav';

let root = '';
let store: BlobStore;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  store = openBlobStore(root, [KEY]);
});
afterEach(async () => rm(root, { recursive: true }));

/** Bytes that tell their place. */
function contentOf(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
}

async function* inChunks(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function logged(name: string): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of store.readLog(name)) pieces.push(piece);
  return pieces;
}

async function readAll(from: BlobStore, range?: { start: number; end: number }): Promise<Buffer> {
  const { stream } = await from.read(NAME, range);
  return Buffer.concat(await stream.toArray());
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe.each([
  { isSealed: false, how: 'plain' },
  { isSealed: true, how: 'sealed' },
])('a $how blob', ({ isSealed }) => {
  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 300_001])('of %i bytes comes back', async (n) => {
    const content = contentOf(n);
    expect(await store.write(NAME, inChunks(content, 10_007), { isSealed })).toEqual({ bytes: n });
    const { bytes } = await store.read(NAME);
    expect(bytes).toBe(n);
    expect((await readAll(store)).equals(content)).toBe(true);
  });

  it('is read in parts, also across its pieces', async () => {
    const content = contentOf(200_000);
    await store.write(NAME, [content], { isSealed });
    for (const [start, end] of [
      [0, 1],
      [65_535, 65_537],
      [65_536, 131_072],
      [100, 199_999],
      [200_000, 200_000],
    ] as const) {
      const part = await readAll(store, { start, end });
      expect(part.equals(content.subarray(start, end))).toBe(true);
    }
    await expect(store.read(NAME, { start: 0, end: 200_001 })).rejects.toThrow('200000 bytes');
    await expect(store.read(NAME, { start: 5, end: 4 })).rejects.toThrow('200000 bytes');
  });

  it('is whole or not there: a source that fails leaves what was', async () => {
    await store.write(NAME, [contentOf(10)], { isSealed });
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield contentOf(100_000);
      throw new Error('the upload was cut off');
    };
    await expect(store.write(NAME, broken(), { isSealed })).rejects.toThrow('cut off');
    expect((await readAll(store)).equals(contentOf(10))).toBe(true);
    expect(await filesIn(root)).toHaveLength(1);
  });

  it('is replaced by one of the other kind, and deleted', async () => {
    await store.write(NAME, [contentOf(10)], { isSealed });
    await store.write(NAME, [contentOf(20)], { isSealed: !isSealed });
    expect((await readAll(store)).equals(contentOf(20))).toBe(true);
    await store.delete(NAME);
    await store.delete(NAME);
    await expect(store.read(NAME)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await filesIn(root)).toEqual([]);
  });

  it('is for this user alone', async () => {
    await store.write(NAME, [contentOf(10)], { isSealed });
    const [name = ''] = await filesIn(root);
    const { mode } = await stat(path.join(root, 'recordings/2026-11', name));
    expect(mode & 0o777).toBe(0o600);
  });

  it('may be left unread', async () => {
    await store.write(NAME, [contentOf(300_000)], { isSealed });
    const { stream } = await store.read(NAME);
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.destroyed).toBe(true);
  });
});

describe('a sealed blob on the disk', () => {
  const content = contentOf(150_000);
  const file = () => path.join(root, `${NAME}.sealed`);

  beforeEach(async () => {
    await store.write(NAME, [content], { isSealed: true });
  });

  it('shows nothing of its content', async () => {
    const bytes = await readFile(file());
    expect(bytes.indexOf(content.subarray(1_000, 1_016))).toBe(-1);
  });

  it('is opened by a key of earlier times, and by no other', async () => {
    expect((await readAll(openBlobStore(root, [OTHER_KEY, KEY]))).equals(content)).toBe(true);
    await expect(openBlobStore(root, [OTHER_KEY]).read(NAME)).rejects.toThrow('another key');
  });

  it('is refused where a byte was changed, its end cut off or another name given', async () => {
    const bytes = await readFile(file());
    const changed = Buffer.from(bytes);
    changed.writeUInt8((changed[70_000] ?? 0) ^ 1, 70_000);
    await writeFile(file(), changed);
    await expect(readAll(store)).rejects.toThrow('damaged');

    await writeFile(file(), bytes);
    // At the end of a piece: what is left is whole, but for its being the last.
    await truncate(file(), 24 + 2 * (65_536 + 16));
    await expect(readAll(store)).rejects.toThrow('damaged');

    await writeFile(path.join(root, 'recordings/2026-11/two.wav.sealed'), bytes);
    const { stream } = await store.read('recordings/2026-11/two.wav');
    await expect(stream.toArray()).rejects.toThrow('damaged');
  });
});

describe.each([
  { isSealed: false, how: 'plain', suffix: '.log' },
  { isSealed: true, how: 'sealed', suffix: '.log.sealed' },
])('a $how log', ({ isSealed, suffix }) => {
  const pieces = [contentOf(5), contentOf(0), contentOf(70_000), contentOf(12)];

  it('gives back what was appended, in order', async () => {
    const log = await store.log(NAME, { isSealed });
    await Promise.all(pieces.map((piece) => log.append(piece)));
    await log.close();
    const read = await logged(NAME);
    expect(read.map(digestOf)).toEqual(pieces.map(digestOf));
  });

  it('gives what is whole where the rest was never written', async () => {
    const log = await store.log(NAME, { isSealed });
    for (const piece of pieces) await log.append(piece);
    const file = path.join(root, `${NAME}${suffix}`);
    const { size } = await stat(file);
    await log.close();
    await truncate(file, size - 1);
    const read = await logged(NAME);
    expect(read.map(digestOf)).toEqual(pieces.slice(0, 3).map(digestOf));
    await truncate(file, 3);
    expect(await logged(NAME)).toEqual([]);
  });

  it('is begun once', async () => {
    await (await store.log(NAME, { isSealed })).close();
    await expect(store.log(NAME, { isSealed })).rejects.toMatchObject({ code: 'EEXIST' });
    await store.delete(NAME);
    await expect(logged(NAME)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a key', () => {
  it.each(['', '/etc/passwd', '../x', 'a/../b', 'a//b', '.hidden', 'a/.b', 'a b', 'a\0b'])(
    'is none: "%s"',
    async (key) => {
      await expect(store.write(key, [contentOf(1)])).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(store.read(key)).rejects.toMatchObject({ code: 'INTERNAL' });
    },
  );
});

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
