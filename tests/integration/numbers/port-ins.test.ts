import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBlobStore } from '@/lib/infra/storage/blob-store';
import type { ServiceContext } from '@/lib/services/context';
import { getNumber } from '@/lib/services/numbers/get-number';
import { listNumbers } from '@/lib/services/numbers/list-numbers';
import { createPortIn } from '@/lib/services/port-ins/create-port-in';
import { getPortIn } from '@/lib/services/port-ins/get-port-in';
import { openLetter, uploadLetter } from '@/lib/services/port-ins/letter';
import { listPortIns } from '@/lib/services/port-ins/list-port-ins';
import { movePortIn } from '@/lib/services/port-ins/move-port-in';
import { notePortIn } from '@/lib/services/port-ins/note-port-in';
import { updatePortIn } from '@/lib/services/port-ins/update-port-in';
import { plantTree, type Tree } from '@/tests/support/tree';
import { balanceOf, routeHelp, sellNumbers, stockNumber } from './world';

let tree: Tree;
let folder: string;
beforeAll(async () => {
  tree = await plantTree();
  folder = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-letters-'));
  await sellNumbers(tree);
  await routeHelp(tree, ['US']);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await tree.close();
});

const blobs = () => openBlobStore(folder, ['a key for tests, long enough to be one']);
const PDF = Buffer.from('%PDF-1.7 signed by the holder');

let next = 7_035_550_100;
const form = (numbers?: string[]) => {
  next += 1;
  return {
    numbers: numbers ?? [`+1${next}`],
    losingCarrier: 'Old Bell',
    accountHolder: 'Acme Inc.',
    street: 'Main Street 1',
    city: 'Arlington',
    region: 'VA',
    postalCode: '22201',
    country: 'US',
    wishedOn: new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10),
  };
};

/** A request that was handed in. */
async function handIn(context: ServiceContext, fields: object = {}, numbers?: string[]) {
  const { id } = await createPortIn(context, { ...form(numbers), ...fields });
  await uploadLetter(context, id, { name: 'LOA.pdf', bytes: PDF, blobs });
  return await movePortIn(context, id, { to: 'submitted' });
}

const CONFLICT = { code: 'CONFLICT' };
const NOT_FOUND = { code: 'NOT_FOUND' };

test('a number comes along from another carrier, and is in service and paid for from the day it is done', async () => {
  const { acme, operator } = tree;
  const before = await balanceOf(tree, acme);
  const target = { tenantId: acme.tenantId, extensionId: acme.extension101 };
  const { id, numbers, moves } = await handIn(acme.as(), target);
  expect(moves).toEqual(['cancelled']);
  const desk = operator.as();
  await movePortIn(desk, id, { to: 'info_needed', note: 'The letter names another street.' });
  await notePortIn(acme.as(), id, { text: 'We moved last month.' });
  await updatePortIn(acme.as(), id, { street: 'Main Street 2' });
  await movePortIn(acme.as(), id, { to: 'submitted' });
  await movePortIn(desk, id, { to: 'accepted' });
  const [expected] = (await listNumbers(acme.as())).items;
  expect(expected).toMatchObject({ e164: numbers[0], state: 'port_in', tenant: null });
  expect(await balanceOf(tree, acme)).toBe(before);
  await movePortIn(desk, id, { to: 'scheduled', scheduledOn: '2030-02-01' });
  const done = await movePortIn(desk, id, { to: 'done' });
  expect(done).toMatchObject({ state: 'done', scheduledOn: '2030-02-01', moves: [] });
  expect(await getNumber(acme.as(), expected?.id ?? '')).toMatchObject({
    state: 'in_service',
    extension: { number: '101' },
  });
  expect(before - (await balanceOf(tree, acme))).toBe(2_500_000n);
  const { notes } = await getPortIn(acme.as(), id);
  expect(notes.map(({ side, state, text }) => [side, state, text])).toEqual([
    ['customer', 'submitted', ''],
    ['operator', 'info_needed', 'The letter names another street.'],
    ['customer', null, 'We moved last month.'],
    ['customer', 'submitted', ''],
    ['operator', 'accepted', ''],
    ['operator', 'scheduled', ''],
    ['operator', 'done', ''],
  ]);
});

test('each side moves it where the table says, and nowhere else', async () => {
  const { acme, operator } = tree;
  const { id } = await createPortIn(acme.as(), form());
  // A draft is none of the desk's business.
  await expect(getPortIn(operator.as(), id)).rejects.toMatchObject(NOT_FOUND);
  await expect(movePortIn(acme.as(), id, { to: 'submitted' })).rejects.toMatchObject(CONFLICT);
  await uploadLetter(acme.as(), id, { name: 'LOA.pdf', bytes: PDF, blobs });
  await updatePortIn(acme.as(), id, { wishedOn: '2020-01-01' });
  await expect(movePortIn(acme.as(), id, { to: 'submitted' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await updatePortIn(acme.as(), id, { wishedOn: '2030-01-01' });
  await movePortIn(acme.as(), id, { to: 'submitted' });
  for (const to of ['accepted', 'scheduled', 'done', 'rejected'] as const) {
    const move = movePortIn(acme.as(), id, { to, note: 'please', scheduledOn: '2030-01-01' });
    await expect(move).rejects.toMatchObject(CONFLICT);
  }
  await expect(movePortIn(operator.as(), id, { to: 'done' })).rejects.toMatchObject(CONFLICT);
  await expect(movePortIn(operator.as(), id, { to: 'rejected' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await expect(updatePortIn(acme.as(), id, { city: 'x' })).rejects.toMatchObject(CONFLICT);
  await movePortIn(operator.as(), id, { to: 'accepted' });
  await expect(movePortIn(operator.as(), id, { to: 'scheduled' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('a number that is called off is released, and can be asked for again', async () => {
  const { acme, operator } = tree;
  const { id, numbers } = await handIn(acme.as());
  await movePortIn(operator.as(), id, { to: 'accepted' });
  await movePortIn(acme.as(), id, { to: 'cancelled' });
  const e164 = numbers[0] ?? '';
  const row = await tree.database.prisma.phoneNumber.findUniqueOrThrow({ where: { e164 } });
  expect(row.state).toBe('released');
  const again = await handIn(tree.birch.as(), {}, numbers);
  await movePortIn(operator.as(), again.id, { to: 'accepted' });
  expect((await listNumbers(tree.birch.as())).items[0]).toMatchObject({ e164, state: 'port_in' });
});

test('a number that is here already is refused to the desk, not told to whoever asks for it', async () => {
  const { acme, cedar, operator } = tree;
  const theirs = await stockNumber(tree, { accountId: cedar.id });
  const { id } = await handIn(acme.as(), {}, [theirs.e164]);
  await expect(movePortIn(operator.as(), id, { to: 'accepted' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `${theirs.e164} is in the inventory already: it is available.`,
  });
  expect((await getPortIn(acme.as(), id)).state).toBe('submitted');
});

test('numbers of a country without a route for emergency calls are not taken', async () => {
  const { acme } = tree;
  const { id } = await createPortIn(acme.as(), { ...form(['+442079460123']), country: 'GB' });
  await uploadLetter(acme.as(), id, { name: 'LOA.pdf', bytes: PDF, blobs });
  await expect(movePortIn(acme.as(), id, { to: 'submitted' })).rejects.toMatchObject({
    code: 'NO_EMERGENCY_ROUTE',
  });
});

test('a letter is what its bytes say, lies sealed, and is read by both sides alone', async () => {
  const { acme, reseller, cedar, operator } = tree;
  const { id } = await createPortIn(acme.as(), form());
  const script = Buffer.from('<script>alert(1)</script>');
  await expect(
    uploadLetter(acme.as(), id, { name: 'LOA.pdf', bytes: script, blobs }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(
    uploadLetter(cedar.as(), id, { name: 'LOA.pdf', bytes: PDF, blobs }),
  ).rejects.toMatchObject(NOT_FOUND);
  await uploadLetter(acme.as(), id, { name: '../../etc/passwd', bytes: PDF, blobs });
  await movePortIn(acme.as(), id, { to: 'submitted' });
  for (const reader of [acme, reseller, operator]) {
    const letter = await openLetter(reader.as(), id, blobs);
    expect((await buffer(letter.stream)).equals(PDF)).toBe(true);
  }
  await expect(openLetter(cedar.as(), id, blobs)).rejects.toMatchObject(NOT_FOUND);
  await expect(
    uploadLetter(acme.as(), id, { name: 'other.pdf', bytes: PDF, blobs }),
  ).rejects.toMatchObject(CONFLICT);
});

test('nobody brings numbers to another’s house, nor sees its requests', async () => {
  const { acme, birch, cedar, reseller, rival } = tree;
  await expect(
    createPortIn(acme.as(), { ...form(), tenantId: birch.tenantId }),
  ).rejects.toMatchObject(NOT_FOUND);
  await expect(
    createPortIn(acme.as(), {
      ...form(),
      tenantId: acme.tenantId,
      extensionId: birch.extension101,
    }),
  ).rejects.toMatchObject(NOT_FOUND);
  await expect(createPortIn(rival.as(), { ...form(), accountId: acme.id })).rejects.toMatchObject(
    NOT_FOUND,
  );
  const { id } = await handIn(acme.as());
  expect((await listPortIns(cedar.as())).items).toEqual([]);
  expect((await listPortIns(reseller.as())).items.map((one) => one.id)).toContain(id);
  await expect(movePortIn(cedar.as(), id, { to: 'cancelled' })).rejects.toMatchObject(NOT_FOUND);
});
