import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContact } from '@/lib/services/contacts/create-contact';
import { deleteContact } from '@/lib/services/contacts/delete-contact';
import { getContact } from '@/lib/services/contacts/get-contact';
import { listContacts } from '@/lib/services/contacts/list-contacts';
import { updateContact } from '@/lib/services/contacts/update-contact';
import { plantTree, type Tree } from '@/tests/support/tree';

const HARBOUR = '+442079460018';
const MOBILE = '+447700900142';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

const namesOf = ({ items }: Awaited<ReturnType<typeof listContacts>>) =>
  items.map(({ name }) => name);

test('everybody of the account sees a contact, with its numbers in their order', async () => {
  const made = await createContact(tree.acme.as('support'), {
    name: 'Dana Ortiz',
    company: 'Harbour Cranes',
    numbers: [
      { number: MOBILE, label: 'mobile' },
      { number: HARBOUR, label: 'desk' },
    ],
  });
  expect(made).toMatchObject({
    accountId: tree.acme.id,
    numbers: [
      { number: MOBILE, label: 'mobile' },
      { number: HARBOUR, label: 'desk' },
    ],
  });
  expect(await getContact(tree.acme.as('read_only'), made.id)).toEqual(made);
  const changed = await updateContact(tree.acme.as(), made.id, {
    numbers: [{ number: HARBOUR, label: '' }],
  });
  expect(changed).toMatchObject({ name: 'Dana Ortiz', numbers: [{ number: HARBOUR, label: '' }] });
  const audit = await tree.database.prisma.auditEntry.findMany({
    where: { objectId: made.id },
    orderBy: { id: 'asc' },
  });
  expect(audit.map(({ verb }) => verb)).toEqual(['contacts.create', 'contacts.update']);
  expect(JSON.stringify(audit)).not.toContain('Dana');
});

test('it is found by a part of its name, its company or its number, and its name by the number', async () => {
  const acme = tree.acme.as();
  await createContact(acme, {
    name: 'Sam Whitlock',
    numbers: [{ number: '+12025550118' }],
  });
  expect(namesOf(await listContacts(acme, { search: 'ort' }))).toEqual(['Dana Ortiz']);
  expect(namesOf(await listContacts(acme, { search: 'CRANES' }))).toEqual(['Dana Ortiz']);
  expect(namesOf(await listContacts(acme, { search: '202-555-0118' }))).toEqual(['Sam Whitlock']);
  const numbers = [HARBOUR, '+12025550118', '+12025559999'].join(',');
  expect(namesOf(await listContacts(acme, { numbers }))).toEqual(['Dana Ortiz', 'Sam Whitlock']);
  expect(namesOf(await listContacts(acme, { numbers: '' }))).toEqual([]);
});

test('pages follow one another, also where two bear the same name', async () => {
  const cedar = tree.cedar.as();
  for (const digit of [1, 2, 3]) {
    await createContact(cedar, { name: 'Twin', numbers: [{ number: `+1202555013${digit}` }] });
  }
  const first = await listContacts(cedar, { limit: 2 });
  const rest = await listContacts(cedar, { limit: 2, cursor: first.nextCursor ?? '' });
  expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
  expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(3);
});

test('another house sees none of it; a seller sees its customers’ when it asks for them', async () => {
  const [dana] = (await listContacts(tree.acme.as(), { search: 'Dana' })).items;
  if (!dana) throw new Error('no Dana');
  const stranger = tree.birch.as();
  expect(namesOf(await listContacts(stranger, { search: 'Dana' }))).toEqual([]);
  expect(namesOf(await listContacts(stranger, { accountId: tree.acme.id }))).toEqual([]);
  for (const attempt of [
    () => getContact(stranger, dana.id),
    () => updateContact(stranger, dana.id, { name: 'Mine' }),
    () => deleteContact(stranger, dana.id),
    () =>
      createContact(stranger, {
        accountId: tree.acme.id,
        name: 'x',
        numbers: [{ number: HARBOUR }],
      }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  const seller = tree.reseller.as();
  expect(namesOf(await listContacts(seller))).toEqual([]);
  expect(namesOf(await listContacts(seller, { accountId: tree.acme.id }))).toContain('Dana Ortiz');
});

test('who may only read, writes none; what is no number is refused where it stands', async () => {
  const input = { name: 'x', numbers: [{ number: HARBOUR }] };
  await expect(createContact(tree.acme.as('read_only'), input)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(
    createContact(tree.acme.as(), { name: 'x', numbers: [{ number: '020 7946' }] }),
  ).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    meta: { issues: [{ path: 'numbers.0.number' }] },
  });
  const twice = [{ number: HARBOUR }, { number: HARBOUR }];
  await expect(createContact(tree.acme.as(), { name: 'x', numbers: twice })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await expect(createContact(tree.acme.as(), { name: 'x', numbers: [] })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('a deleted contact is gone with its numbers', async () => {
  const [dana] = (await listContacts(tree.acme.as(), { search: 'Dana' })).items;
  if (!dana) throw new Error('no Dana');
  await deleteContact(tree.acme.as(), dana.id);
  await expect(getContact(tree.acme.as(), dana.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const left = await tree.database.prisma.contactNumber.count({ where: { contactId: dana.id } });
  expect(left).toBe(0);
});
