import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadObjects } from '@/lib/services/configuration/load-objects';
import { createExtension } from '@/lib/services/extensions/create-extension';
import { deleteExtension } from '@/lib/services/extensions/delete-extension';
import { getExtension } from '@/lib/services/extensions/get-extension';
import { listExtensions } from '@/lib/services/extensions/list-extensions';
import { updateExtension } from '@/lib/services/extensions/update-extension';
import { writeBindings } from '@/lib/services/registrations/write-bindings';
import { plantTree, type Tree } from '@/tests/support/tree';

const NO_FORWARDS = { always: null, busy: null, noAnswer: null, unreachable: null };

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

test('a list shows the own subtree alone, tenants with the same numbers notwithstanding', async () => {
  const own = await listExtensions(tree.acme.as());
  expect(own.items.map((one) => [one.domain, one.number])).toEqual([
    ['acme.test', '101'],
    ['acme.test', '102'],
  ]);
  const below = await listExtensions(tree.reseller.as());
  expect(new Set(below.items.map((one) => one.domain))).toEqual(
    new Set(['acme.test', 'birch.test']),
  );
  const foreign = await listExtensions(tree.acme.as(), { tenantId: tree.birch.tenantId });
  expect(foreign.items).toEqual([]);
});

test('pages fit together without gaps or doubles', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listExtensions(tree.operator.as(), {
      limit: 1,
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.items.map((one) => one.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  const all = await listExtensions(tree.operator.as());
  expect(seen).toEqual(all.items.map((one) => one.id));
  expect(new Set(seen).size).toBe(6);
});

test('a cursor that is none is refused, not obeyed', async () => {
  await expect(listExtensions(tree.acme.as(), { cursor: 'xx' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('a number is unique in its tenant, and free in any other', async () => {
  const context = tree.reseller.as();
  const made = await createExtension(context, {
    tenantId: tree.acme.tenantId,
    number: '120',
    name: 'Desk',
  });
  await expect(
    createExtension(context, { tenantId: tree.acme.tenantId, number: '120', name: 'Other' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  await createExtension(context, { tenantId: tree.birch.tenantId, number: '120', name: 'Desk' });
  await deleteExtension(context, made.id);
  await expect(getExtension(context, made.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('an extension never has an emergency number, a weak secret or its own number as secret', async () => {
  const context = tree.reseller.as();
  const { tenantId } = tree.acme;
  for (const input of [
    { number: '911', name: 'x' },
    { number: '933', name: 'x' },
    { number: '130', name: 'x', secret: 'short' },
    { number: '130', name: 'x', secret: 'aaaaaaaaaaaaaaaa' },
    { number: '130', name: 'a person of note', secret: 'A Person Of Note' },
  ]) {
    await expect(createExtension(context, { tenantId, ...input })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  }
});

test('a customer without a place in its plans is refused, whoever sells to it is not', async () => {
  const { tenantId } = tree.acme;
  await expect(createExtension(tree.acme.as(), { tenantId, name: 'x' })).rejects.toMatchObject({
    code: 'USAGE_EXCEEDS_LIMIT',
  });
  const made = await createExtension(tree.reseller.as(), { tenantId, name: 'x' });
  expect(made.number).toBe('103');
  await deleteExtension(tree.acme.as(), made.id);
});

test('ten at once that ask for the next free number get ten different ones', async () => {
  const context = tree.operator.as();
  const { tenantId } = tree.cedar;
  const made = await Promise.all(
    Array.from({ length: 10 }, () => createExtension(context, { tenantId, name: 'x' })),
  );
  expect(new Set(made.map((one) => one.number)).size).toBe(10);
});

test("a foreign tenant, extension or caller number is refused as if it weren't there", async () => {
  const context = tree.acme.as();
  await expect(
    createExtension(context, { tenantId: tree.birch.tenantId, name: 'x' }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(
    updateExtension(context, tree.birch.extension101, { name: 'x' }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(deleteExtension(context, tree.birch.extension101)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(
    updateExtension(context, tree.acme.extension101, { callerNumberId: tree.birch.extension101 }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('forwards are kept, shown, ended, audited without a number, and reach the switch', async () => {
  const context = tree.acme.as();
  const id = tree.acme.extension101;
  const before = await getExtension(context, id);
  expect(before.forwarding).toEqual({ ...NO_FORWARDS, noAnswerSeconds: 20 });
  const changed = await updateExtension(context, id, {
    forwarding: { busy: '102', noAnswer: '(202) 555-0177', noAnswerSeconds: 35 },
  });
  const wanted = { ...NO_FORWARDS, busy: '102', noAnswer: '2025550177', noAnswerSeconds: 35 };
  expect(changed.forwarding).toEqual(wanted);
  expect(changed.generation).toBeGreaterThan(before.generation);
  const { extensions } = await loadObjects(tree.database, 'extension', [id]);
  expect(extensions[0]?.forwarding).toEqual(wanted);
  const { rows } = await tree.database.pool.query<{ detail: object }>(
    `SELECT detail FROM audit_entry WHERE object_id = $1 AND verb = 'extensions.update'
      ORDER BY id DESC LIMIT 1`,
    [id],
  );
  expect(rows[0]?.detail).toEqual({
    changed: ['forwarding'],
    forwarding: ['busy', 'noAnswer', 'noAnswerSeconds'],
  });
  const ended = await updateExtension(context, id, { forwarding: { busy: null } });
  expect(ended.forwarding).toEqual({ ...wanted, busy: null });
  await updateExtension(context, id, { forwarding: { ...NO_FORWARDS, noAnswerSeconds: 20 } });
});

test('a forward to another extension means the own tenant, and nobody sets one for others', async () => {
  const context = tree.acme.as();
  // A 125 of another tenant is no number at all to this one.
  const birch = await createExtension(tree.reseller.as(), {
    tenantId: tree.birch.tenantId,
    number: '125',
    name: 'Desk',
  });
  await expect(
    updateExtension(context, tree.acme.extension101, { forwarding: { always: '125' } }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await deleteExtension(tree.reseller.as(), birch.id);
  await expect(
    updateExtension(context, tree.birch.extension101, { forwarding: { always: '102' } }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (const always of ['101', '911']) {
    await expect(
      updateExtension(context, tree.acme.extension101, { forwarding: { always } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
});

test('registrations show while they last, and never with more than the extension’s own', async () => {
  const nowMs = Date.now();
  const binding = {
    contactUri: 'sip:101@192.0.2.9:5060',
    nodeId: 'n',
    callId: 'c',
    cseq: 1,
    flow: { transport: 'udp' },
    path: [],
    instanceId: '',
    regId: 0,
    userAgent: 'phone',
    address: '192.0.2.9',
    port: 5060,
    transport: 'udp',
    registeredAtMs: nowMs,
    refreshedAtMs: nowMs,
  };
  const expiresAtMs = nowMs + 60_000;
  await writeBindings(tree.database, {
    upserts: [
      { ...binding, extensionId: tree.acme.extension101, expiresAtMs },
      { ...binding, extensionId: tree.acme.extension102, expiresAtMs: nowMs - 1 },
    ],
    deletes: [],
  });
  const { items } = await listExtensions(tree.acme.as());
  expect(items.map((one) => one.registration.registered)).toEqual([true, false]);
  expect(items[0]?.registration.bindings[0]).toMatchObject({ userAgent: 'phone', port: 5060 });
  const others = await listExtensions(tree.birch.as());
  expect(others.items.every((one) => !one.registration.registered)).toBe(true);
});

test('how its media is protected is its owner’s to say, and the switch reads it', async () => {
  const { acme, cedar } = tree;
  const id = acme.extension101;
  expect((await getExtension(acme.as(), id)).mediaSecurity).toBe('auto');
  const changed = await updateExtension(acme.as(), id, { mediaSecurity: 'sdes' });
  expect(changed.mediaSecurity).toBe('sdes');
  expect((await updateExtension(acme.as(), id, { name: 'Desk' })).mediaSecurity).toBe('sdes');
  const { extensions } = await loadObjects(tree.database, 'extension', [id]);
  expect(extensions).toMatchObject([{ mediaSecurity: 'sdes' }]);
  await expect(updateExtension(cedar.as(), id, { mediaSecurity: 'off' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
