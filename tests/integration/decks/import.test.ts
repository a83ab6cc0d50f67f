import { setTimeout as turn } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { loadObjects } from '@/lib/services/configuration/load-objects';
import { createImport } from '@/lib/services/deck-imports/create-import';
import { discardImport } from '@/lib/services/deck-imports/discard-import';
import { getImport } from '@/lib/services/deck-imports/get-import';
import { importDue } from '@/lib/services/deck-imports/import-due';
import { listImports } from '@/lib/services/deck-imports/list-imports';
import { exportProblems, listProblems } from '@/lib/services/deck-imports/list-problems';
import { purgeImports } from '@/lib/services/deck-imports/purge-imports';
import type { WireImport } from '@/lib/services/deck-imports/schemas';
import { startImport } from '@/lib/services/deck-imports/start-import';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { createDeck } from '@/lib/services/decks/create-deck';
import { getDeck } from '@/lib/services/decks/get-deck';
import { getDiff } from '@/lib/services/decks/get-diff';
import { listChanges } from '@/lib/services/decks/list-changes';
import { listRates } from '@/lib/services/decks/list-rates';
import { SwitchDecks } from '@/lib/switch/directory/decks';
import { badLines, openTestDesk, priceList, type TestDesk } from '@/tests/support/deck-files';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let desk: TestDesk;
beforeAll(async () => {
  tree = await plantTree();
  desk = await openTestDesk({ database: tree.database, clock: tree.seed.clock });
});
afterAll(async () => {
  await desk.close();
  await tree.close();
});

const ROWS = 500_000;

async function newDeck(kind: 'sell' | 'buy' = 'sell'): Promise<string> {
  const context = kind === 'buy' ? tree.operator.as() : tree.reseller.as();
  return (await createDeck(context, { kind, name: newId() })).id;
}

async function* textOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

async function upload(
  deckId: string,
  content: AsyncIterable<Uint8Array>,
  more: { uploadKey?: string; automatic?: 'true'; fileName?: string } = {},
): Promise<WireImport> {
  return await createImport(tree.reseller.as(), deckId, {
    input: { fileName: 'rates.csv', ...more },
    file: { content, blobs: () => desk.blobs },
  });
}

/** Only who owns a table may have its figures taken. */
async function analyzeRates(): Promise<void> {
  const owner = new pg.Client({ connectionString: tree.fresh.ownerUrl });
  await owner.connect();
  await owner.query('ANALYZE rate');
  await owner.end();
}

/** A small file, all the way. */
async function imported(deckId: string, text: string): Promise<WireImport> {
  const { id } = await upload(deckId, textOf(text), { automatic: 'true' });
  await desk.workAll();
  return await getImport(tree.reseller.as(), id);
}

/** Seconds on a quiet machine; minutes where it has other work. Speed is not what is tested here. */
const PATIENCE_MS = 600_000;

describe('half a million rows', { timeout: PATIENCE_MS }, () => {
  let deckId: string;
  beforeAll(async () => {
    deckId = await newDeck();
  });

  test('with 37 bad ones are refused with 37 lines named, and nothing is kept', async () => {
    const bad = badLines();
    const { id } = await upload(deckId, priceList({ rows: ROWS, seed: 1, spoilt: bad }), {
      automatic: 'true',
    });
    await desk.workAll();
    const context = tree.reseller.as();
    const refused = await getImport(context, id);
    expect(refused).toMatchObject({ state: 'refused', problemCount: 37, problemsCut: false });
    expect(refused.rowsRead).toBe(ROWS);
    const problems = await listProblems(context, id, { limit: 200 });
    expect(problems.items.map((one) => one.line)).toEqual([...bad.keys()].sort((a, b) => a - b));
    expect(problems.items[0]).toMatchObject({ column: 'A', heading: 'Prefix', value: '44x' });
    expect(problems.items[1]).toMatchObject({ column: 'C', heading: 'RateValue', value: 'abc' });
    expect(problems.items.at(-1)?.message).toContain('stands in line 3 already');
    expect((await exportProblems(context, id)).split('\r\n')).toHaveLength(37 + 2);
    expect((await getDeck(context, deckId)).versions.map((one) => one.version)).toEqual([1]);
    expect(await tree.database.prisma.rate.count({ where: { version: { deckId } } })).toBe(0);
  });

  test('that are right become a draft', async () => {
    const { id } = await upload(deckId, priceList({ rows: ROWS, seed: 1 }), { automatic: 'true' });
    await desk.workAll();
    const context = tree.reseller.as();
    expect(await getImport(context, id)).toMatchObject({
      ...{ state: 'done', version: 2, rowsRead: ROWS, progress: 1, problemCount: 0 },
    });
    const deck = await getDeck(context, deckId);
    expect(deck.versions[0]).toMatchObject({ version: 2, state: 'draft', rateCount: ROWS });
    const rates = await listRates(context, deckId, { version: 2, search: '7100000' });
    expect(rates.items[0]).toMatchObject({
      prefix: '7100000',
      destination: '7 area, 1',
      first: 60,
    });
  });

  test('are compared with the next list, and activated while calls look their prices up', async () => {
    const context = tree.reseller.as();
    await activateDeckVersion(context, deckId, { version: 2 });
    const decks = new SwitchDecks(tree.database);
    const live = async () =>
      (await loadObjects(tree.database, 'rate_deck', [deckId])).decks[0] ?? expect.fail();
    await decks.bring(await live());
    // Of ten rates one is dearer, one cheaper, and one is gone.
    const price = (base: number, index: number): number | null => {
      if (index % 10 === 1) return base + 1;
      if (index % 10 === 2) return Math.max(0, base - 1);
      return index % 10 === 3 ? null : base;
    };
    const { id } = await upload(deckId, priceList({ rows: ROWS, seed: 1, price }), {
      automatic: 'true',
    });
    // What the planner knows of a version that has just come in: of others everything, of it nothing.
    await analyzeRates();
    await desk.workAll();
    expect(await getImport(context, id)).toMatchObject({ state: 'done', version: 3 });
    const diff = await getDiff(context, deckId, { version: 3 });
    expect(diff).toMatchObject({
      ...{ from: 2, closedWithoutRate: 50_000 },
      counts: { new: 0, up: 50_000, down: 50_000, closed: 50_000, unchanged: 350_000 },
    });
    const closed = await listChanges(context, deckId, { version: 3, kind: 'closed', limit: 200 });
    expect(closed.items).toHaveLength(200);
    await activateDeckVersion(context, deckId, { version: 3 });
    const versions: number[] = [];
    const swap = decks.bring(await live());
    for (let isDone = false; !isDone; ) {
      const match = decks.deckById(deckId)?.lookup('71000001234', Date.now());
      versions.push(match?.rate.deckVersion ?? 0);
      isDone = await Promise.race([swap.then(() => true), turn(1, false)]);
    }
    expect(new Set(versions)).toEqual(new Set([2]));
    const match = decks.deckById(deckId)?.lookup('71000001234', Date.now());
    expect(match?.rate).toMatchObject({ deckVersion: 3, prefix: '7100000' });
  });
});

test('a file is looked at before anything begins, and its mapping is remembered', async () => {
  const deckId = await newDeck();
  const context = tree.reseller.as();
  const csv = 'Vorwahl;Ziel;Preis pro Minute;Taktung\n+49;Deutschland;0,0125;60/60\n';
  const { id } = await upload(deckId, textOf(csv));
  await desk.workAll();
  const looked = await getImport(context, id);
  expect(looked).toMatchObject({
    state: 'mapping',
    format: { kind: 'csv', delimiter: ';', encoding: 'utf-8' },
    mapping: { headerLine: 1, columns: { prefix: 0, destination: 1, perMinute: 2, increments: 3 } },
  });
  expect(looked.sample?.[1]?.cells[1]).toBe('Deutschland');
  // The third column is the price of the first increment alone, says somebody.
  const columns = { prefix: 0, firstPerMinute: 2, perMinute: 2 };
  await expect(
    startImport(context, id, { mapping: { columns, headerLine: 1 } }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await startImport(context, id, {
    mapping: {
      columns: { prefix: 0, perMinute: 2 },
      headerLine: 1,
      defaults: { first: 30, next: 6 },
    },
  });
  await startImport(context, id);
  await desk.workAll();
  expect(await getImport(context, id)).toMatchObject({ state: 'done', version: 2 });
  const rates = await listRates(context, deckId, { version: 2 });
  expect(rates.items).toMatchObject([{ prefix: '49', perMinute: '0.0125', first: 30, next: 6 }]);
  const next = await imported(deckId, csv.replace('0,0125', '0,02'));
  expect(next).toMatchObject({ state: 'done', version: 3, mapping: { defaults: { first: 30 } } });
});

test('an upload sent twice is one import, and an import makes one version', async () => {
  const deckId = await newDeck();
  const more = { uploadKey: 'the same upload', automatic: 'true' } as const;
  const first = await upload(deckId, textOf('prefix,rate\n1,0.01\n'), more);
  const again = await upload(deckId, textOf('prefix,rate\n1,0.01\n'), more);
  expect(again.id).toBe(first.id);
  await Promise.all([desk.workAll(), desk.workAll(), desk.workAll()]);
  const context = tree.reseller.as();
  expect((await getDeck(context, deckId)).versions).toHaveLength(2);
  await expect(startImport(context, first.id)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await listImports(context, deckId)).items.map((one) => one.state)).toEqual(['done']);
});

test('a worker that was stopped in the middle leaves nothing, and the next begins again', async () => {
  const deckId = await newDeck();
  const { id } = await upload(deckId, priceList({ rows: 20_000, seed: 3 }), { automatic: 'true' });
  const stop = new AbortController();
  await importDue(desk, stop.signal);
  const work = importDue(desk, stop.signal);
  stop.abort();
  await work;
  const context = tree.reseller.as();
  expect(await getImport(context, id)).toMatchObject({ state: 'queued', version: null });
  await desk.workAll();
  expect(await getImport(context, id)).toMatchObject({ state: 'done', version: 2 });
});

test('one that is discarded while it is read becomes nothing', async () => {
  const deckId = await newDeck();
  const { id } = await upload(deckId, priceList({ rows: 20_000, seed: 4 }), { automatic: 'true' });
  const context = tree.reseller.as();
  const { signal } = new AbortController();
  await importDue(desk, signal);
  const work = importDue(desk, signal);
  await discardImport(context, id, () => desk.blobs);
  await work;
  expect(await getImport(context, id)).toMatchObject({ state: 'discarded', version: null });
  expect((await getDeck(context, deckId)).versions).toHaveLength(1);
});

test('one that nobody went on with is given up after a month, and its file deleted', async () => {
  const deckId = await newDeck();
  const context = tree.reseller.as();
  const { id } = await upload(deckId, textOf('prefix,rate\n1,0.01\n'));
  await desk.workAll();
  expect(await purgeImports(desk)).toBe(0);
  await tree.database.prisma.deckImport.update({
    where: { id },
    data: { createdAt: new Date(Date.now() - 31 * 86_400_000) },
  });
  expect(await purgeImports(desk)).toBe(1);
  expect(await getImport(context, id)).toMatchObject({ state: 'discarded' });
  await expect(desk.blobs.read(`deck-imports/${id}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test.each([
  ['an empty file', '', /empty/],
  ['a PDF', '%PDF-1.7 …', /PDF/],
])('%s is refused while it is uploaded', async (_what, content, message) => {
  const deckId = await newDeck();
  await expect(upload(deckId, textOf(content))).rejects.toThrow(message);
});

test.each([
  ['a quote that is never closed', 'prefix,rate\n1,"0.01\n2,0.01\n', /Line 2: a quote/],
  ['a workbook that is none', 'PK\u0003\u0004 nonsense', /workbook can't be read/],
  ['a file without a rate', 'prefix,rate\n', /no row with a rate/],
  ['a binary file', 'prefix,rate\n1,\u0000\n', /no text file/],
])('%s fails with the reason', async (_what, content, message) => {
  const deckId = await newDeck();
  const made = await imported(deckId, content);
  expect(made.state).toBe('failed');
  expect(made.failure).toMatch(message);
});

test("nobody imports into, sees or discards what is another's", async () => {
  const deckId = await newDeck();
  const { id } = await upload(deckId, textOf('prefix,rate\n1,0.01\n'));
  const rival = tree.rival.as();
  const file = { content: textOf('prefix,rate\n1,9\n'), blobs: () => desk.blobs };
  const input = { fileName: '../../etc/passwd' };
  for (const attempt of [
    () => createImport(rival, deckId, { input, file }),
    () => listImports(rival, deckId),
    () => getImport(rival, id),
    () => startImport(rival, id),
    () => listProblems(rival, id),
    () => exportProblems(rival, id),
    () => discardImport(rival, id, () => desk.blobs),
    () => getImport(rival, '../x'),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await expect(getImport(tree.reseller.as('support'), id)).resolves.toMatchObject({ id });
  await expect(startImport(tree.reseller.as('support'), id)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});
