import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import {
  chooseNumberAddress,
  chooseTenantAddress,
} from '@/lib/services/emergency/choose-emergency-address';
import { deleteEmergencyAddress } from '@/lib/services/emergency/delete-emergency-address';
import { getEmergencyAddress } from '@/lib/services/emergency/get-emergency-address';
import { getEmergencyGaps } from '@/lib/services/emergency/get-emergency-gaps';
import { listEmergencyAddresses } from '@/lib/services/emergency/list-emergency-addresses';
import { listEmergencyCalls } from '@/lib/services/emergency/list-emergency-calls';
import {
  loadOpenCallbacks,
  recordEmergencyCall,
} from '@/lib/services/emergency/record-emergency-call';
import { updateEmergencyAddress } from '@/lib/services/emergency/update-emergency-address';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { orderNumber } from '@/lib/services/numbers/order-number';
import { createWebhook } from '@/lib/services/webhooks/create-webhook';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';
import { placeOf, routeHelp, sellNumbers, stockNumber } from './world';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
  await sellNumbers(tree);
});
afterAll(() => tree.close());

const NOT_FOUND = { code: 'NOT_FOUND' };

const tenantOf = async (customer: Customer) => {
  const { tenants } = await loadDirectory(tree.database);
  const tenant = tenants.find(({ id }) => id === customer.tenantId);
  if (!tenant) throw new Error('no such tenant');
  return tenant;
};

let orders = 0;
const order = (customer: Customer, numberId: string, emergencyAddressId?: string) => {
  orders += 1;
  return orderNumber(customer.as(), {
    numberId,
    orderKey: `emergency order ${orders}`,
    tenantId: customer.tenantId,
    ...(emergencyAddressId ? { emergencyAddressId } : {}),
  });
};

test('a number is not ordered before help can be called from its country, nor before its place is known', async () => {
  const { acme } = tree;
  const number = await stockNumber(tree);
  await routeHelp(tree, ['GB']);
  await expect(order(acme, number.id)).rejects.toMatchObject({ code: 'NO_EMERGENCY_ROUTE' });
  expect((await getEmergencyGaps(acme.as())).unroutedCountries).toEqual(['US']);
  await routeHelp(tree, ['CA', 'US']);
  await expect(order(acme, number.id)).rejects.toMatchObject({
    code: 'CONFLICT',
    meta: { issues: [{ path: 'emergencyAddressId', message: 'is needed' }] },
  });
  const place = await placeOf(acme.as(), acme);
  expect(place).toMatchObject({ isDefault: true, confirmedBy: null });
  expect(await order(acme, number.id)).toMatchObject({ state: 'in_service' });
});

test('the switch learns a tenant’s place and the number to be shown, with a generation of their own', async () => {
  const { birch } = tree;
  const before = await tenantOf(birch);
  const place = await placeOf(birch.as(), birch);
  const number = await stockNumber(tree);
  await assignNumber(tree.operator.as(), number.id, { tenantId: birch.tenantId });
  await updateEmergencyAddress(birch.as(), place.id, { numberId: number.id, confirmed: true });
  const after = await tenantOf(birch);
  expect(after).toMatchObject({ emergencyLocationId: place.id, emergencyNumber: number.e164 });
  expect(after.generation > before.generation).toBe(true);
  // A number that leaves the house is not shown for it any more.
  await assignNumber(tree.operator.as(), number.id, { tenantId: null });
  expect((await tenantOf(birch)).emergencyNumber).toBeNull();
  expect((await getEmergencyAddress(birch.as(), place.id)).number).toBeNull();
  expect((await getEmergencyGaps(birch.as())).unreachable).toHaveLength(1);
});

test('a number may be at a place of its own, and leaves it behind with its tenant', async () => {
  const { acme, cedar } = tree;
  const branch = await placeOf(acme.as(), acme, 'Branch');
  const number = await stockNumber(tree);
  await assignNumber(tree.operator.as(), number.id, { tenantId: acme.tenantId });
  await chooseNumberAddress(acme.as(), number.id, { emergencyAddressId: branch.id });
  const read = async () => {
    const { numbers } = await loadDirectory(tree.database);
    return numbers.find(({ id }) => id === number.id)?.emergencyLocationId;
  };
  expect(await read()).toBe(branch.id);
  await assignNumber(tree.operator.as(), number.id, { tenantId: cedar.tenantId });
  expect(await read()).toBeNull();
});

test('an address that its country would not find is refused with what it lacks', async () => {
  const { acme } = tree;
  const [place] = (await listEmergencyAddresses(acme.as())).items;
  const change = (fields: object) =>
    updateEmergencyAddress(acme.as(), place?.id ?? '', { ...fields, confirmed: true });
  await expect(change({ postalCode: '2050' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(change({ region: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(change({ country: 'GB' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await change({ country: 'GB', postalCode: 'SW1A 2AA', region: '', city: 'London' });
});

test('nobody sees, changes or uses the places of another house', async () => {
  const { acme, cedar, rival } = tree;
  const [place] = (await listEmergencyAddresses(acme.as())).items;
  const id = place?.id ?? '';
  expect((await listEmergencyAddresses(cedar.as())).items).toEqual([]);
  for (const stranger of [cedar, rival]) {
    await expect(getEmergencyAddress(stranger.as(), id)).rejects.toMatchObject(NOT_FOUND);
    await expect(
      updateEmergencyAddress(stranger.as(), id, { city: 'x', confirmed: true }),
    ).rejects.toMatchObject(NOT_FOUND);
    await expect(deleteEmergencyAddress(stranger.as(), id)).rejects.toMatchObject(NOT_FOUND);
  }
  await expect(
    chooseTenantAddress(cedar.as(), cedar.tenantId, { emergencyAddressId: id }),
  ).rejects.toMatchObject(NOT_FOUND);
  await expect(
    chooseTenantAddress(tree.operator.as(), cedar.tenantId, { emergencyAddressId: id }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const number = await stockNumber(tree);
  await expect(order(cedar, number.id, id)).rejects.toMatchObject(NOT_FOUND);
});

test('a house without a place is told so until it has one', async () => {
  const { cedar } = tree;
  const own = [{ id: cedar.tenantId, domain: 'cedar.test' }];
  expect((await getEmergencyGaps(cedar.as())).tenants).toEqual(own);
  const { id } = await placeOf(cedar.as(), cedar);
  expect((await getEmergencyGaps(cedar.as())).tenants).toEqual([]);
  await deleteEmergencyAddress(cedar.as(), id);
  expect((await getEmergencyGaps(cedar.as())).tenants).toEqual(own);
});

test('a call for help is written down once with the place as it was, and its people are told', async () => {
  const { acme, cedar, database } = tree;
  for (const one of [acme, cedar]) {
    await createWebhook(one.as(), { url: 'https://hook.test/x', topics: ['emergency.called'] });
  }
  const place = await placeOf(acme.as(), acme, 'Tower');
  const nowMs = systemClock.nowMs();
  const call = {
    callId: newId(),
    accountId: acme.id,
    tenantId: acme.tenantId,
    extensionId: acme.extension102,
    trunkId: null,
    digits: '911',
    shownNumber: '+12025551001',
    locationId: place.id,
    startedAtMs: nowMs,
    callbackUntilMs: nowMs + 3_600_000,
  };
  const context = { database, clock: systemClock };
  await recordEmergencyCall(context, call);
  await recordEmergencyCall(context, call);
  await updateEmergencyAddress(acme.as(), place.id, { city: 'Elsewhere', confirmed: true });
  const { items } = await listEmergencyCalls(acme.as());
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    digits: '911',
    location: { name: 'Tower', city: 'Washington' },
  });
  expect((await listEmergencyCalls(cedar.as())).items).toEqual([]);
  const told = await database.prisma.outboxMessage.findMany({
    where: { topic: 'emergency.called' },
  });
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ accountId: acme.id, payload: { contact: 'Front desk, 101' } });
  expect(await loadOpenCallbacks(database, nowMs + 3_599_000)).toMatchObject([
    { e164: '+12025551001', extensionId: acme.extension102 },
  ]);
  expect(await loadOpenCallbacks(database, nowMs + 3_600_000)).toEqual([]);
});
