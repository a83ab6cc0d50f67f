import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlClient } from '@/lib/control/client';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { deleteExtension } from '@/lib/services/extensions/delete-extension';
import { getLimits } from '@/lib/services/limits/get-limits';
import { listLimits } from '@/lib/services/limits/list-limits';
import { setLimits } from '@/lib/services/limits/set-limits';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

/** A switch that answers what it is asked for: three calls at everybody, two of them out. */
const busy: ControlClient = {
  send: (async (_name: string, { subjects }: { subjects: { kind: string; id: string }[] }) => ({
    usages: subjects.map(({ kind, id }) => ({
      ...{ kind, id, concurrentCalls: 3, outgoingCalls: 2, callsThisSecond: 1 },
      spentTodayMicro: '1500000',
    })),
  })) as unknown as ControlClient['send'],
  events: async function* () {},
};
const away: ControlClient = {
  ...busy,
  send: () => Promise.reject(new AppError('UNAVAILABLE', 'no switch')),
};

const extension = (id: string) => ({ subject: 'extension', id }) as const;
const account = (id: string) => ({ subject: 'account', id }) as const;

test('limits of an extension are set, seen by the switch, and go with it', async () => {
  const { acme, database } = tree;
  const context = acme.as();
  const asked = extension(acme.extension102);
  const input = {
    maxConcurrentOut: 2,
    maxDailySpend: '12.50',
    maxPerMinute: '0.250000001',
    blockedClasses: ['satellite' as const, 'premium' as const],
  };
  const set = await setLimits(context, busy, { ...asked, input });
  expect(set).toMatchObject({
    name: '102 · acme.test',
    accountId: acme.id,
    depth: 0,
    mayChange: true,
    limits: {
      maxConcurrentCalls: null,
      maxConcurrentOut: 2,
      maxDailySpend: '12.500000',
      maxPerMinute: '0.250000001',
      maxConnectFee: null,
      blockedClasses: ['premium', 'satellite'],
    },
    used: {
      ...{ concurrentCalls: 3, concurrentIn: 1, concurrentOut: 2, callsPerSecond: 1 },
      dailySpend: { amount: '1.500000', currency: 'USD' },
    },
  });
  const { callLimits } = await loadDirectory(database);
  const row = callLimits.find(({ subjectId }) => subjectId === acme.extension102);
  expect(row).toMatchObject({
    subject: 'extension',
    accountId: acme.id,
    generation: BigInt(set.generation),
    limits: {
      ...{ maxConcurrentOut: 2, maxConcurrentCalls: null, maxDailySpendMicro: 12_500_000n },
      ...{ maxPerMinuteNano: 250_000_001n, blockedClasses: ['premium', 'satellite'] },
    },
  });
  // What is left out stays, null takes one away.
  const changed = await setLimits(context, busy, { ...asked, input: { maxDailySpend: null } });
  expect(changed.limits).toMatchObject({ maxDailySpend: null, maxConcurrentOut: 2 });
  const audited = await database.prisma.auditEntry.count({
    where: { verb: 'limits.set', objectId: acme.extension102, accountId: acme.id },
  });
  expect(audited).toBe(2);
  await deleteExtension(tree.operator.as(), acme.extension102);
  expect(await database.prisma.callLimit.count({ where: { subjectId: asked.id } })).toBe(0);
});

test('calls at a time of accounts and trunks stand where they always have', async () => {
  const { operator, acme, database } = tree;
  const set = await setLimits(tree.reseller.as(), busy, {
    ...account(acme.id),
    input: { maxConcurrentCalls: 7, maxCallsPerSecond: 2, maxConcurrentOut: 5 },
  });
  expect(set.limits).toMatchObject({
    ...{ maxConcurrentCalls: 7, maxCallsPerSecond: 2, maxConcurrentOut: 5 },
  });
  const row = await database.prisma.account.findUniqueOrThrow({ where: { id: acme.id } });
  expect([row.maxConcurrentCalls, row.maxCallsPerSecond]).toEqual([7, 2]);
  const carrier = await createCarrier(operator.as(), { name: 'carrier' });
  const { id } = await createTrunk(operator.as(), {
    ...{ carrierId: carrier.id, name: 'trunk', address: '198.51.100.7' },
  });
  const trunk = { subject: 'trunk', id } as const;
  const input = { maxConcurrentIn: 3, maxCallsPerSecond: 9, maxDailySpend: '100' };
  expect((await setLimits(operator.as(), busy, { ...trunk, input })).limits).toMatchObject({
    ...{ maxConcurrentCalls: 1_000, maxConcurrentIn: 3, maxCallsPerSecond: 9 },
    maxDailySpend: '100.000000',
  });
  const kept = await database.prisma.trunk.findUniqueOrThrow({ where: { id } });
  expect([kept.maxChannelsIn, kept.maxCallsPerSecond]).toEqual([3, 9]);
  for (const one of [trunk, account(acme.id)]) {
    await expect(
      setLimits(operator.as(), busy, { ...one, input: { maxConcurrentCalls: null } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
});

describe('nobody loosens what was set from above', () => {
  test('nobody changes the limits of the own account, but the operator', async () => {
    const { acme, reseller, operator } = tree;
    const input = { maxDailySpend: '1000' };
    for (const own of [acme, reseller]) {
      expect((await getLimits(own.as(), busy, account(own.id))).mayChange).toBe(false);
      await expect(setLimits(own.as(), busy, { ...account(own.id), input })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    const set = await setLimits(operator.as(), busy, { ...account(operator.id), input });
    expect(set.limits.maxDailySpend).toBe('1000.000000');
  });

  test('a customer keeps what its reseller set for an extension, the operator may change it', async () => {
    const { birch, reseller, operator } = tree;
    const asked = extension(birch.extension101);
    await setLimits(birch.as(), busy, { ...asked, input: { maxConcurrentOut: 9 } });
    await setLimits(reseller.as(), busy, { ...asked, input: { maxConcurrentOut: 1 } });
    expect((await getLimits(birch.as(), busy, asked)).mayChange).toBe(false);
    await expect(
      setLimits(birch.as(), busy, { ...asked, input: { maxConcurrentOut: 99 } }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await setLimits(operator.as(), busy, { ...asked, input: { maxConcurrentOut: 3 } });
    await expect(
      setLimits(reseller.as(), busy, { ...asked, input: { maxConcurrentOut: 99 } }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('readers read, and nobody else writes', async () => {
    const { acme } = tree;
    const asked = extension(acme.extension101);
    for (const role of ['read_only', 'support', 'billing', 'developer'] as const) {
      expect((await getLimits(acme.as(role), busy, asked)).mayChange).toBe(false);
      await expect(
        setLimits(acme.as(role), busy, { ...asked, input: { maxConcurrentOut: 1 } }),
      ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });
});

test('what belongs to others looks as if it did not exist, with the same extension numbers', async () => {
  const { acme, cedar, reseller } = tree;
  await setLimits(cedar.as(), busy, {
    ...extension(cedar.extension101),
    input: { maxConcurrentOut: 1 },
  });
  // What nobody said anything about is a limit to nothing.
  const { callLimits } = await loadDirectory(tree.database);
  const row = callLimits.find(({ subjectId }) => subjectId === cedar.extension101);
  expect(row?.limits).toEqual({ ...NO_LIMITS, maxConcurrentOut: 1 });
  const missing = { code: 'NOT_FOUND' };
  for (const context of [acme.as(), reseller.as()]) {
    for (const asked of [
      extension(cedar.extension101),
      extension(newId()),
      account(cedar.id),
      { subject: 'tenant', id: cedar.tenantId } as const,
    ]) {
      await expect(getLimits(context, busy, asked)).rejects.toMatchObject(missing);
      const change = setLimits(context, busy, { ...asked, input: { maxConcurrentOut: 2 } });
      await expect(change).rejects.toMatchObject(missing);
    }
    const { items } = await listLimits(context, busy, { limit: 200 });
    expect(items.map(({ accountId }) => accountId)).not.toContain(cedar.id);
    await expect(listLimits(context, busy, { accountId: cedar.id })).rejects.toMatchObject(missing);
  }
});

test('the tree lists every account with its tenants, then those below, page by page', async () => {
  const { operator, reseller, acme } = tree;
  const whole = await listLimits(operator.as(), busy, { limit: 200 });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listLimits(operator.as(), busy, { limit: 3, ...(cursor ? { cursor } : {}) });
    seen.push(...page.items.map(({ subjectId }) => subjectId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(whole.items.map(({ subjectId }) => subjectId));
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen[0]).toBe(operator.id);
  const mine = await listLimits(reseller.as(), busy, { accountId: acme.id });
  expect(mine.items.map(({ subject, depth }) => [subject, depth])).toEqual([
    ['account', 1],
    ['tenant', 1],
  ]);
  const only = await listLimits(operator.as(), busy, { subject: 'extension' });
  expect(only.items.every(({ subject }) => subject === 'extension')).toBe(true);
});

test('limits are shown while the switch does not answer', async () => {
  const { acme } = tree;
  const view = await getLimits(acme.as(), away, account(acme.id));
  expect([view.used, view.limits.maxConcurrentCalls]).toEqual([null, 7]);
});
