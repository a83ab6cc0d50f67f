import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { startJobRunner } from '@/lib/infra/jobs/job-runner';
import { migrateJobs } from '@/lib/infra/jobs/migrate-jobs';
import { silentLogger } from '@/lib/infra/log';
import { ensurePartitions } from '@/lib/services/maintenance/ensure-partitions';
import { purgeExpired } from '@/lib/services/maintenance/purge-expired';
import { writeBindings } from '@/lib/services/registrations/write-bindings';
import { eventually } from '@/tests/support/eventually';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
  const role = await ownRole(tree.fresh.appUrl);
  await migrateJobs({ ownerUrl: tree.fresh.ownerUrl, appRole: role });
  await migrateJobs({ ownerUrl: tree.fresh.ownerUrl, appRole: role });
});
afterAll(() => tree.close());

async function ownRole(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
  await client.end();
  return rows[0]?.role ?? '';
}

test('jobs run as the application’s role, which owns nothing of the queue', async () => {
  const seen: unknown[] = [];
  const run = async (payload: unknown): Promise<void> => void seen.push(payload);
  const runner = await startJobRunner({
    url: tree.fresh.appUrl,
    log: silentLogger,
    tasks: [{ name: 'note', run }],
  });
  try {
    await runner.add('note', { n: 1 });
    await eventually(() => seen.length === 1);
    expect(seen).toEqual([{ n: 1 }]);
  } finally {
    await runner.stop();
  }
});

test('a job that fails is run again, and the same key is asked for once', async () => {
  let tries = 0;
  const run = async (): Promise<void> => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
  };
  const runner = await startJobRunner({
    url: tree.fresh.appUrl,
    log: silentLogger,
    tasks: [{ name: 'stubborn', run, maxAttempts: 3 }],
  });
  try {
    await runner.add('stubborn', {}, 'once');
    await eventually(() => tries === 2);
  } finally {
    await runner.stop();
  }
});

test('partitions of the months to come are made once, by a role that may not make tables', async () => {
  const later = Date.now() + 2 * 366 * 86_400_000;
  expect(await ensurePartitions(tree.database, later)).toBeGreaterThanOrEqual(40);
  expect(await ensurePartitions(tree.database, later)).toBe(0);
});

test('what has run out is forgotten, what has not is kept', async () => {
  const nowMs = Date.now();
  const binding = {
    nodeId: 'n',
    callId: 'c',
    cseq: 1,
    flow: {},
    path: [],
    instanceId: '',
    regId: 0,
    userAgent: '',
    address: '192.0.2.1',
    port: 5060,
    transport: 'udp',
    registeredAtMs: nowMs,
    refreshedAtMs: nowMs,
    contactUri: 'sip:a',
  };
  await writeBindings(tree.database, {
    upserts: [
      { ...binding, extensionId: tree.acme.extension101, expiresAtMs: nowMs - 7_200_000 },
      { ...binding, extensionId: tree.acme.extension102, expiresAtMs: nowMs + 60_000 },
      { ...binding, extensionId: newId(), expiresAtMs: nowMs + 60_000 },
    ],
    deletes: [],
  });
  const { prisma } = tree.database;
  const record = { callerId: newId(), fingerprint: new Uint8Array(2) };
  await prisma.idempotencyRecord.createMany({
    data: [
      { ...record, key: 'old', expiresAt: new Date(nowMs - 1_000) },
      { ...record, key: 'new', expiresAt: new Date(nowMs + 60_000) },
    ],
  });
  expect(await purgeExpired(tree.database, nowMs)).toMatchObject({
    bindings: 1,
    idempotencyRecords: 1,
  });
  expect(await prisma.binding.findMany()).toMatchObject([{ extensionId: tree.acme.extension102 }]);
  expect(await prisma.idempotencyRecord.findMany()).toMatchObject([{ key: 'new' }]);
});
