import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { createAccount } from '@/lib/services/accounts/create-account';
import { createChargingGroups } from '@/lib/services/charging/groups';
import { startNode } from '@/lib/services/charging/node-lease';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { createDestinationPrefix } from '@/lib/services/destinations/create-destination-prefix';
import { deleteDestinationPrefix } from '@/lib/services/destinations/delete-destination-prefix';
import { listDestinationPrefixes } from '@/lib/services/destinations/list-destination-prefixes';
import { createFraudBlock } from '@/lib/services/fraud/create-fraud-block';
import { getFraudBlock } from '@/lib/services/fraud/get-fraud-block';
import { getFraudProfile } from '@/lib/services/fraud/get-fraud-profile';
import { getFraudReport } from '@/lib/services/fraud/get-fraud-report';
import { listFraudBlocks } from '@/lib/services/fraud/list-fraud-blocks';
import { listFraudEvents } from '@/lib/services/fraud/list-fraud-events';
import { recordFraud } from '@/lib/services/fraud/record-fraud';
import { releaseFraudBlock } from '@/lib/services/fraud/release-fraud-block';
import { setFraudProfile } from '@/lib/services/fraud/set-fraud-profile';
import type { FraudBlockRecord, FraudEventRecord } from '@/lib/services/fraud/types';
import { purgeExpired } from '@/lib/services/maintenance/purge-expired';
import { createVerifiedNumber } from '@/lib/services/verified-numbers/create-verified-number';
import { deleteVerifiedNumber } from '@/lib/services/verified-numbers/delete-verified-number';
import { listVerifiedNumbers } from '@/lib/services/verified-numbers/list-verified-numbers';
import { createWebhook } from '@/lib/services/webhooks/create-webhook';
import { chainOf, holdOf, rateOf, resultOf, sampleCall } from '@/tests/support/money-world';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

const refused = { code: 'FORBIDDEN' };
const missing = { code: 'NOT_FOUND' };

function event(of: Customer, changes: Partial<FraudEventRecord> = {}): FraudEventRecord {
  return {
    id: newId(),
    profileAccountId: of.id,
    callerAccountId: of.id,
    tenantId: of.tenantId,
    extensionId: of.extension101,
    callId: newId(),
    rule: 'class',
    isShadow: true,
    class: 'premium',
    country: 'GB',
    prefix: '4490987',
    atMs: Date.now(),
    ...changes,
  };
}

function block(of: Customer): FraudBlockRecord {
  return {
    id: newId(),
    accountId: of.id,
    subject: 'extension',
    subjectId: of.extension101,
    rule: 'velocity_calls',
    profileAccountId: tree.operator.id,
    callId: newId(),
    prefix: '3719012',
    atMs: Date.now(),
  };
}

describe('a profile', () => {
  test('is set from above, whole, and read by the switch', async () => {
    const { reseller, acme, database } = tree;
    const velocity = { windowSeconds: 300, digits: 4, maxCalls: 10, maxSpend: null };
    const set = await setFraudProfile(reseller.as(), acme.id, {
      ...{ mode: 'shadow', countries: ['US', 'CA', 'US'], blockedClasses: ['premium'] },
      ...{ maxPerMinute: '0.5', velocity },
    });
    expect(set).toMatchObject({
      ...{ mode: 'shadow', countries: ['CA', 'US'], maxPerMinute: '0.5000', velocity },
      ...{ maxDailySpend: null, blocksByItself: true, mayChange: true },
    });
    const { fraudProfiles } = await loadDirectory(database);
    expect(fraudProfiles.find(({ profile }) => profile.accountId === acme.id)?.profile).toEqual({
      accountId: acme.id,
      mode: 'shadow',
      countries: ['CA', 'US'],
      blockedClasses: ['premium'],
      maxPerMinuteNano: 500_000_000n,
      maxConnectFeeMicro: null,
      maxDailySpendMicro: null,
      longCallSeconds: null,
      velocity: { windowSeconds: 300, digits: 4, maxCalls: 10, maxSpendMicro: null },
      blocksByItself: true,
    });
    await expect(
      setFraudProfile(reseller.as(), acme.id, { mode: 'shadow', countries: ['US', 'XX'] }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', meta: { issues: [{ path: 'countries.1' }] } });
    const off = await setFraudProfile(reseller.as(), acme.id, { mode: 'off' });
    expect([off.countries, off.velocity, off.blockedClasses]).toEqual([null, null, []]);
  });

  test('is nobody’s own to change, nor a stranger’s to see', async () => {
    const { acme, cedar, reseller } = tree;
    expect((await getFraudProfile(acme.as(), acme.id)).mayChange).toBe(false);
    for (const context of [acme.as(), reseller.as('support'), reseller.as('billing')]) {
      await expect(setFraudProfile(context, acme.id, { mode: 'off' })).rejects.toMatchObject(
        refused,
      );
    }
    await expect(
      setFraudProfile(reseller.as(), reseller.id, { mode: 'off' }),
    ).rejects.toMatchObject(refused);
    for (const id of [cedar.id, newId()]) {
      await expect(getFraudProfile(reseller.as(), id)).rejects.toMatchObject(missing);
      await expect(setFraudProfile(reseller.as(), id, { mode: 'off' })).rejects.toMatchObject(
        missing,
      );
    }
  });

  test('denies a new customer everything but its own country, by default', async () => {
    const { reseller } = tree;
    const made = await createAccount(reseller.as(), {
      kind: 'customer',
      name: 'New',
      country: 'DE',
    });
    expect(await getFraudProfile(reseller.as(), made.id)).toMatchObject({
      ...{ mode: 'enforce', countries: ['DE'], maxDailySpend: '50.000000' },
      blockedClasses: ['high_risk', 'premium', 'satellite', 'unknown'],
    });
    const sub = await createAccount(reseller.as(), { kind: 'reseller', name: 'Sub' });
    expect((await getFraudProfile(reseller.as(), sub.id)).mode).toBe('off');
  });
});

describe('a block that the switch makes', () => {
  test('stands once, tells whoever subscribed, and is released once', async () => {
    const { acme, reseller, database, seed } = tree;
    await createWebhook(acme.as(), { url: 'https://acme.test/x', topics: ['fraud.blocked'] });
    await createWebhook(tree.cedar.as(), { url: 'https://c.test/x', topics: ['fraud.blocked'] });
    const made = block(acme);
    await recordFraud(database, seed.clock, { events: [], blocks: [made, block(acme)] });
    await recordFraud(database, seed.clock, { events: [], blocks: [block(acme)] });
    const { items } = await listFraudBlocks(acme.as());
    expect(items).toMatchObject([
      { id: made.id, name: '101 · acme.test', rule: 'velocity_calls', releasedAt: null },
    ]);
    const notices = await database.prisma.outboxMessage.findMany({
      where: { topic: 'fraud.blocked' },
    });
    expect(notices.map(({ accountId }) => accountId)).toEqual([acme.id]);
    expect(notices[0]?.payload).toMatchObject({ id: made.id, subjectId: acme.extension101 });
    await expect(releaseFraudBlock(acme.as(), made.id)).rejects.toMatchObject(refused);
    const released = await releaseFraudBlock(reseller.as('support'), made.id);
    expect(released.releasedAt).not.toBeNull();
    const again = await releaseFraudBlock(reseller.as(), made.id);
    expect(again.releasedAt).toBe(released.releasedAt);
    const audited = await database.prisma.auditEntry.findMany({ where: { objectId: made.id } });
    expect(audited.map(({ verb }) => verb)).toEqual(['fraud.release']);
    const { fraudBlocks } = await loadDirectory(database);
    expect(fraudBlocks).toMatchObject([{ id: made.id, isReleased: true, accountId: acme.id }]);
    expect((await listFraudBlocks(acme.as())).items).toEqual([]);
    expect((await listFraudBlocks(acme.as(), { state: 'released' })).items).toHaveLength(1);
    // Whoever does it again is blocked again.
    const second = block(acme);
    await recordFraud(database, seed.clock, { events: [], blocks: [second] });
    expect((await getFraudBlock(acme.as(), second.id)).releasedAt).toBeNull();
    await releaseFraudBlock(reseller.as(), second.id);
  });

  test('is made by hand, too, by whoever stands above', async () => {
    const { acme, cedar, reseller } = tree;
    const of = { subject: 'account', subjectId: acme.id, reason: 'stolen phone' } as const;
    const made = await createFraudBlock(reseller.as(), of);
    expect(made).toMatchObject({ name: 'Acme', rule: null, reason: 'stolen phone' });
    await expect(createFraudBlock(reseller.as(), of)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(createFraudBlock(acme.as(), of)).rejects.toMatchObject(refused);
    for (const subjectId of [cedar.extension101, newId()]) {
      await expect(
        createFraudBlock(reseller.as(), { ...of, subject: 'extension', subjectId }),
      ).rejects.toMatchObject(missing);
    }
    await releaseFraudBlock(reseller.as(), made.id);
  });

  test('of others is not there', async () => {
    const { acme, cedar, reseller, database, seed } = tree;
    const made = block(cedar);
    await recordFraud(database, seed.clock, { events: [], blocks: [made] });
    for (const context of [acme.as(), reseller.as()]) {
      await expect(getFraudBlock(context, made.id)).rejects.toMatchObject(missing);
      expect((await listFraudBlocks(context)).items).toEqual([]);
    }
    await expect(releaseFraudBlock(reseller.as(), made.id)).rejects.toMatchObject(missing);
  });
});

test('shadow mode says what it would have blocked, and what that would have saved', async () => {
  const { birch, cedar, reseller, database, seed } = tree;
  const nowMs = seed.clock.nowMs();
  const lease = await startNode(database, { nodeId: 'n', kind: 'switch', nowMs });
  const groups = createChargingGroups({ database, clock: seed.clock, lease, onError() {} });
  const wallet = await database.prisma.wallet.findFirstOrThrow({ where: { accountId: birch.id } });
  const buyer = { id: birch.id, parentId: reseller.id, path: birch.path, walletId: wallet.id };
  const call = sampleCall(chainOf([{ buyer, rate: rateOf('1.2000 60/60') }]), null);
  await groups.hold(holdOf(call));
  await groups.settle(resultOf(call, 60));
  await groups.close();
  const { callId } = call;
  const both = [event(birch, { callId }), event(birch, { callId, rule: 'rate' })];
  const enforced = event(birch, { isShadow: false, rule: 'country' });
  const foreign = event(cedar);
  const events = [...both, enforced, foreign];
  await recordFraud(database, seed.clock, { events, blocks: [] });
  // Told twice it stands once.
  await recordFraud(database, seed.clock, { events: both, blocks: [] });
  const { items } = await listFraudEvents(reseller.as());
  const found = items.map(({ rule, shadow, cost }) => [rule, shadow, cost?.amount ?? null]);
  // Those of one millisecond come in any order.
  expect(found.sort()).toEqual([
    ['class', true, '1.200000'],
    ['country', false, null],
    ['rate', true, '1.200000'],
  ]);
  expect(items.find(({ rule }) => rule === 'class')).toMatchObject({
    callerName: 'Birch',
    extension: '101',
    prefix: '4490987',
  });
  const report = await getFraudReport(reseller.as());
  const saved = { wouldHaveSaved: { amount: '1.200000', currency: 'USD' } };
  expect(report.totals).toEqual([{ currency: 'USD', blocked: 1, wouldHaveBlocked: 1, ...saved }]);
  expect(report.rules).toMatchObject([
    { rule: 'class', wouldHaveBlocked: 1, ...saved },
    { rule: 'country', blocked: 1, wouldHaveSaved: { amount: '0.000000' } },
    { rule: 'rate', wouldHaveBlocked: 1, ...saved },
  ]);
  expect((await listFraudEvents(reseller.as(), { outcome: 'blocked' })).items).toHaveLength(1);
  // Old ones are forgotten, and whatever was spent on days that are over.
  await database.prisma.dailySpend.create({
    data: {
      ...{ subject: 'account', subjectId: birch.id, nodeId: 'n', amountMicro: 1n },
      day: new Date(),
    },
  });
  await purgeExpired(database, Date.now() + 91 * 86_400_000);
  expect((await listFraudEvents(reseller.as())).items).toHaveLength(3);
  expect(await database.prisma.dailySpend.count()).toBe(0);
  await purgeExpired(database, Date.now() + 93 * 86_400_000);
  expect((await listFraudEvents(reseller.as())).items).toEqual([]);
  await expect(
    getFraudReport(reseller.as(), { from: '2020-01-01T00:00:00.000Z' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('the operator says what a prefix is, alone', async () => {
  const { operator, reseller, acme, database } = tree;
  const made = await createDestinationPrefix(operator.as(), { prefix: '4420', class: 'premium' });
  expect(made).toMatchObject({ prefix: '4420', class: 'premium', builtIn: 'fixed' });
  await expect(
    createDestinationPrefix(operator.as(), { prefix: '4420', class: 'fixed' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(
    createDestinationPrefix(operator.as(), { prefix: '+44', class: 'fixed' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect((await loadDirectory(database)).destinationPrefixes).toMatchObject([
    { prefix: '4420', class: 'premium' },
  ]);
  for (const context of [reseller.as(), acme.as()]) {
    await expect(listDestinationPrefixes(context)).rejects.toMatchObject(refused);
    await expect(deleteDestinationPrefix(context, made.id)).rejects.toMatchObject(refused);
  }
  await deleteDestinationPrefix(operator.as(), made.id);
  await expect(deleteDestinationPrefix(operator.as(), made.id)).rejects.toMatchObject(missing);
});

test('a number of somebody else is proven by whoever sells to the tenant, never by itself', async () => {
  const { acme, cedar, reseller, database } = tree;
  const input = { tenantId: acme.tenantId, e164: '+12125550199', reason: 'contract of 3 May' };
  await expect(createVerifiedNumber(acme.as(), input)).rejects.toMatchObject(refused);
  const made = await createVerifiedNumber(reseller.as(), input);
  expect(made).toMatchObject({ domain: 'acme.test', e164: '+12125550199' });
  expect((await loadDirectory(database)).verifiedNumbers).toMatchObject([
    { tenantId: acme.tenantId, e164: '+12125550199' },
  ]);
  await expect(createVerifiedNumber(reseller.as(), input)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await expect(
    createVerifiedNumber(reseller.as(), { ...input, tenantId: cedar.tenantId }),
  ).rejects.toMatchObject(missing);
  expect((await listVerifiedNumbers(acme.as())).items).toHaveLength(1);
  expect((await listVerifiedNumbers(cedar.as())).items).toEqual([]);
  await expect(deleteVerifiedNumber(cedar.as(), made.id)).rejects.toMatchObject(refused);
  await expect(deleteVerifiedNumber(tree.rival.as(), made.id)).rejects.toMatchObject(missing);
  await deleteVerifiedNumber(reseller.as(), made.id);
  expect((await listVerifiedNumbers(acme.as())).items).toEqual([]);
});
