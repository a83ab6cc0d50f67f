import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { importNumbers } from '@/lib/services/numbers/import-numbers';
import { listNumbers } from '@/lib/services/numbers/list-numbers';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
  await createCarrier(tree.operator.as(), { name: 'Northwind' });
});
afterAll(() => tree.close());

/** A file in pieces of a few bytes, as a slow line brings it. */
async function* piecesOf(text: string, bytes = 7): AsyncGenerator<Uint8Array> {
  const whole = new TextEncoder().encode(text);
  for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
}

const load = (text: string, bytes?: number) =>
  importNumbers(tree.operator.as(), {}, piecesOf(text, bytes));

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.catch((caught: unknown) => caught);
  if (error instanceof AppError) return error;
  throw new Error('it was not refused');
}

const inStock = async () => (await listNumbers(tree.operator.as(), { limit: 200 })).items;

const FILE = `\ufeffNumber;Country;City;Type;Group;Carrier\r
+12025552001;us;"Washington; DC";geographic;;northwind\r
12025552002;;;;gold;\r
+442079462003;GB;London;geographic;;\r
+80055520040;;;toll free;;\r
`;

test('a file is read whatever its pieces, its separator and its line ends', async () => {
  const done = await load(FILE);
  expect(done).toEqual({ rows: 4, added: 4, changed: 0, unchanged: 0, dryRun: false });
  const [london, ...american] = await inStock();
  expect(american).toHaveLength(3);
  const byNumber = new Map((await inStock()).map((number) => [number.e164, number]));
  expect(byNumber.get('+12025552001')).toMatchObject({
    country: 'US',
    area: 'Washington; DC',
    state: 'available',
    carrier: { name: 'Northwind' },
  });
  expect(byNumber.get('+12025552002')).toMatchObject({ country: 'US', group: 'gold' });
  expect(byNumber.get('+442079462003')).toMatchObject({ country: 'GB', area: 'London' });
  expect(byNumber.get('+80055520040')).toMatchObject({ country: null, kind: 'toll_free' });
  expect(london).toBeDefined();
});

test('the same file again changes nothing, and a number in use keeps owner and state', async () => {
  const { acme } = tree;
  const used = (await inStock()).find(({ e164 }) => e164 === '+12025552001');
  await assignNumber(tree.operator.as(), used?.id ?? '', { tenantId: acme.tenantId });
  expect(await load(FILE, 1_000)).toMatchObject({ added: 0, changed: 0, unchanged: 4 });
  const changed = FILE.replace('Washington; DC', 'Georgetown');
  const dry = await importNumbers(tree.operator.as(), { dryRun: 'true' }, piecesOf(changed));
  expect(dry).toMatchObject({ changed: 1, unchanged: 3, dryRun: true });
  expect(await load(changed)).toMatchObject({ changed: 1, unchanged: 3 });
  expect((await listNumbers(acme.as())).items[0]).toMatchObject({
    state: 'in_service',
    area: 'Georgetown',
    accountId: acme.id,
  });
});

test('what a file does not speak of stays as it is', async () => {
  expect(await load('number\n+12025552001\n')).toMatchObject({ unchanged: 1 });
  expect(await load('number,group\n+12025552001,gold\n')).toMatchObject({ changed: 1 });
  const number = (await inStock()).find(({ e164 }) => e164 === '+12025552001');
  expect(number).toMatchObject({
    area: 'Georgetown',
    group: 'gold',
    carrier: { name: 'Northwind' },
  });
});

test('wrong cells are told by line and column, all of them, and nothing is imported', async () => {
  const before = (await inStock()).length;
  const refusal = await refusalOf(
    load(`number,country,kind,carrier,state
+12025553001,US,,,
2.0256E+10,US,,,
+12025553002,USA,,,
+12025553003,US,landline,,
+12025553004,US,,Nobody,
+12025553005,US,,,sold
+12025553001,US,,,
`),
  );
  expect(refusal.code).toBe('INVALID_INPUT');
  expect(refusal.message).toContain('Nothing was imported: line 3, number');
  expect(refusal.meta.issues?.map(({ path }) => path)).toEqual([
    'line 3, number',
    'line 4, country',
    'line 5, kind',
    'line 6, carrier',
    'line 7, state',
    'line 8, number',
  ]);
  expect(refusal.meta.issues?.[5]?.message).toContain('line 2 already');
  expect((await inStock()).length).toBe(before);
});

test('what is no file of numbers is refused with what to do', async () => {
  expect((await refusalOf(load('a,b\n1,2\n'))).message).toContain('one of them "number"');
  expect((await refusalOf(load('number\n'))).message).toContain('no numbers');
  const latin = (async function* () {
    yield new Uint8Array([...new TextEncoder().encode('number,area\n+12025553009,Z'), 0xfc, 0x0a]);
  })();
  expect((await refusalOf(importNumbers(tree.operator.as(), {}, latin))).message).toContain(
    'UTF-8',
  );
});

test('nobody but the operator imports numbers', async () => {
  for (const somebody of [tree.reseller.as(), tree.acme.as(), tree.operator.as('read_only')]) {
    const refusal = await refusalOf(importNumbers(somebody, {}, piecesOf(FILE)));
    expect(refusal.code).toBe('FORBIDDEN');
  }
});

test('fifty thousand numbers go in at once, and once', async () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `+1${3_035_000_000 + index},Denver`);
  const file = `number,area\n${lines.join('\n')}\n`;
  expect(await load(file, 65_536)).toMatchObject({ rows: 50_000, added: 50_000 });
  expect(await load(file, 65_536)).toMatchObject({ added: 0, changed: 0, unchanged: 50_000 });
}, 120_000);
