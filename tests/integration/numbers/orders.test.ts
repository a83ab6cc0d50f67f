import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { chargeDueNumbers } from '@/lib/services/numbers/charge-due';
import { expireNumbers } from '@/lib/services/numbers/expire-numbers';
import { getNumber } from '@/lib/services/numbers/get-number';
import { handOverNumbers } from '@/lib/services/numbers/hand-over-numbers';
import { listNumberCharges } from '@/lib/services/numbers/list-number-charges';
import { listOffers } from '@/lib/services/numbers/list-offers';
import { orderNumber } from '@/lib/services/numbers/order-number';
import { releaseNumber } from '@/lib/services/numbers/release-number';
import { cancelReservation, reserveNumber } from '@/lib/services/numbers/reserve-number';
import { updateNumberSettings } from '@/lib/services/numbers/settings';
import { createLiveDeck } from '@/prisma/seed/tools';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';
import { balanceOf, placeOf, routeHelp, sellNumbers, stockNumber, topUp } from './world';

const DAY_MS = 86_400_000;
const NOT_FOUND = { code: 'NOT_FOUND' };

let tree: Tree;
const clock = new ManualClock(Date.UTC(2026, 10, 10, 15));
let orders = 0;

beforeAll(async () => {
  tree = await plantTree(clock);
  await routeHelp(tree);
  await sellNumbers(tree);
  for (const account of [tree.reseller, tree.acme, tree.birch]) await topUp(tree, account, '500');
  await placeOf(tree.acme.as(), tree.acme);
  await placeOf(tree.birch.as(), tree.birch);
});
afterAll(async () => {
  const verdict = await verifyLedger(tree.database);
  await tree.close();
  expect(verdict.broken).toBeNull();
});

const order = (customer: Customer, numberId: string) => {
  orders += 1;
  return orderNumber(customer.as(), {
    numberId,
    orderKey: `order number ${orders}`,
    tenantId: customer.tenantId,
    extensionId: customer.extension101,
  });
};

const run = () => chargeDueNumbers({ database: tree.database, clock });
const balances = async () => ({
  acme: await balanceOf(tree, tree.acme),
  reseller: await balanceOf(tree, tree.reseller),
});

test('a customer finds what its sellers’ stocks hold at its own price, and nobody’s in use', async () => {
  const { acme, cedar, reseller } = tree;
  const one = await stockNumber(tree);
  const pooled = await stockNumber(tree, { accountId: reseller.id });
  const used = await stockNumber(tree, { accountId: cedar.id });
  const offers = (await listOffers(acme.as())).items;
  expect(offers.map(({ id }) => id)).toEqual([one.id, pooled.id]);
  expect(offers[0]).toMatchObject({
    setUp: { amount: '0.500000', currency: 'USD' },
    perPeriod: { amount: '2.000000', currency: 'USD' },
  });
  // Another reseller's customer sees the operator's stock, and not this reseller's.
  const theirs = (await listOffers(cedar.as())).items.map(({ id }) => id);
  expect(theirs).toEqual([one.id]);
  expect(theirs).not.toContain(used.id);
  expect((await listOffers(reseller.as())).items[0]?.perPeriod.amount).toBe('1.000000');
  const found = async (query: object) => (await listOffers(acme.as(), query)).items.length;
  expect(await found({ pattern: one.e164.slice(-5) })).toBe(1);
  expect(await found({ pattern: `+1${one.e164.slice(2, 5)}?` })).toBe(2);
  expect(await found({ pattern: '+44' })).toBe(0);
  expect(await found({ country: 'US', kind: 'geographic', maxPerPeriod: '2' })).toBe(2);
  expect(await found({ maxPerPeriod: '1.99' })).toBe(0);
  const first = await listOffers(acme.as(), { limit: 1 });
  const second = await listOffers(acme.as(), { limit: 1, cursor: first.nextCursor ?? '' });
  expect([first.items[0]?.id, second.items[0]?.id, second.nextCursor]).toEqual([
    one.id,
    pooled.id,
    null,
  ]);
});

test('of two who order one number at once one gets it, and one pays', async () => {
  const { acme, birch } = tree;
  const before = { acme: await balanceOf(tree, acme), birch: await balanceOf(tree, birch) };
  const number = await stockNumber(tree);
  const outcomes = await Promise.allSettled([order(acme, number.id), order(birch, number.id)]);
  const won = outcomes.filter(({ status }) => status === 'fulfilled');
  const lost = outcomes.find((one) => one.status === 'rejected');
  expect(won).toHaveLength(1);
  expect(lost).toMatchObject({ reason: NOT_FOUND });
  const paid =
    before.acme - (await balanceOf(tree, acme)) + (before.birch - (await balanceOf(tree, birch)));
  expect(paid).toBe(2_500_000n);
});

test('an order is placed once by its key, and charged at every hop up to the operator', async () => {
  const { acme } = tree;
  const number = await stockNumber(tree);
  const before = await balances();
  const wish = {
    numberId: number.id,
    orderKey: 'the same wish, twice',
    tenantId: acme.tenantId,
    extensionId: acme.extension102,
  };
  const both = await Promise.all([orderNumber(acme.as(), wish), orderNumber(acme.as(), wish)]);
  expect(both.map(({ id }) => id)).toEqual([number.id, number.id]);
  expect(both[0]).toMatchObject({ state: 'in_service', accountId: acme.id });
  const after = await balances();
  expect(before.acme - after.acme).toBe(2_500_000n);
  expect(before.reseller - after.reseller).toBe(1_000_000n);
  const charges = await listNumberCharges(tree.operator.as(), number.id);
  expect(charges.items.map(({ hop, perPeriod }) => [hop, perPeriod.amount])).toEqual([
    [0, '2.000000'],
    [1, '1.000000'],
  ]);
  expect(charges.items[0]).toMatchObject({
    periodStart: '2026-11-10T00:00:00.000Z',
    periodEnd: '2026-12-10T00:00:00.000Z',
  });
  // A customer never learns what its seller pays.
  expect((await listNumberCharges(acme.as(), number.id)).items).toHaveLength(1);
  await expect(
    orderNumber(acme.as(), { ...wish, numberId: (await stockNumber(tree)).id }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('what the balance does not cover is not ordered, and nothing of it happens', async () => {
  const { cedar, database } = tree;
  await placeOf(cedar.as(), cedar);
  await database.prisma.wallet.updateMany({
    where: { accountId: cedar.id },
    data: { heldMicro: 18_000_000n },
  });
  const number = await stockNumber(tree);
  await expect(order(cedar, number.id)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  expect(await getNumber(tree.operator.as(), number.id)).toMatchObject({
    state: 'available',
    tenant: null,
  });
  expect(await balanceOf(tree, cedar)).toBe(20_000_000n);
  await database.prisma.wallet.updateMany({
    where: { accountId: cedar.id },
    data: { heldMicro: 0n },
  });
});

test('where a reseller can’t pay its own seller nobody is charged, and the customer is not told whose funds it is', async () => {
  const { acme, reseller, database } = tree;
  const number = await stockNumber(tree);
  const held = await balanceOf(tree, reseller);
  await database.prisma.wallet.updateMany({
    where: { accountId: reseller.id },
    data: { heldMicro: held },
  });
  const before = await balances();
  const refusal = await order(acme, number.id).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'INSUFFICIENT_FUNDS', meta: {} });
  expect(await balances()).toEqual(before);
  await database.prisma.wallet.updateMany({
    where: { accountId: reseller.id },
    data: { heldMicro: 0n },
  });
});

test('the months of a standstill are charged when it is over, each once, at every hop', async () => {
  const { acme, operator } = tree;
  const number = await stockNumber(tree);
  await order(acme, number.id);
  await run();
  const before = await balances();
  const count = await runningOf(acme.id);
  clock.advance(95 * DAY_MS);
  await Promise.all([run(), run()]);
  await run();
  const after = await balances();
  const months = BigInt(3 * count);
  expect(before.acme - after.acme).toBe(months * 2_000_000n);
  const { items, next } = await listNumberCharges(operator.as(), number.id);
  const own = items.filter(({ hop }) => hop === 0);
  expect(own.map(({ period }) => period)).toEqual([3, 2, 1, 0]);
  expect(own[0]).toMatchObject({
    periodStart: '2027-02-10T00:00:00.000Z',
    periodEnd: '2027-03-10T00:00:00.000Z',
  });
  expect(next?.dueAt).toBe('2027-03-10T00:00:00.000Z');
});

const runningOf = (accountId: string): Promise<number> =>
  tree.database.prisma.numberRental.count({ where: { accountId, endedAt: null } });

test('an unpaid number goes on for a week, then is silent, then comes back with the money or goes', async () => {
  const { birch, operator, database } = tree;
  const number = await stockNumber(tree);
  await order(birch, number.id);
  const hold = async (amountMicro: bigint) =>
    database.prisma.wallet.updateMany({
      where: { accountId: birch.id },
      data: { heldMicro: amountMicro },
    });
  const stateOf = async () => {
    const { state, suspendedAt } = await getNumber(operator.as(), number.id);
    return { state, suspended: suspendedAt !== null };
  };
  await hold(await balanceOf(tree, birch));
  const balance = await balanceOf(tree, birch);
  clock.advance(32 * DAY_MS);
  expect((await run()).unpaid).toBeGreaterThan(0);
  expect(await stateOf()).toEqual({ state: 'in_service', suspended: false });
  clock.advance(8 * DAY_MS);
  await run();
  expect(await stateOf()).toEqual({ state: 'in_service', suspended: true });
  expect(await balanceOf(tree, birch)).toBe(balance);
  await hold(0n);
  clock.advance(DAY_MS);
  expect((await run()).resumed).toBeGreaterThan(0);
  expect(await stateOf()).toEqual({ state: 'in_service', suspended: false });
  const paid = await balanceOf(tree, birch);
  expect(balance - paid).toBe(BigInt(await runningOf(birch.id)) * 2_000_000n);
  await hold(paid);
  clock.advance(40 * DAY_MS);
  await run();
  clock.advance(8 * DAY_MS);
  await run();
  clock.advance(31 * DAY_MS);
  await run();
  expect(await stateOf()).toEqual({ state: 'aging', suspended: false });
  expect(await runningOf(birch.id)).toBe(0);
  await hold(0n);
});

test('a number given back rests in the stock it came from, then is available again', async () => {
  const { acme, reseller, operator } = tree;
  await updateNumberSettings(reseller.as(), { agingDays: 10 });
  const number = await stockNumber(tree, { accountId: reseller.id });
  await order(acme, number.id);
  await expect(
    releaseNumber(acme.as(), number.id, { confirm: '+12025550000' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  const confirm = { confirm: number.e164 };
  await expect(releaseNumber(tree.cedar.as(), number.id, confirm)).rejects.toMatchObject(NOT_FOUND);
  await releaseNumber(acme.as(), number.id, confirm);
  expect(await getNumber(reseller.as(), number.id)).toMatchObject({
    state: 'aging',
    accountId: reseller.id,
    tenant: null,
  });
  await expect(getNumber(acme.as(), number.id)).rejects.toMatchObject(NOT_FOUND);
  await expect(order(acme, number.id)).rejects.toMatchObject(NOT_FOUND);
  clock.advance(9 * DAY_MS);
  await expireNumbers({ database: tree.database, clock });
  expect((await getNumber(operator.as(), number.id)).state).toBe('aging');
  clock.advance(2 * DAY_MS);
  expect(await expireNumbers({ database: tree.database, clock })).toBeGreaterThan(0);
  expect((await getNumber(operator.as(), number.id)).state).toBe('available');
  const moves = await tree.database.prisma.auditEntry.findMany({
    where: { objectId: number.id, verb: { in: ['numbers.release', 'numbers.expire'] } },
  });
  expect(moves).toHaveLength(2);
});

test('a reservation keeps a number for one alone, until it is over', async () => {
  const { acme, birch, reseller } = tree;
  const number = await stockNumber(tree);
  const offer = await reserveNumber(acme.as(), number.id);
  expect(offer.reservedUntil).not.toBeNull();
  await expect(reserveNumber(birch.as(), number.id)).rejects.toMatchObject(NOT_FOUND);
  await expect(order(birch, number.id)).rejects.toMatchObject(NOT_FOUND);
  await expect(cancelReservation(birch.as(), number.id)).rejects.toMatchObject(NOT_FOUND);
  expect((await listOffers(birch.as())).items.map(({ id }) => id)).not.toContain(number.id);
  await cancelReservation(acme.as(), number.id);
  await reserveNumber(birch.as(), number.id);
  clock.advance(31 * 60_000);
  // Over by the clock, whether the job has been there or not.
  await reserveNumber(reseller.as(), number.id, { accountId: acme.id });
  expect(await order(acme, number.id)).toMatchObject({ state: 'in_service', heldUntil: null });
});

test('numbers are handed down for a reseller’s stock at no charge, and to a customer at a price', async () => {
  const { operator, reseller, acme, cedar } = tree;
  const pool = await Promise.all([stockNumber(tree), stockNumber(tree)]);
  const numberIds = pool.map(({ id }) => id);
  const before = await balances();
  const toReseller = { numberIds, accountId: reseller.id };
  expect(await handOverNumbers(operator.as(), toReseller)).toEqual({ moved: 2, unchanged: 0 });
  expect(await handOverNumbers(operator.as(), toReseller)).toEqual({ moved: 0, unchanged: 2 });
  expect(await balances()).toEqual(before);
  await expect(
    handOverNumbers(reseller.as(), { numberIds, accountId: cedar.id }),
  ).rejects.toMatchObject(NOT_FOUND);
  await expect(
    handOverNumbers(tree.rival.as(), { numberIds, accountId: cedar.id }),
  ).rejects.toMatchObject(NOT_FOUND);
  await expect(handOverNumbers(acme.as(), { numberIds, accountId: acme.id })).rejects.toMatchObject(
    { code: 'FORBIDDEN' },
  );
  await handOverNumbers(reseller.as(), { numberIds: numberIds.slice(0, 1), accountId: acme.id });
  expect(before.acme - (await balanceOf(tree, acme))).toBe(2_500_000n);
  // Routed, taken out of service and routed again, it is the same month.
  const id = numberIds[0] ?? '';
  for (const tenantId of [acme.tenantId, null, acme.tenantId]) {
    await assignNumber(acme.as(), id, { tenantId });
  }
  expect(before.acme - (await balanceOf(tree, acme))).toBe(2_500_000n);
});

test('what calls to a number cost its holder stands beside its fee, for those alone who pay it', async () => {
  const { acme, reseller, operator, seed } = tree;
  const rates = [
    { prefix: '1', perMinute: '0.01', first: 1, next: 1 },
    { prefix: '1202', perMinute: '0.03', first: 1, next: 1, reverseBilled: true },
  ];
  const deck = { kind: 'sell', name: 'toll-free', currency: 'USD', rates } as const;
  const sellDeckId = await createLiveDeck(seed, reseller, deck);
  await tree.database.prisma.account.update({ where: { id: acme.id }, data: { sellDeckId } });
  const number = await stockNumber(tree);
  await order(acme, number.id);
  for (const reader of [acme, reseller, operator]) {
    const { callsIn } = await listNumberCharges(reader.as(), number.id);
    expect(callsIn).toMatchObject({ perMinute: '0.0300', currency: 'USD' });
  }
  const own = { prefix: '12', first: 1, next: 1, reverseBilled: true };
  const ownRates = (name: string, rate: { perMinute: string; blocked?: boolean }) =>
    createLiveDeck(seed, reseller, {
      ...{ kind: 'sell', name, currency: 'USD', rates: [{ ...own, ...rate }] },
    });
  const callsInAt = async (ownDeckId: string | null) => {
    await updateAccount(reseller.as(), acme.id, { ownDeckId });
    return (await listNumberCharges(acme.as(), number.id)).callsIn;
  };
  const cheaper = await ownRates('toll-free, own', { perMinute: '0.02' });
  expect(await callsInAt(cheaper)).toMatchObject({ perMinute: '0.0200' });
  const blocking = await ownRates('none of it', { perMinute: '0', blocked: true });
  expect(await callsInAt(blocking)).toBeNull();
  expect(await callsInAt(null)).toMatchObject({ perMinute: '0.0300' });
});

test('a seller orders for a tenant of its own, never into its stock', async () => {
  const number = await stockNumber(tree);
  await expect(
    orderNumber(tree.reseller.as(), { numberId: number.id, orderKey: 'into the stock' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('numbers handed over and ordered at once never wait for each other in a circle', async () => {
  const { reseller, acme, birch, operator } = tree;
  const pool = await Promise.all(Array.from({ length: 12 }, () => stockNumber(tree)));
  const numberIds = pool.map(({ id }) => id);
  await handOverNumbers(operator.as(), { numberIds, accountId: reseller.id });
  const outcomes = await Promise.allSettled([
    handOverNumbers(reseller.as(), { numberIds, accountId: acme.id }),
    ...numberIds.toReversed().map((id) => order(birch, id)),
  ]);
  const codes = outcomes.flatMap((one) =>
    one.status === 'rejected' ? [(one.reason as { code?: string }).code] : [],
  );
  expect(codes.filter((code) => code !== 'NOT_FOUND' && code !== 'CONFLICT')).toEqual([]);
});

test('an account that another system bills is priced and not charged; its reseller pays all the same', async () => {
  const { acme, reseller } = tree;
  const billedBy = (by: 'external' | 'portal') =>
    tree.database.prisma.account.update({ where: { id: acme.id }, data: { billedBy: by } });
  await billedBy('external');
  const number = await stockNumber(tree);
  const before = await balances();
  await order(acme, number.id);
  const after = await balances();
  expect(after.acme).toBe(before.acme);
  expect(before.reseller - after.reseller).toBe(1_000_000n);
  const [own] = (await listNumberCharges(reseller.as(), number.id)).items;
  expect(own).toMatchObject({ hop: 0, transactionId: null, setUp: { amount: '0.500000' } });
  await billedBy('portal');
});
