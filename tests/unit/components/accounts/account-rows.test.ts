import { expect, test } from 'vitest';
import { type Children, callsByAccount, treeRows } from '@/components/accounts/account-rows';
import type { WireAccount } from '@/lib/services/accounts/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';
import type { WireTenant } from '@/lib/services/tenants/schemas';

const money = { amount: '0.000000', currency: 'USD' };

function account(id: string, kind: WireAccount['kind'] = 'customer'): WireAccount {
  return {
    id,
    parentId: 'root',
    kind,
    name: id,
    state: 'active',
    billedBy: 'portal',
    currency: 'USD',
    timeZone: 'UTC',
    country: 'US',
    limits: { maxConcurrentCalls: 1, maxCallsPerSecond: 1 },
    marginFloor: null,
    sellDeck: null,
    ownDeck: null,
    wallet: {
      id: 'wallet',
      mode: 'prepaid',
      balance: money,
      held: money,
      creditLimit: money,
      available: money,
    },
    createdAt: '2026-11-21T00:00:00.000Z',
    generation: 1,
    status: { observedGeneration: 1, conditions: [] },
  };
}

const page = (items: WireAccount[], hasMore = false): Children => ({ items, hasMore });

const TREE = new Map<string, Children>([
  ['root', page([account('cedar'), account('north', 'reseller')])],
  ['north', page([account('acme'), account('south', 'reseller')], true)],
]);

test('a tree is unknown, not empty, until its top has been fetched', () => {
  const nothing = { rootId: 'root', childrenOf: new Map(), unfolded: new Set<string>() };
  expect(treeRows(nothing)).toBeUndefined();
});

test('children stand below their unfolded parent, one level deeper, and nowhere else', () => {
  const folded = treeRows({ rootId: 'root', childrenOf: TREE, unfolded: new Set() });
  expect(folded?.map((row) => row.id)).toEqual(['cedar', 'north']);
  const unfolded = treeRows({ rootId: 'root', childrenOf: TREE, unfolded: new Set(['north']) });
  expect(unfolded?.map((row) => [row.id, row.depth])).toEqual([
    ['cedar', 0],
    ['north', 0],
    ['acme', 1],
    ['south', 1],
    ['more north', 1],
  ]);
});

test('who sells to nobody cannot be unfolded', () => {
  const rows = treeRows({ rootId: 'root', childrenOf: TREE, unfolded: new Set(['cedar']) });
  expect(rows?.map((row) => row.kind === 'account' && row.unfolded)).toEqual([null, false]);
});

function call(part: Partial<LiveCall>): LiveCall {
  const nobody = { number: '101', name: null, extensionId: null, tenantId: null };
  return {
    callId: 'call',
    class: 'outbound',
    state: 'answered',
    side: 'caller',
    from: nobody,
    to: nobody,
    dialled: null,
    recording: null,
    destination: null,
    hops: [],
    trunkId: null,
    carrierId: null,
    startedAt: '2026-11-21T00:00:00.000Z',
    ringingAt: null,
    answeredAt: null,
    endedAt: null,
    ...part,
  };
}

const hop = (buyerAccountId: string): LiveCall['hops'][number] => ({
  hop: 0,
  buyerAccountId,
  sellerAccountId: 'root',
  perMinute: money,
  connectFee: money,
  firstIncrementSeconds: 1,
  nextIncrementSeconds: 1,
  freeSeconds: 0,
  amount: null,
});

const TENANTS = [
  { id: 't-acme', accountId: 'acme' },
  { id: 't-cedar', accountId: 'cedar' },
] as WireTenant[];

const party = (tenantId: string) => ({
  number: '101',
  name: null,
  extensionId: null,
  tenantId,
});

test('a call counts once for each account that makes, takes or pays it', () => {
  const counts = callsByAccount(
    [
      call({ from: party('t-acme'), hops: [hop('acme'), hop('north')] }),
      call({ from: party('t-acme'), to: party('t-acme') }),
      call({ from: party('t-acme'), to: party('t-cedar') }),
    ],
    TENANTS,
  );
  expect([...counts]).toEqual([
    ['acme', 3],
    ['north', 1],
    ['cedar', 1],
  ]);
});

test('a call that has ended counts for nobody', () => {
  expect(callsByAccount([call({ state: 'ended', hops: [hop('acme')] })], TENANTS).size).toBe(0);
});
