import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '@/lib/infra/log';
import { type BlobStore, openBlobStore } from '@/lib/infra/storage/blob-store';
import type { ImportDesk } from '@/lib/services/deck-imports/import-desk';
import { importDue } from '@/lib/services/deck-imports/import-due';

/** A desk of one's own on a tree's database, with files in a directory of its own. */
export interface TestDesk extends ImportDesk {
  readonly blobs: BlobStore;
  /** Works until nothing waits. */
  workAll(): Promise<void>;
  close(): Promise<void>;
}

export async function openTestDesk({
  database,
  clock,
}: Pick<ImportDesk, 'database' | 'clock'>): Promise<TestDesk> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'tollbridge-decks-'));
  const desk: ImportDesk = {
    database,
    blobs: openBlobStore(directory, ['a key for tests, long enough to be one']),
    clock,
    log: silentLogger,
  };
  return {
    ...desk,
    async workAll() {
      const { signal } = new AbortController();
      while (await importDue(desk, signal));
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface PriceListOptions {
  readonly rows: number;
  readonly seed: number;
  /** In place of these lines (counted from 1, the header is 1) stands this. */
  readonly spoilt?: ReadonlyMap<number, string>;
  /** Changes each price; the same for the same prefix. */
  readonly price?: (price: number, index: number) => number | null;
}

/**
 * 37 lines to spoil half a million rows with: letters in a prefix, no price, no increment, in turn; the
 * last one's prefix stands in line 3 already.
 */
export function badLines(): ReadonlyMap<number, string> {
  const rows = ['44x,a,0.01,60/1,x\r\n', '4471,a,abc,60/1,x\r\n', '4472,a,0.01,60/0,x\r\n'];
  const bad = new Map<number, string>();
  for (let index = 0; index < 36; index += 1) bad.set(2 + index * 13_337, rows[index % 3] ?? '');
  return bad.set(499_000, '7100000,again,0.5,60/1,x\r\n');
}

const HEADER = 'Prefix,Description,RateValue,Increment,ShortDescription\r\n';
const COUNTRIES = ['1', '7', '20', '33', '44', '49', '52', '61', '81', '91', '234', '351', '880'];
const CHUNK_ROWS = 2_000;

/** A price list in ictVoIP's columns, in pieces; every prefix once, in random order of the digits. */
export async function* priceList(options: PriceListOptions): AsyncGenerator<Buffer> {
  const { rows, seed, spoilt, price } = options;
  const random = randomBy(seed);
  let text = HEADER;
  for (let index = 0; index < rows; index += 1) {
    const country = COUNTRIES[index % COUNTRIES.length] ?? '1';
    const prefix = `${country}${100_000 + Math.floor(index / COUNTRIES.length)}`;
    const base = 1 + Math.floor(random() * 99_999);
    const nano = price ? price(base, index) : base;
    const line = index + 2;
    const own =
      nano === null
        ? ''
        : `${prefix},"${country} area, ${index % 977}",0.${String(nano).padStart(6, '0')},60/${index % 2 === 0 ? 1 : 6},x\r\n`;
    text += spoilt?.get(line) ?? own;
    if (index % CHUNK_ROWS === CHUNK_ROWS - 1) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}
