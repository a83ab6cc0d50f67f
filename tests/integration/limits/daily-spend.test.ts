import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RuledSubject } from '@/lib/core/call-plan/call-rules';
import { newId } from '@/lib/core/ids.server';
import { createChargingGroups } from '@/lib/services/charging/groups';
import { startNode } from '@/lib/services/charging/node-lease';
import type { CallResult } from '@/lib/services/charging/types';
import { exchangeSpend, loadSettledSpend } from '@/lib/services/limits/daily-spend';
import type { SpendQuestion } from '@/lib/services/limits/types';
import { createNumber } from '@/lib/services/numbers/create-number';
import { chainOf, holdOf, rateOf, resultOf, sampleCall } from '@/tests/support/money-world';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let numberId: string;
let day: string;
const NUMBER = '+12025550177';
const TRUNK = newId();
const PBX = newId();
const CARRIER = newId();

beforeAll(async () => {
  tree = await plantTree();
  const { operator, acme } = tree;
  numberId = (await createNumber(operator.as(), { e164: NUMBER, accountId: acme.id })).id;
});
afterAll(() => tree.close());
beforeEach(() => {
  day = new Date().toISOString().slice(0, 10);
});

/** A minute of Acme's 101 through its reseller, at 1 and 0.5, and a carrier at 0.2; ended just now. */
async function settleCall(nodeId: string, changes: Partial<CallResult['facts']> = {}) {
  const { acme, reseller, operator, database, seed } = tree;
  const nowMs = Date.now();
  const lease = await startNode(database, { nodeId, kind: 'switch', nowMs });
  const groups = createChargingGroups({ database, clock: seed.clock, lease, onError() {} });
  const wallets = await database.prisma.wallet.findMany();
  const buyer = (of: { id: string; path: string }, parentId: string) => {
    const walletId = wallets.find(({ accountId }) => accountId === of.id)?.id ?? '';
    return { id: of.id, parentId, path: of.path, walletId, currency: 'USD' };
  };
  const hops = chainOf([
    { buyer: buyer(acme, reseller.id), rate: rateOf('1.0000 60/60') },
    { buyer: buyer(reseller, operator.id), rate: rateOf('0.5000 60/60') },
  ]);
  const buy = { carrierId: CARRIER, buyerAccountId: operator.id, rate: rateOf('0.2000 60/60') };
  const sample = sampleCall(hops, buy, nowMs - 70_000);
  const call = {
    ...sample,
    facts: {
      ...sample.facts,
      tenantId: acme.tenantId,
      fromExtensionId: acme.extension101,
      callerId: { asked: null, shown: NUMBER, right: 'default', isWithheld: false } as const,
      ...changes,
    },
  };
  await groups.hold(holdOf(call));
  const isInbound = call.facts.callClass === 'inbound';
  const result = resultOf(call, 60);
  const legs = result.legs.map((leg) =>
    leg.seq === 0 && call.facts.fromExtensionId === null
      ? { ...leg, trunkId: isInbound ? TRUNK : PBX }
      : leg,
  );
  await groups.settle({ ...result, trunkId: isInbound ? null : TRUNK, legs });
  await groups.close();
}

function question(
  kind: RuledSubject,
  id: string,
  changes: Partial<SpendQuestion> = {},
): SpendQuestion {
  const accountId = tree.acme.id;
  return { kind, id, accountId, timeZone: 'UTC', day, beforeMs: Date.now() + 1_000, ...changes };
}

test('what was spent today is read back from the charges, by every kind of subject', async () => {
  const { acme, reseller, operator, birch, database } = tree;
  await settleCall('one');
  await settleCall('one');
  await settleCall('one', { fromExtensionId: null });
  const kinds = [
    ['account', acme.id, 3_000_000n],
    ['account', reseller.id, 1_500_000n],
    ['account', operator.id, 600_000n],
    ['tenant', acme.tenantId, 3_000_000n],
    ['extension', acme.extension101, 2_000_000n],
    ['number', numberId, 3_000_000n],
    ['trunk', TRUNK, 600_000n],
    ['trunk', PBX, 1_000_000n],
  ] as const;
  const asked = [
    ...kinds.map(([kind, id]) => question(kind, id)),
    // The same extension numbers of another tenant, which has spent nothing.
    question('extension', birch.extension101, { accountId: birch.id }),
    question('tenant', birch.tenantId, { accountId: birch.id }),
  ];
  const spends = await loadSettledSpend(database, 'one', asked);
  const found = spends.map(({ kind, id, amountMicro }) => [kind, id, amountMicro]);
  expect(found.sort()).toEqual(kinds.map((each) => [...each]).sort());
  // Another node's calls are its own; what ends later is counted elsewhere.
  expect(await loadSettledSpend(database, 'other', asked)).toEqual([]);
  const early = question('account', acme.id, { beforeMs: Date.now() - 3_600_000 });
  expect(await loadSettledSpend(database, 'one', [early])).toEqual([]);
});

test('of a call that comes in and is paid here the called side spends', async () => {
  const { acme, birch, database } = tree;
  await settleCall('in', {
    ...{ callClass: 'inbound', fromExtensionId: null, toExtensionId: acme.extension102 },
    ...{ fromNumber: '+442079460018', toNumber: NUMBER, callerId: undefined },
  });
  const asked = [
    question('account', acme.id),
    question('extension', acme.extension102),
    question('number', numberId),
    question('trunk', TRUNK),
    question('extension', acme.extension101),
    question('extension', birch.extension102, { accountId: birch.id }),
  ];
  const spends = await loadSettledSpend(database, 'in', asked);
  expect(spends.map(({ kind, id, amountMicro }) => [kind, id, amountMicro]).sort()).toEqual(
    [
      ['account', acme.id, 1_000_000n],
      ['extension', acme.extension102, 1_000_000n],
      ['number', numberId, 1_000_000n],
      ['trunk', TRUNK, 200_000n],
    ].sort(),
  );
});

test('a day is the one of the account’s billing time zone', async () => {
  const { acme, database } = tree;
  await settleCall('zones');
  const spend = async (timeZone: string, of: string) => {
    const asked = question('account', acme.id, { timeZone, day: of });
    return (await loadSettledSpend(database, 'zones', [asked]))[0]?.amountMicro ?? 0n;
  };
  const dayIn = (timeZone: string) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone }).format(Date.now() - 9_000);
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu']) {
    expect(await spend(zone, dayIn(zone)), zone).toBe(1_000_000n);
  }
  const tomorrow = new Date(Date.now() + 26 * 3_600_000).toISOString().slice(0, 10);
  expect(await spend('UTC', tomorrow)).toBe(0n);
});

test('nodes add up what each of them tells, and a node that tells twice counts once', async () => {
  const { acme, database } = tree;
  const subject = { kind: 'account', id: acme.id, day } as const;
  const tell = (nodeId: string, amountMicro: bigint, withinMs: number | null = null) =>
    exchangeSpend(database, nodeId, { changed: [{ ...subject, amountMicro }], withinMs });
  expect(await tell('a', 5n)).toEqual([]);
  expect(await tell('b', 7n)).toEqual([{ ...subject, amountMicro: 5n }]);
  expect(await tell('a', 6n)).toEqual([{ ...subject, amountMicro: 7n }]);
  await tell('c', 100n);
  expect(await tell('b', 7n)).toEqual([{ ...subject, amountMicro: 106n }]);
  // Whoever asked a moment ago is told what is new, whole.
  expect(await tell('b', 7n, 30_000)).toEqual([{ ...subject, amountMicro: 106n }]);
  expect(await tell('b', 7n, 0)).toEqual([]);
});
