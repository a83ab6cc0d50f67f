import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { checksums } from '@/lib/services/configuration/checksums';
import { listenForChanges } from '@/lib/services/configuration/listen-for-changes';
import { loadChanges } from '@/lib/services/configuration/load-changes';
import { loadDeckRates } from '@/lib/services/configuration/load-deck-rates';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { loadObjects } from '@/lib/services/configuration/load-objects';
import { reportObserved } from '@/lib/services/configuration/report-observed';
import { deleteExtension } from '@/lib/services/extensions/delete-extension';
import { updateExtension } from '@/lib/services/extensions/update-extension';
import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { updateRouteGroup } from '@/lib/services/route-groups/update-route-group';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { createLiveDeck } from '@/prisma/seed/tools';
import { eventually } from '@/tests/support/eventually';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

test('the directory is complete and adds up to its own checksums', async () => {
  const directory = await loadDirectory(tree.database);
  expect(directory.accounts.map((one) => one.name)).toEqual([
    'Operator',
    'Reseller',
    'Rival',
    'Acme',
    'Birch',
    'Cedar',
  ]);
  expect(directory.extensions).toHaveLength(6);
  const sum = directory.extensions.reduce((total, one) => total + one.generation, 0n);
  expect(directory.checksums.extension).toEqual({ count: 6, generationSum: sum });
  expect(await checksums(tree.database)).toEqual(directory.checksums);
  const [root, reseller] = directory.accounts;
  expect(root).toMatchObject({ parentId: null, kind: 'operator' });
  expect(reseller).toMatchObject({
    parentId: root?.id,
    limits: { maxConcurrentCalls: 10, maxCallsPerSecond: 5 },
    allowedDestinations: null,
    marginFloorMicro: 0n,
  });
  const deck = directory.decks.find((one) => one.id === reseller?.sellDeckId);
  expect(deck?.active?.info).toMatchObject({ deckName: 'to Reseller', deckVersion: 1 });
});

test('a change that commits long after it was made is seen, whatever was read meanwhile', async () => {
  const slow = new pg.Client({ connectionString: tree.fresh.appUrl });
  await slow.connect();
  const start = await loadDirectory(tree.database);
  await slow.query('BEGIN');
  await slow.query(`UPDATE extension SET name = 'slow' WHERE id = $1`, [tree.acme.extension101]);
  // A later transaction commits first, and a reader passes by twice.
  await updateExtension(tree.birch.as(), tree.birch.extension101, { name: 'quick' });
  const first = await loadChanges(tree.database, start.watermark);
  expect(first.changed.extensions.map((one) => one.name)).toEqual(['quick']);
  await updateExtension(tree.birch.as(), tree.birch.extension102, { name: 'quicker' });
  const second = await loadChanges(tree.database, first.watermark);
  await slow.query('COMMIT');
  await slow.end();
  const third = await loadChanges(tree.database, second.watermark);
  expect(third.changed.extensions.map((one) => one.name)).toContain('slow');
  const fourth = await loadChanges(tree.database, third.watermark);
  expect(fourth.changed.extensions).toEqual([]);
  expect(fourth.checksums).toEqual(third.checksums);
});

test('rates of an account’s own arrive with the account, and their deck with its live version', async () => {
  const { reseller, acme, birch, seed, database } = tree;
  const { watermark } = await loadDirectory(database);
  const ownDeckId = await createLiveDeck(seed, reseller, {
    ...{ kind: 'sell', name: 'for Acme alone' },
    rates: [{ prefix: '44', perMinute: '0.02', first: 1, next: 1 }],
  });
  await updateAccount(reseller.as(), acme.id, { ownDeckId });
  const { changed, checksums: sums } = await loadChanges(database, watermark);
  expect(changed.accounts).toMatchObject([{ id: acme.id, sellDeckId: null, ownDeckId }]);
  expect(changed.decks).toMatchObject([{ id: ownDeckId, active: { info: { deckVersion: 1 } } }]);
  const directory = await loadDirectory(database);
  expect(directory.checksums).toEqual(sums);
  expect(directory.accounts.find(({ id }) => id === birch.id)).toMatchObject({ ownDeckId: null });
});

test('what was rolled back is never seen', async () => {
  const { watermark } = await loadDirectory(tree.database);
  await expect(
    tree.database.prisma.$transaction(async (tx) => {
      await tx.extension.update({
        where: { id: tree.acme.extension101 },
        data: { name: 'undone' },
      });
      throw new Error('rolled back');
    }),
  ).rejects.toThrow('rolled back');
  const changes = await loadChanges(tree.database, watermark);
  expect(changes.changed.extensions).toEqual([]);
  expect(changes.deleted).toEqual([]);
});

test('what is deleted is told by a tombstone with a newer generation', async () => {
  const { watermark, extensions } = await loadDirectory(tree.database);
  const gone = extensions.find((one) => one.id === tree.cedar.extension102);
  await deleteExtension(tree.cedar.as(), tree.cedar.extension102);
  const changes = await loadChanges(tree.database, watermark);
  expect(changes.deleted).toMatchObject([{ kind: 'extension', objectId: gone?.id }]);
  expect(changes.deleted[0]?.generation).toBeGreaterThan(gone?.generation ?? 0n);
});

test('members of a route group are part of it: changing them changes the group', async () => {
  const operator = tree.operator.as();
  const carrier = await createCarrier(operator, { name: 'c' });
  const trunk = await createTrunk(operator, {
    carrierId: carrier.id,
    name: 't',
    address: '192.0.2.10',
  });
  const group = await createRouteGroup(operator, { name: 'g' });
  const { watermark } = await loadDirectory(tree.database);
  await updateRouteGroup(operator, group.id, { members: [{ trunkId: trunk.id, priority: 2 }] });
  const changes = await loadChanges(tree.database, watermark);
  expect(changes.changed.routeGroups).toMatchObject([
    { id: group.id, members: [{ trunkId: trunk.id, priority: 2, weight: 1 }] },
  ]);
  expect(changes.changed.routeGroups[0]?.generation).toBeGreaterThan(BigInt(group.generation));
});

test('one kind can be read alone, whole or by id', async () => {
  const one = await loadObjects(tree.database, 'tenant', [tree.acme.tenantId]);
  expect(one.tenants.map((tenant) => tenant.domain)).toEqual(['acme.test']);
  expect(one.accounts).toEqual([]);
  expect((await loadObjects(tree.database, 'tenant', null)).tenants).toHaveLength(3);
  expect((await loadObjects(tree.database, 'tenant', [])).tenants).toEqual([]);
});

test('rates arrive in chunks that add up to the version', async () => {
  const { decks } = await loadDirectory(tree.database);
  const versionId = decks[0]?.active?.versionId ?? '';
  const chunks = [];
  for await (const chunk of loadDeckRates(tree.database, versionId, 1)) chunks.push(chunk);
  expect(chunks.flat()).toMatchObject([
    { prefix: '1', nextPerMinuteNano: 10_000_000n, firstSeconds: 1, noChargeSeconds: 0 },
  ]);
});

test('a rate arrives with all its terms, whatever its destination is called', async () => {
  const { decks } = await loadDirectory(tree.database);
  const versionId = newId();
  await tree.database.pool.query(
    'INSERT INTO deck_version (id, deck_id, version) VALUES ($1, $2, 99)',
    [versionId, decks[0]?.id],
  );
  await tree.database.pool.query(
    `INSERT INTO rate (version_id, prefix, destination, first_seconds, next_seconds,
       first_per_minute_nano, next_per_minute_nano, connect_fee_micro, minimum_micro,
       no_charge_seconds, free_seconds, blocked, band, valid_from, valid_to)
     VALUES ($1, '4479', E'Mobile\\t"O2"\\tUK', 30, 6, 123456789012345, 7, 11, 13, 2, 5, true, 0,
       '2026-01-01 00:00:00.25+00', NULL)`,
    [versionId],
  );
  const chunks = [];
  for await (const chunk of loadDeckRates(tree.database, versionId)) chunks.push(chunk);
  expect(chunks.flat().find(({ prefix }) => prefix === '4479')).toEqual({
    prefix: '4479',
    destination: 'Mobile\t"O2"\tUK',
    firstSeconds: 30,
    nextSeconds: 6,
    firstPerMinuteNano: 123_456_789_012_345n,
    nextPerMinuteNano: 7n,
    connectFeeMicro: 11n,
    minimumMicro: 13n,
    noChargeSeconds: 2,
    freeSeconds: 5,
    blocked: true,
    reverseBilled: false,
    band: 0,
    markup: null,
    validFromMs: Date.UTC(2026, 0, 1) + 250,
    validToMs: null,
  });
});

test('an older observation never overwrites a newer one', async () => {
  const ref = { kind: 'extension', objectId: tree.acme.extension101 } as const;
  await reportObserved(tree.database, 'n', [{ ...ref, generation: 7n }]);
  await reportObserved(tree.database, 'n', [
    { ...ref, generation: 5n },
    { ...ref, generation: 6n },
  ]);
  const rows = await tree.database.prisma.configObserved.findMany();
  expect(rows.map((row) => row.generation)).toEqual([7n]);
});

test('a change is told at once, and again after the connection was lost', async () => {
  const reasons: string[] = [];
  const listener = listenForChanges({
    url: tree.fresh.appUrl,
    onChange: (reason) => reasons.push(reason),
    onError: () => undefined,
  });
  try {
    await eventually(() => reasons[0] === 'connected');
    await updateExtension(tree.acme.as(), tree.acme.extension101, { name: 'told' });
    await eventually(() => reasons.includes('notified'));
    const killer = new pg.Client({ connectionString: tree.fresh.superuserUrl });
    await killer.connect();
    await killer.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tollbridge-config'`,
    );
    await killer.end();
    await eventually(() => reasons.filter((one) => one === 'connected').length === 2);
  } finally {
    await listener.close();
  }
});
