import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { loadBindings } from '@/lib/services/registrations/load-bindings';
import { renewBindings } from '@/lib/services/registrations/renew-bindings';
import type { BindingRecord } from '@/lib/services/registrations/types';
import { writeBindings } from '@/lib/services/registrations/write-bindings';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

const NOW = 1_800_000_000_123;
const binding = (more: Partial<BindingRecord> = {}): BindingRecord => ({
  extensionId: tree.acme.extension101,
  contactUri: 'sip:101@192.0.2.9:5062;transport=tcp',
  nodeId: 'node-1',
  callId: 'abc@phone',
  cseq: 4_294_967_295,
  flow: { transport: 'tcp', local: '192.0.2.1:5060', remote: '192.0.2.9:5062', connectionId: 7 },
  path: ['<sip:edge.test;lr>'],
  instanceId: '<urn:uuid:1>',
  regId: 1,
  userAgent: 'Phone "1" \\ {x}',
  address: '192.0.2.9',
  port: 5_062,
  transport: 'tcp',
  registeredAtMs: NOW - 5_000,
  refreshedAtMs: NOW,
  expiresAtMs: NOW + 60_000,
  ...more,
});

test('what a node wrote is what it reads when it starts again, to the millisecond', async () => {
  const written = binding();
  await writeBindings(tree.database, { upserts: [written], deletes: [] });
  expect(await loadBindings(tree.database, 'node-1', NOW)).toEqual([written]);
  expect(await loadBindings(tree.database, 'node-2', NOW)).toEqual([]);
  expect(await loadBindings(tree.database, 'node-1', NOW + 60_000)).toEqual([]);
});

test('a refresh replaces, the last of a batch counts, and a delete takes it away', async () => {
  const later = binding({ cseq: 9, expiresAtMs: NOW + 90_000 });
  await writeBindings(tree.database, { upserts: [binding({ cseq: 8 }), later], deletes: [] });
  expect(await loadBindings(tree.database, 'node-1', NOW)).toEqual([later]);
  await writeBindings(tree.database, { upserts: [], deletes: [later] });
  expect(await loadBindings(tree.database, 'node-1', NOW)).toEqual([]);
});

test('an extension that is gone never fails the bindings written with it', async () => {
  await writeBindings(tree.database, {
    upserts: [binding({ extensionId: newId() }), binding({ extensionId: tree.birch.extension101 })],
    deletes: [],
  });
  const kept = await loadBindings(tree.database, 'node-1', NOW);
  expect(kept.map((one) => one.extensionId)).toEqual([tree.birch.extension101]);
});

test('a renewal changes how long a binding lives, and says how many have a row', async () => {
  const known = binding({ extensionId: tree.acme.extension101 });
  await writeBindings(tree.database, { upserts: [known], deletes: [] });
  const renewed = { ...known, callId: 'later@phone', cseq: 11, refreshedAtMs: NOW + 30_500 };
  const unknown = binding({ extensionId: tree.birch.extension101, regId: 2 });
  const longer = { ...renewed, expiresAtMs: NOW + 120_000 };
  expect(await renewBindings(tree.database, [longer, unknown])).toBe(1);
  const kept = await loadBindings(tree.database, 'node-1', NOW);
  expect(kept.filter((one) => one.extensionId === known.extensionId)).toEqual([longer]);
  expect(kept.some((one) => one.regId === 2)).toBe(false);
});
