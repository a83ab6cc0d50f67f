import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { parseMicro } from '@/lib/core/money';
import { getAccount } from '@/lib/services/accounts/get-account';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import type { ServiceContext } from '@/lib/services/context';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { createDeck } from '@/lib/services/decks/create-deck';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { type PostRatedBatch, postRateCalls } from '@/lib/services/post-rating/post-rate-calls';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { plantTree, type Tree } from '@/tests/support/tree';

/** Calls that were recorded without a price are charged later, each once. */
let tree: Tree;
let trunkId: string;

const START_MS = Date.now() - 3_600_000;
const PERIOD = { from: new Date(START_MS), to: new Date(START_MS + 3_000_000) };

async function deckOf(
  seller: ServiceContext,
  kind: 'sell' | 'buy',
  { prefix = '44', ...rate }: { perMinute: string; prefix?: string; blocked?: boolean },
): Promise<string> {
  const { id } = await createDeck(seller, {
    ...{ kind, name: `${kind} ${prefix} at ${rate.perMinute}`, currency: 'USD' },
    rates: [{ prefix, destination: 'UK', first: 1, next: 1, ...rate }],
  });
  await activateDeckVersion(seller, id, { version: 1 });
  return id;
}

beforeAll(async () => {
  tree = await plantTree();
  const operator = tree.operator.as();
  const reseller = tree.reseller.as();
  const toReseller = await deckOf(operator, 'sell', { perMinute: '0.0200' });
  const toAcme = await deckOf(reseller, 'sell', { perMinute: '0.0300' });
  await updateAccount(operator, tree.reseller.id, { sellDeckId: toReseller });
  await updateAccount(reseller, tree.acme.id, { sellDeckId: toAcme });
  const buyDeckId = await deckOf(operator, 'buy', { perMinute: '0.0100' });
  const carrier = await createCarrier(operator, { name: 'late carrier', buyDeckId });
  const trunk = { carrierId: carrier.id, name: 'late trunk', address: '192.0.2.77' };
  trunkId = (await createTrunk(operator, trunk)).id;
});

afterAll(() => tree.close());

interface Late {
  readonly toNumber: string;
  readonly ratedSeconds: number;
  readonly payerAccountId?: string | null;
}

let recorded = 0;

/** An answered call as another switch's CDR would be recorded. */
async function record(late: Late): Promise<string> {
  recorded += 1;
  const startedAt = new Date(START_MS + recorded * 1_000);
  const id = newId(startedAt.getTime());
  await tree.database.prisma.call.create({
    data: {
      ...{ id, nodeId: 'elsewhere', class: 'outbound', accountId: tree.acme.id },
      ...{ tenantId: tree.acme.id, payerAccountId: tree.acme.id, fromNumber: '+12025550140' },
      ...{ dialled: late.toNumber, startedAt, answeredAt: startedAt, endedAt: startedAt },
      ...{ durationMs: late.ratedSeconds * 1_000, sipStatus: 200, attempts: 1, trunkId },
      ...late,
    },
  });
  return id;
}

async function run(options: { batchCalls?: number } = {}): Promise<PostRatedBatch> {
  const total = { calls: 0, charges: 0, transactions: 0, unrated: [] as PostRatedBatch['unrated'] };
  for await (const batch of postRateCalls(tree.operator.as(), { ...PERIOD, ...options })) {
    total.calls += batch.calls;
    total.charges += batch.charges;
    total.transactions += batch.transactions;
    total.unrated = [...total.unrated, ...batch.unrated];
  }
  return total;
}

async function balance(accountId: string): Promise<bigint> {
  const where = { accountId_currency: { accountId, currency: 'USD' } };
  return (await tree.database.prisma.wallet.findUniqueOrThrow({ where })).balanceMicro;
}

describe('calls without a price', () => {
  it('are charged at every hop, a ledger transaction for each wallet and carrier', async () => {
    const before = await balance(tree.acme.id);
    const above = await balance(tree.reseller.id);
    for (const seconds of [60, 30, 90]) {
      await record({ toNumber: '+442079460018', ratedSeconds: seconds });
    }
    expect(await run()).toEqual({ calls: 3, charges: 9, transactions: 3, unrated: [] });
    expect(before - (await balance(tree.acme.id))).toBe(parseMicro('0.09'));
    expect(above - (await balance(tree.reseller.id))).toBe(parseMicro('0.06'));
    expect((await verifyLedger(tree.database)).broken).toBeNull();
  });

  it('are charged once, however often and by however many at once it is tried', async () => {
    const before = await balance(tree.acme.id);
    for (let call = 0; call < 20; call += 1) {
      await record({ toNumber: '+442079460019', ratedSeconds: 60 });
    }
    const all = await Promise.all([run({ batchCalls: 7 }), run({ batchCalls: 5 }), run()]);
    expect(all.reduce((sum, { calls }) => sum + calls, 0)).toBe(20);
    expect(await run()).toMatchObject({ calls: 0, charges: 0 });
    expect(before - (await balance(tree.acme.id))).toBe(20n * parseMicro('0.03'));
    expect((await verifyLedger(tree.database)).broken).toBeNull();
  });

  it('that die amid a batch are charged by the next run', async () => {
    const before = await balance(tree.acme.id);
    for (let call = 0; call < 9; call += 1) {
      await record({ toNumber: '+442079460020', ratedSeconds: 60 });
    }
    // Whoever asked for it is gone after the first batch.
    for await (const batch of postRateCalls(tree.operator.as(), { ...PERIOD, batchCalls: 4 })) {
      expect(batch.calls).toBe(4);
      break;
    }
    expect(await run()).toMatchObject({ calls: 5 });
    expect(before - (await balance(tree.acme.id))).toBe(9n * parseMicro('0.03'));
  });

  it('that still have none are told, and cost nobody anything', async () => {
    const before = await balance(tree.acme.id);
    const nowhere = await record({ toNumber: '+33123456789', ratedSeconds: 60 });
    await record({ toNumber: '+442079460021', ratedSeconds: 0 });
    await record({ toNumber: '+442079460021', ratedSeconds: 60, payerAccountId: null });
    expect(await run()).toMatchObject({
      calls: 0,
      unrated: [{ callId: nowhere, code: 'NO_SELL_RATE' }],
    });
    expect(await balance(tree.acme.id)).toBe(before);
  });

  it('are charged at rates of an account’s own before its sell deck, at the hops that have some', async () => {
    const { operator, reseller, acme, birch } = tree;
    const { prisma } = tree.database;
    const sellDeckId = (await getAccount(reseller.as(), acme.id)).sellDeck?.id ?? null;
    await updateAccount(reseller.as(), birch.id, { sellDeckId });
    const ownDeckId = await deckOf(reseller.as(), 'sell', { prefix: '4', perMinute: '0.0270' });
    await updateAccount(reseller.as(), acme.id, { ownDeckId });
    const ofReseller = await deckOf(operator.as(), 'sell', { prefix: '4420', perMinute: '0.0190' });
    await updateAccount(operator.as(), reseller.id, { ownDeckId: ofReseller });
    const toNumber = '+442079460022';
    const callId = await record({ toNumber, ratedSeconds: 60 });
    const mobile = await record({ toNumber: '+447700900122', ratedSeconds: 60 });
    const beside = await record({ toNumber, ratedSeconds: 60, payerAccountId: birch.id });
    expect(await run()).toMatchObject({ calls: 3, charges: 9 });
    const chargesOf = async (id: string) =>
      (await prisma.charge.findMany({ where: { callId: id }, orderBy: { hop: 'asc' } })).map(
        ({ amountMicro }) => amountMicro,
      );
    expect(await chargesOf(callId)).toEqual([27_000n, 19_000n, 10_000n]);
    expect(await chargesOf(mobile)).toEqual([27_000n, 20_000n, 10_000n]);
    expect(await chargesOf(beside)).toEqual([30_000n, 19_000n, 10_000n]);
    const [charge] = await prisma.charge.findMany({ where: { callId, hop: 0 } });
    expect(charge?.snapshot).toMatchObject({ deckId: ownDeckId, prefix: '4' });

    const blocking = await deckOf(reseller.as(), 'sell', {
      ...{ prefix: '442', perMinute: '0', blocked: true },
    });
    await updateAccount(reseller.as(), acme.id, { ownDeckId: blocking });
    const refused = await record({ toNumber, ratedSeconds: 60 });
    expect((await run()).unrated.find((one) => one.callId === refused)).toMatchObject({
      code: 'DESTINATION_BLOCKED',
    });
    await updateAccount(reseller.as(), acme.id, { ownDeckId: null });
    await updateAccount(operator.as(), reseller.id, { ownDeckId: null });
    expect((await verifyLedger(tree.database)).broken).toBeNull();
  });

  it('are the operator’s business', async () => {
    const asked = postRateCalls(tree.reseller.as(), PERIOD).next();
    await expect(asked).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const wrong = postRateCalls(tree.operator.as(), { from: PERIOD.to, to: PERIOD.from }).next();
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
