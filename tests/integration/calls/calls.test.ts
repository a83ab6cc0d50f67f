import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { parseCurrency } from '@/lib/core/money';
import type { Rate } from '@/lib/core/rating/rate';
import { snapshotOf } from '@/lib/core/rating/snapshot';
import { exportCalls } from '@/lib/services/calls/export-calls';
import { getCall } from '@/lib/services/calls/get-call';
import { listCalls } from '@/lib/services/calls/list-calls';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { correctCharges } from '@/lib/services/charging/correct-charges';
import { type ChargingGroups, createChargingGroups } from '@/lib/services/charging/groups';
import { startNode } from '@/lib/services/charging/node-lease';
import type { ChargeDifference } from '@/lib/services/charging/replay-rules';
import type { CallFacts, CallResult } from '@/lib/services/charging/types';
import type { ServiceContext } from '@/lib/services/context';
import { getOverview } from '@/lib/services/overview/get-overview';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let charging: ChargingGroups;
let carrierId: string;
const START = Date.now() - 3_600_000;
beforeAll(async () => {
  tree = await plantTree();
  const { database, seed } = tree;
  carrierId = (await createCarrier(tree.operator.as(), { name: 'carrier-a' })).id;
  const lease = await startNode(database, { nodeId: 'n', kind: 'switch', nowMs: Date.now() });
  charging = createChargingGroups({ database, clock: seed.clock, lease, onError: () => undefined });
});
afterAll(async () => {
  await charging.close();
  await tree.close();
});

const rate = (deckName: string, perMinuteNano: bigint): Rate => ({
  deckId: newId(),
  deckName,
  deckVersion: 3,
  currency: parseCurrency('USD'),
  rounding: 'half_up',
  prefix: '44',
  destination: 'United Kingdom',
  beatenLengths: 0b10,
  firstSeconds: 60,
  nextSeconds: 60,
  firstPerMinuteNano: perMinuteNano,
  nextPerMinuteNano: perMinuteNano,
  connectFeeMicro: 0n,
  minimumMicro: 0n,
  noChargeSeconds: 0,
  freeSeconds: 0,
});

function factsOf(customer: Customer, more: Partial<CallFacts> = {}): CallFacts {
  return {
    callClass: 'outbound',
    accountId: customer.id,
    tenantId: customer.tenantId,
    payerAccountId: customer.id,
    fromExtensionId: customer.extension101,
    toExtensionId: null,
    peerAccountId: null,
    peerTenantId: null,
    fromNumber: '101',
    dialled: '011442079460018',
    toNumber: '+442079460018',
    destination: 'United Kingdom',
    startedAtMs: START,
    hops: [],
    ...more,
  };
}

async function settle(facts: CallFacts, more: Partial<CallResult> = {}): Promise<string> {
  const callId = newId(facts.startedAtMs);
  if (facts.hops.length > 0) {
    const activeCalls = facts.hops.map(() => 1);
    const grant = await charging.hold({ callId, facts, legs: [], maxSeconds: 3_600, activeCalls });
    expect(grant).toMatchObject({ ok: true });
  }
  await charging.settle({
    callId,
    facts,
    ringingAtMs: START + 1_000,
    answeredAtMs: START + 2_000,
    endedAtMs: START + 34_000,
    durationMs: 32_000,
    ratedSeconds: 32,
    hungUpBy: 'caller',
    sipStatus: 200,
    q850Cause: 16,
    refusal: null,
    trunkId: null,
    buy: null,
    attempts: 1,
    codec: 'PCMU',
    media: null,
    legs: [],
    ...more,
  });
  return callId;
}

const priced = (customer: Customer, seller: { id: string }): CallFacts =>
  factsOf(customer, {
    hops: [
      {
        buyerAccountId: customer.id,
        sellerAccountId: seller.id,
        rate: rate('to customer', 20_000_000n),
      },
      {
        buyerAccountId: seller.id,
        sellerAccountId: tree.operator.id,
        rate: rate('to seller', 12_000_000n),
      },
    ],
  });
const bought = () => ({
  buy: { carrierId, buyerAccountId: tree.operator.id, rate: rate('buy', 6_000_000n) },
});
const refused = (text: string, hopAccountId: string | null): Partial<CallResult> => ({
  answeredAtMs: null,
  ratedSeconds: 0,
  durationMs: 0,
  sipStatus: 403,
  refusal: { code: 'INSUFFICIENT_FUNDS', hopAccountId, text },
});
const hops = async (context: ServiceContext, id: string) =>
  (await getCall(context, id)).hops.map((hop) => [
    hop.hop,
    hop.payer.name,
    hop.payee.name,
    hop.amount.amount,
  ]);

test('everybody sees the hops that they pay or are paid at; the operator sees all of them', async () => {
  const id = await settle(priced(tree.acme, tree.reseller), bought());
  const customer = [0, 'Acme', 'Reseller', '0.020000'];
  const wholesale = [1, 'Reseller', 'Operator', '0.012000'];
  const carrier = [2, 'Operator', 'carrier-a', '0.006000'];
  expect(await hops(tree.operator.as(), id)).toEqual([customer, wholesale, carrier]);
  expect(await hops(tree.reseller.as(), id)).toEqual([customer, wholesale]);
  expect(await hops(tree.acme.as(), id)).toEqual([customer]);
  for (const other of [tree.birch, tree.rival, tree.cedar]) {
    await expect(getCall(other.as(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

test('a payee sees what it keeps and which part that is; a payer never sees it', async () => {
  const id = await settle(priced(tree.acme, tree.reseller), bought());
  const operator = await getCall(tree.operator.as(), id);
  expect(operator.hops.map((hop) => hop.keeps)).toEqual([
    { amount: { amount: '0.008000', currency: 'USD' }, share: '0.4000' },
    { amount: { amount: '0.006000', currency: 'USD' }, share: '0.5000' },
    null,
  ]);
  const seller = await getCall(tree.reseller.as(), id);
  expect(seller.hops.map((hop) => hop.keeps === null)).toEqual([false, true]);
  const payer = await getCall(tree.acme.as(), id);
  expect(payer.hops[0]).toMatchObject({
    keeps: null,
    ratedSeconds: 32,
    billedSeconds: 60,
    rate: { deckName: 'to customer', deckVersion: 3, prefix: '44', perMinute: '0.0200', first: 60 },
  });
});

test('a list tells each viewer what the call cost and brought it', async () => {
  const id = await settle(priced(tree.birch, tree.reseller), bought());
  const of = async (context: ServiceContext) =>
    (await listCalls(context)).items.find((one) => one.id === id);
  const money = (amount: string) => ({ amount, currency: 'USD' });
  expect(await of(tree.birch.as())).toMatchObject({
    price: money('0.020000'),
    paid: money('0.020000'),
    earned: null,
    account: { name: 'Birch' },
  });
  expect(await of(tree.reseller.as())).toMatchObject({
    price: money('0.020000'),
    paid: money('0.012000'),
    earned: money('0.020000'),
  });
  expect(await of(tree.operator.as())).toMatchObject({
    price: money('0.020000'),
    paid: money('0.006000'),
    earned: money('0.012000'),
  });
  expect(await of(tree.cedar.as())).toBeUndefined();
});

test('a call between two houses shows each its own side alone', async () => {
  const facts = factsOf(tree.acme, {
    callClass: 'onnet',
    peerAccountId: tree.cedar.id,
    peerTenantId: tree.cedar.tenantId,
    toExtensionId: tree.cedar.extension101,
    fromNumber: '+12025550101',
    dialled: '2025550103',
    toNumber: '+12025550103',
  });
  const id = await settle(facts);
  const caller = await getCall(tree.acme.as(), id);
  expect(caller).toMatchObject({ direction: 'outbound', dialled: '2025550103' });
  expect(caller.from.extensionId).toBe(tree.acme.extension101);
  expect(caller.to).toEqual({ number: '+12025550103', extensionId: null, extensionName: null });
  const callee = await getCall(tree.cedar.as(), id);
  expect(callee).toMatchObject({ direction: 'inbound', dialled: null, account: { name: 'Cedar' } });
  expect(callee.from).toEqual({ number: '+12025550101', extensionId: null, extensionName: null });
  expect(callee.to.extensionId).toBe(tree.cedar.extension101);
  await expect(getCall(tree.birch.as(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('whose funds were missing is told to whom it concerns, and to nobody below', async () => {
  const id = await settle(
    factsOf(tree.acme, { payerAccountId: null }),
    refused('Reseller has not enough funds', tree.reseller.id),
  );
  expect((await getCall(tree.reseller.as(), id)).refusal).toMatchObject({
    code: 'INSUFFICIENT_FUNDS',
    hop: { name: 'Reseller' },
  });
  const told = (await getCall(tree.acme.as(), id)).refusal;
  expect(told).toMatchObject({ code: 'UNAVAILABLE', hop: null });
  expect(JSON.stringify(told)).not.toMatch(/Reseller|FUNDS/);
  const own = await settle(
    factsOf(tree.acme, { payerAccountId: null }),
    refused('Acme has not enough funds', tree.acme.id),
  );
  expect((await getCall(tree.acme.as(), own)).refusal?.text).toBe('Acme has not enough funds');
});

test('filters leave what they say, and pages fit together', async () => {
  const context = tree.operator.as();
  const all = await listCalls(context, { limit: 200 });
  const refusedCalls = await listCalls(context, { result: 'refused' });
  expect(refusedCalls.items.length).toBe(2);
  const inbound = await listCalls(tree.cedar.as(), { direction: 'inbound' });
  expect(inbound.items).toHaveLength(1);
  expect((await listCalls(tree.acme.as(), { direction: 'inbound' })).items).toEqual([]);
  expect((await listCalls(context, { search: '5550103' })).items).toHaveLength(1);
  expect((await listCalls(context, { search: '100%' })).items).toEqual([]);
  const later = new Date(START + 60_000).toISOString();
  expect((await listCalls(context, { from: later })).items).toEqual([]);
  expect((await listCalls(context, { to: later })).items).toHaveLength(all.items.length);
  expect((await listCalls(context, { accountId: tree.birch.id })).items).toHaveLength(1);
  expect((await listCalls(tree.acme.as(), { accountId: tree.cedar.id })).items).toEqual([]);
  expect((await listCalls(tree.acme.as(), { extensionId: tree.cedar.extension101 })).items).toEqual(
    [],
  );
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listCalls(context, { limit: 2, ...(cursor ? { cursor } : {}) });
    seen.push(...page.items.map((one) => one.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(all.items.map((one) => one.id));
});

test('an exported cell never runs as a formula', async () => {
  await settle(factsOf(tree.acme, { fromNumber: '=HYPERLINK("http://x","y")', hops: [] }));
  let csv = '';
  for await (const piece of exportCalls(tree.acme.as())) csv += piece;
  const [header, ...lines] = csv.trimEnd().split('\r\n');
  expect(header).toMatch(/^id,account,direction,result,from,to,/);
  expect(lines.length).toBe((await listCalls(tree.acme.as(), { limit: 200 })).items.length);
  expect(csv).toContain(`"'=HYPERLINK(""http://x"",""y"")"`);
  expect(csv).toContain(",'+442079460018,");
  expect(csv).not.toMatch(/(^|,)[=+@]/m);
});

test('an overview counts the own subtree, and what the account itself has paid', async () => {
  const own = await getOverview(tree.acme.as());
  const calls = own.daily.reduce((sum, day) => sum + day.calls, 0);
  expect(calls).toBe((await listCalls(tree.acme.as(), { limit: 200 })).items.length);
  expect(own.funds?.balance.amount).toBe('19.960000');
  expect(own.daily.reduce((sum, day) => sum + Number(day.spent?.amount), 0)).toBeCloseTo(0.04);
  expect(own.daily).toHaveLength(30);
  expect(own.extensions).toEqual({ total: 2, registered: 0 });
  const seller = await getOverview(tree.reseller.as());
  expect(seller.daily.reduce((sum, day) => sum + day.calls, 0)).toBe(calls + 1);
  await expect(getOverview(tree.acme.as(), { accountId: tree.birch.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect((await getOverview(tree.acme.as('developer'))).funds).toBeNull();
});

test('a call tells the calls it came of and led to, but never those of somebody else', async () => {
  const { acme: one, cedar: other } = tree;
  const first = await settle(
    factsOf(one, { callClass: 'onnet', peerAccountId: other.id, peerTenantId: other.tenantId }),
  );
  const link = { callId: first, kind: 'forward' } as const;
  const forwarded = await settle(factsOf(other, { link, toNumber: '+442079460020' }));
  expect((await getCall(other.as(), forwarded)).links).toEqual([
    { callId: first, relation: 'continues', kind: 'forward', number: '+442079460018' },
  ]);
  expect((await getCall(other.as(), first)).links).toEqual([
    { callId: forwarded, relation: 'continued_by', kind: 'forward', number: '+442079460020' },
  ]);
  expect((await getCall(tree.operator.as(), first)).links).toHaveLength(1);
  expect((await getCall(one.as(), first)).links).toEqual([]);
});

test('a call says how its caller was shown and why it may be, to the calling side alone', async () => {
  const callerId = {
    asked: '(202) 555-0101',
    shown: '+12025550101',
    right: 'owned',
    isWithheld: false,
  } as const;
  const own = await settle(factsOf(tree.acme, { callerId }));
  const told = { ...callerId, proven: 'owned' };
  expect((await getCall(tree.acme.as(), own)).callerId).toEqual(told);
  const onnet = await settle(
    factsOf(tree.acme, {
      callClass: 'onnet',
      callerId,
      peerAccountId: tree.birch.id,
      peerTenantId: tree.birch.tenantId,
      toExtensionId: tree.birch.extension101,
    }),
  );
  expect((await getCall(tree.acme.as(), onnet)).callerId).toEqual(told);
  expect((await getCall(tree.birch.as(), onnet)).callerId).toBeNull();
  const older = await settle(factsOf(tree.acme));
  expect((await getCall(tree.acme.as(), older)).callerId).toBeNull();
});

test('why this price: the bands it fell into, the mark-up for the seller’s eyes alone, and that it replays', async () => {
  const span = (afterMs: number, name: string, nano: bigint) => ({
    fromMs: START + afterMs,
    name,
    firstPerMinuteNano: nano,
    nextPerMinuteNano: nano,
  });
  const facts = priced(tree.acme, tree.reseller);
  const terms: Partial<Rate> = {
    freeSeconds: 10,
    bandSpans: [span(0, 'peak', 24_000_000n), span(22_000, 'evening', 12_000_000n)],
    markup: { ppm: 200_000, minimumPerMinuteNano: 1_000_000n },
  };
  const hopsOf = facts.hops.map((hop, index) =>
    index === 0 ? { ...hop, rate: { ...hop.rate, ...terms } } : hop,
  );
  const id = await settle({ ...facts, hops: hopsOf });
  // Answered 2 s after its start: 10 s free, 10 s of peak, 40 s of evening.
  const shown = {
    amount: { amount: '0.012000', currency: 'USD' },
    replays: true,
    correction: null,
    parts: [
      { kind: 'free', seconds: 10, perMinute: '0.0000', band: null },
      { kind: 'first', seconds: 10, perMinute: '0.0240', band: 'peak' },
      { kind: 'first', seconds: 40, perMinute: '0.0120', band: 'evening' },
    ],
  };
  const payer = await getCall(tree.acme.as(), id);
  expect(payer.hops).toMatchObject([{ ...shown, rate: { markup: null } }]);
  const seller = await getCall(tree.reseller.as(), id);
  const markup = { ppm: 200_000, minimumPerMinute: '0.0010' };
  expect(seller.hops[0]).toMatchObject({ ...shown, rate: { markup } });
  expect((await getCall(tree.operator.as(), id)).hops[0]?.rate?.markup).toEqual(markup);
});

test('a corrected price shows what it was and why, once; the sums are those of the correction', async () => {
  const id = await settle(priced(tree.acme, tree.reseller), bought());
  const operator = tree.operator.as();
  const row = await tree.database.prisma.charge.findFirstOrThrow({ where: { callId: id, hop: 0 } });
  const charge = {
    ...row,
    snapshot: snapshotOf(rate('to customer', 20_000_000n)),
    bought: null,
    digits: '442079460018',
    startedAtMs: START,
    answeredAtMs: START + 2_000,
  };
  const now = { amountMicro: 50_000n, billedSeconds: 60, rate: rate('dearer', 50_000_000n) };
  const found: ChargeDifference[] = [{ kind: 'amount', charge, now }];
  await correctCharges(operator, found, { reason: 'wrong deck' });
  const payer = await getCall(tree.acme.as(), id);
  expect(payer.hops).toMatchObject([
    {
      amount: { amount: '0.050000' },
      correction: { was: { amount: '0.020000' }, reason: 'wrong deck' },
      replays: true,
    },
  ]);
  expect(payer.price?.amount).toBe('0.050000');
  const seller = await getCall(tree.reseller.as(), id);
  expect(seller.hops[0]?.keeps?.amount.amount).toBe('0.038000');
});
