import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { priceCall } from '@/lib/core/rating/price';
import { type RateSnapshot, rateFromSnapshot } from '@/lib/core/rating/snapshot';
import { connectServices } from '@/lib/services/database';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { labFields, startSipp, stopAllSipp } from '@/tests/support/sipp';

/** Many calls at once on a wallet that can't pay for all of them, and a switch that dies amid them. */
const hasPeers = hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

const CARRIER_B = 5092;
const CALLS = 50;
const NOTHING = { held: '0', openHolds: '0', liveCalls: '0', off: '0' };
const KEY = { authorization: 'Bearer tb_lab_key_for_loopback_only' };

/** Cedar pays 0.0120 a minute by the second: twenty minutes. */
const TWENTY_MINUTES_MICRO = 240_000n;
const SECOND_MICRO = 200n;

let product: Product;
let lab: Lab;

beforeAll(async () => {
  if (!hasPeers) return;
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
});

afterEach(stopAllSipp);

afterAll(async () => {
  await lab?.close();
  await product?.stop();
});

async function api(method: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${product.ready.web}/api/v1${path}`, {
    method,
    headers: { ...KEY, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.text()).toBe(true);
}

/** Leaves Cedar with just that much to spend. */
async function fund(amount: string): Promise<void> {
  const [cedar] = await lab.rows<{ id: string; wallet: string; balance: string }>(
    `SELECT a.id, w.id AS wallet, w.balance_micro::text AS balance
       FROM account a JOIN wallet w ON w.account_id = a.id WHERE a.name = 'Cedar'`,
  );
  if (!cedar) throw new Error('no Cedar');
  expect(cedar.balance).toBe('0');
  await api('PATCH', `/accounts/${cedar.id}`, { creditLimit: '0' });
  const posting = { kind: 'top_up', amount, reason: 'twenty minutes', idempotencyKey: 'twenty' };
  await api('POST', `/wallets/${cedar.wallet}/postings`, posting);
}

/** Fifty callers of ten phones, and a carrier that answers every one. */
async function everybodyCalls(dialled: string, port: number): Promise<void> {
  await startSipp({
    ...{ scenario: 'answer', localPort: CARRIER_B, mediaPort: 33_000, calls: CALLS },
    timeoutSeconds: 120,
  });
  await startSipp({
    scenario: 'call-until-bye',
    target: lab.sip,
    localPort: port,
    mediaPort: 34_000,
    fields: Array.from({ length: CALLS }, (_, index) =>
      labFields('cedar', `${101 + (index % 10)}`, dialled),
    ),
    timeoutSeconds: 120,
  });
}

interface Charged {
  readonly ratedSeconds: number;
  readonly amountMicro: bigint;
  readonly snapshot: RateSnapshot;
}

/** What Cedar was charged for calls to a number. */
async function chargesOf(dialled: string): Promise<readonly Charged[]> {
  const rows = await lab.rows<{ rated: number; amount: string; snapshot: RateSnapshot }>(
    `SELECT h.rated_seconds AS rated, h.amount_micro::text AS amount, h.snapshot
       FROM charge h JOIN call c ON c.id = h.call_id JOIN account a ON a.id = h.buyer_account_id
      WHERE c.dialled = $1 AND a.name = 'Cedar'`,
    [dialled],
  );
  return rows.map(({ rated, amount, snapshot }) => ({
    ratedSeconds: rated,
    amountMicro: BigInt(amount),
    snapshot,
  }));
}

const sumOf = (charges: readonly Charged[]) =>
  charges.reduce((sum, { amountMicro }) => sum + amountMicro, 0n);

async function isOver(): Promise<void> {
  await eventually(
    async () => JSON.stringify(await lab.leftovers()) === JSON.stringify(NOTHING),
    60_000,
  );
}

async function booksAreInOrder(): Promise<void> {
  const database = connectServices({
    ...{ url: product.ownerUrl, max: 1, applicationName: 'test' },
    onIdleError: () => undefined,
  });
  try {
    expect((await verifyLedger(database)).broken).toBeNull();
  } finally {
    await database.close();
  }
}

test('50 concurrent calls on a wallet that affords 20 minutes settle to at most its balance, to the micro-unit, with kill -9 in the middle', async () => {
  await fund('0.24');
  await everybodyCalls('+442079461111', 15_180);
  // The first ones reserve more than the last; whoever finds nothing left is refused.
  let live = 0;
  await eventually(async () => {
    const refused = (await lab.calls('+442079461111', 0)).length;
    live = Number((await lab.leftovers()).liveCalls);
    return live + refused === CALLS;
  }, 30_000);
  expect(live).toBeGreaterThan(CALLS / 2);
  await lab.heartbeatAfterAnswer();
  const during = await lab.wallet('Cedar');
  expect(during.balanceMicro).toBe(TWENTY_MINUTES_MICRO);
  expect(during.heldMicro).toBeGreaterThan(0n);
  expect(during.heldMicro).toBeLessThanOrEqual(TWENTY_MINUTES_MICRO);

  const pid = product.kill('switch');
  await product.cameBack('switch', pid);
  await isOver();
  const first = await chargesOf('+442079461111');
  expect(first).toHaveLength(live);
  const left = (await lab.wallet('Cedar')).balanceMicro;
  expect(left).toBe(TWENTY_MINUTES_MICRO - sumOf(first));
  // It died before the money was gone: what nobody talked is still there.
  expect(left).toBeGreaterThan(0n);
  await stopAllSipp();

  // What is left is talked to the end, and every call is cut by the switch.
  await everybodyCalls('+442079462222', 15_190);
  await eventually(async () => (await lab.calls('+442079462222', 0)).length === CALLS, 100_000);
  await isOver();
  const second = await chargesOf('+442079462222');
  const calls = await lab.calls('+442079462222');
  const [talked, refused] = [true, false].map((isTalked) =>
    calls.filter(({ refusalCode }) => (refusalCode === null) === isTalked),
  );
  expect(talked?.length).toBeGreaterThan(0);
  expect(new Set(talked?.map(({ hungUpBy }) => hungUpBy))).toEqual(new Set(['switch']));
  for (const call of refused ?? []) {
    expect(call).toMatchObject({ refusalCode: 'INSUFFICIENT_FUNDS', hops: [] });
  }
  const end = (await lab.wallet('Cedar')).balanceMicro;
  expect(end).toBe(TWENTY_MINUTES_MICRO - sumOf(first) - sumOf(second));
  expect(end).toBeGreaterThanOrEqual(0n);
  const all = [...first, ...second];
  for (const { ratedSeconds, amountMicro, snapshot } of all) {
    expect(amountMicro).toBe(BigInt(ratedSeconds) * SECOND_MICRO);
    expect(priceCall(rateFromSnapshot(snapshot), ratedSeconds).amountMicro).toBe(amountMicro);
  }
  expect(all.reduce((sum, { ratedSeconds }) => sum + ratedSeconds, 0)).toBeLessThanOrEqual(1_200);
  await booksAreInOrder();
}, 240_000);
