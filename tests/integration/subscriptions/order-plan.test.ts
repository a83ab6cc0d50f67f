import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { getAccount } from '@/lib/services/accounts/get-account';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { startNode } from '@/lib/services/charging/node-lease';
import { loadChanges } from '@/lib/services/configuration/load-changes';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { reportObserved } from '@/lib/services/configuration/report-observed';
import { createExtension } from '@/lib/services/extensions/create-extension';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { createPlan } from '@/lib/services/plans/create-plan';
import { listPlans } from '@/lib/services/plans/list-plans';
import { publishPlan } from '@/lib/services/plans/publish-plan';
import { getSubscription } from '@/lib/services/subscriptions/get-subscription';
import { listSubscriptions } from '@/lib/services/subscriptions/list-subscriptions';
import { orderPlan } from '@/lib/services/subscriptions/order-plan';
import { createWebhook } from '@/lib/services/webhooks/create-webhook';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let planId: string;
beforeAll(async () => {
  tree = await plantTree();
  const plan = await createPlan(tree.reseller.as(), {
    name: 'Extension',
    pricePerPeriod: '3.00',
    setUpFee: '1.00',
    extensions: 2,
    publish: true,
  });
  planId = plan.id;
});
afterAll(() => tree.close());

const key = (): string => newId();
const balance = async (accountId: string) =>
  (await getAccount(tree.operator.as(), accountId)).wallet?.balance.amount;

test('a plan is offered by the seller to its own children alone', async () => {
  const offered = await listPlans(tree.acme.as(), { view: 'offered' });
  expect(offered.items.map((plan) => plan.id)).toEqual([planId]);
  expect(offered.items[0]?.subscriptionCount).toBeNull();
  expect((await listPlans(tree.cedar.as(), { view: 'offered' })).items).toEqual([]);
  expect((await listPlans(tree.acme.as(), { view: 'own' })).items).toEqual([]);
  await expect(orderPlan(tree.cedar.as(), { planId, orderKey: key() })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('an order charges, provisions and tells the switch, all at once', async () => {
  const before = await loadDirectory(tree.database);
  const order = await orderPlan(tree.acme.as(), {
    planId,
    orderKey: key(),
    extensionName: 'Reception',
  });
  expect(order).toMatchObject({
    state: 'active',
    charged: { amount: '4.000000', currency: 'USD' },
  });
  expect(order.extensions.map((one) => [one.number, one.name])).toEqual([
    ['103', 'Reception'],
    ['104', 'New extension'],
  ]);
  expect(await balance(tree.acme.id)).toBe('16.000000');
  const changes = await loadChanges(tree.database, before.watermark);
  const loaded = new Map(changes.changed.extensions.map((one) => [one.id, one.generation]));
  for (const one of order.extensions) expect(loaded.get(one.id)).toBe(BigInt(one.generation));
  expect(await verifyLedger(tree.database)).toMatchObject({ ok: true });
});

test('what an order provisions is live when the running switch says so, and not before', async () => {
  const [order] = (await listSubscriptions(tree.acme.as())).items;
  if (!order) throw new Error('there is an order');
  expect(order.status.conditions[0]).toMatchObject({ status: 'Unknown', reason: 'NoSwitch' });
  await startNode(tree.database, { nodeId: 'sw', kind: 'switch', nowMs: Date.now() });
  expect((await getSubscription(tree.acme.as(), order.id)).status).toMatchObject({
    observedGeneration: null,
    conditions: [{ status: 'False', reason: 'Pending' }],
  });
  await reportObserved(
    tree.database,
    'sw',
    order.extensions.map((one) => ({
      kind: 'extension',
      objectId: one.id,
      generation: BigInt(one.generation),
    })),
  );
  expect((await getSubscription(tree.acme.as(), order.id)).status).toMatchObject({
    observedGeneration: order.generation,
    conditions: [{ type: 'Live', status: 'True' }],
  });
});

test('the same order key orders once, also for five at the same moment', async () => {
  const orderKey = key();
  const before = await balance(tree.birch.id);
  const orders = await Promise.all(
    Array.from({ length: 5 }, () => orderPlan(tree.birch.as(), { planId, orderKey })),
  );
  expect(new Set(orders.map((one) => one.id)).size).toBe(1);
  expect(Number(before) - Number(await balance(tree.birch.id))).toBe(4);
  const other = await createPlan(tree.reseller.as(), {
    name: 'Other',
    pricePerPeriod: '1',
    publish: true,
  });
  await expect(orderPlan(tree.birch.as(), { planId: other.id, orderKey })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('orders at once never spend more than the balance, and one that fails leaves nothing behind', async () => {
  const big = await createPlan(tree.rival.as(), {
    name: 'Big',
    pricePerPeriod: '9.00',
    extensions: 1,
    publish: true,
  });
  const orders = await Promise.allSettled(
    Array.from({ length: 6 }, () =>
      orderPlan(tree.cedar.as(), { planId: big.id, orderKey: key() }),
    ),
  );
  const refused = orders.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  expect(refused).toHaveLength(4);
  for (const reason of refused) expect(reason).toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  expect(await balance(tree.cedar.id)).toBe('2.000000');
  expect((await listSubscriptions(tree.cedar.as())).items).toHaveLength(2);
  expect(await verifyLedger(tree.database)).toMatchObject({ ok: true });
});

test('a subscription keeps the terms it was ordered under', async () => {
  await publishPlan(tree.reseller.as(), planId, { pricePerPeriod: '99.00', extensions: 5 });
  const [order] = (await listSubscriptions(tree.birch.as())).items;
  expect(order).toMatchObject({
    pricePerPeriod: { amount: '3.000000' },
    extensionsGranted: 2,
    plan: { version: 1 },
  });
});

test('who is billed elsewhere is not charged here', async () => {
  const free = await createPlan(tree.reseller.as(), {
    name: 'External',
    pricePerPeriod: '5',
    publish: true,
  });
  await tree.database.prisma.account.update({
    where: { id: tree.birch.id },
    data: { billedBy: 'external' },
  });
  const before = await balance(tree.birch.id);
  const order = await orderPlan(tree.reseller.as(), {
    planId: free.id,
    accountId: tree.birch.id,
    orderKey: key(),
    externalId: 'whmcs:1:service:7',
  });
  expect(order.charged).toBeNull();
  expect(await balance(tree.birch.id)).toBe(before);
});

test('a place that becomes free may be filled again, and no more than that', async () => {
  const [order] = (await listSubscriptions(tree.acme.as())).items;
  const extension = order?.extensions[0];
  if (!extension) throw new Error('there is an extension');
  const context = tree.acme.as();
  const input = { tenantId: tree.acme.tenantId, name: 'x' };
  await expect(createExtension(context, input)).rejects.toMatchObject({
    code: 'USAGE_EXCEEDS_LIMIT',
  });
  await tree.database.prisma.extension.delete({ where: { id: extension.id } });
  const made = await Promise.allSettled([
    createExtension(context, input),
    createExtension(context, input),
  ]);
  expect(made.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('below a suspended seller nothing can be ordered', async () => {
  await updateAccount(tree.operator.as(), tree.reseller.id, { state: 'suspended' });
  await expect(orderPlan(tree.acme.as(), { planId, orderKey: key() })).rejects.toMatchObject({
    code: 'ACCOUNT_SUSPENDED',
  });
  await updateAccount(tree.operator.as(), tree.reseller.id, { state: 'active' });
});

test('an order is told to whoever above it subscribed, and to nobody else', async () => {
  const topics: ['subscription.activated'] = ['subscription.activated'];
  const url = 'https://hooks.example/x';
  await createWebhook(tree.reseller.as(), { url, topics });
  await createWebhook(tree.rival.as(), { url, topics });
  await updateAccount(tree.reseller.as(), tree.acme.id, { creditLimit: '500' });
  await orderPlan(tree.acme.as(), { planId, orderKey: key() });
  const messages = await tree.database.prisma.outboxMessage.findMany();
  expect(messages.map((one) => one.accountId)).toEqual([tree.reseller.id]);
});

test("somebody else's subscription looks as if it did not exist", async () => {
  const [order] = (await listSubscriptions(tree.acme.as())).items;
  for (const context of [tree.birch.as(), tree.rival.as(), tree.cedar.as()]) {
    await expect(getSubscription(context, order?.id ?? '')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  }
  await expect(
    orderPlan(tree.acme.as('support'), { planId, orderKey: key() }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
