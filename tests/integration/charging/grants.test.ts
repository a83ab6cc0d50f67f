import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { parseMicro } from '@/lib/core/money';
import { costOfGrant } from '@/lib/core/rating/grants';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import {
  type Buyer,
  chainOf,
  holdOf,
  makeBuyers,
  rateOf,
  resultOf,
  sampleCall,
} from '@/tests/support/money-world';
import { type MoneyWorld, openMoneyWorld } from './world';

let world: MoneyWorld;
let charging: ChargingGroups;

beforeAll(async () => {
  world = await openMoneyWorld();
  ({ charging } = await world.start());
});

afterAll(() => world.close());

async function chain(balances: {
  customer: string;
  reseller: string;
}): Promise<{ customer: Buyer; reseller: Buyer }> {
  const { database, operator } = world;
  const [reseller] = await makeBuyers(database, operator, [
    { kind: 'reseller', balance: balances.reseller },
  ]);
  if (!reseller) throw new Error('no reseller');
  const [customer] = await makeBuyers(database, reseller, [
    { kind: 'customer', balance: balances.customer },
  ]);
  if (!customer) throw new Error('no customer');
  return { customer, reseller };
}

const CUSTOMER_RATE = rateOf('0.0600 1/1');
const RESELLER_RATE = rateOf('0.0300 1/1');

function callOf({ customer, reseller }: { customer: Buyer; reseller: Buyer }) {
  const hops = chainOf([
    { buyer: customer, rate: CUSTOMER_RATE },
    { buyer: reseller, rate: RESELLER_RATE },
  ]);
  return sampleCall(hops, null, world.clock.nowMs());
}

function extensionOf(call: ReturnType<typeof callOf>) {
  return { ...holdOf(call), hops: call.facts.hops };
}

describe('a hold', () => {
  it('reserves the same seconds at every hop', async () => {
    const accounts = await chain({ customer: '10', reseller: '10' });
    const call = callOf(accounts);
    const grant = await charging.hold(holdOf(call));
    // As long as the poorer of the two lasts.
    expect(grant).toEqual({ ok: true, grantedSeconds: 60, final: false, reachSeconds: 10_000 });
    expect((await world.wallet(accounts.customer.walletId)).held).toBe(parseMicro('0.06'));
    expect((await world.wallet(accounts.reseller.walletId)).held).toBe(parseMicro('0.03'));
    await charging.settle(resultOf(call, 0));
    expect((await world.wallet(accounts.customer.walletId)).held).toBe(0n);
  });

  it('reserves nothing anywhere when one hop can not pay, and names that hop', async () => {
    const accounts = await chain({ customer: '10', reseller: '0' });
    const grant = await charging.hold(holdOf(callOf(accounts)));
    expect(grant).toMatchObject({
      ok: false,
      refusal: { code: 'INSUFFICIENT_FUNDS', meta: { hop: accounts.reseller.id } },
    });
    expect((await world.wallet(accounts.customer.walletId)).held).toBe(0n);
  });

  it('grants what the poorest hop affords, as the final unit', async () => {
    const accounts = await chain({ customer: '10', reseller: '0.005' });
    const call = callOf(accounts);
    expect(await charging.hold(holdOf(call))).toEqual({
      ok: true,
      grantedSeconds: 10,
      final: true,
      reachSeconds: 10,
    });
    const settlement = await charging.settle(resultOf(call, 10));
    expect(settlement.charges.map((charge) => charge.amountMicro)).toEqual([10_000n, 5_000n]);
    expect(await world.wallet(accounts.reseller.walletId)).toEqual({ balance: 0n, held: 0n });
  });

  it('of a call without funds never fails the others of its group', async () => {
    const rich = await chain({ customer: '10', reseller: '10' });
    const poor = await chain({ customer: '0', reseller: '10' });
    const calls = [callOf(rich), callOf(poor), callOf(rich)];
    const grants = await Promise.all(calls.map((call) => charging.hold(holdOf(call))));
    expect(grants.map((grant) => grant.ok)).toEqual([true, false, true]);
    await Promise.all(calls.map((call) => charging.settle(resultOf(call, 0))));
  });

  it('that can not be written never fails the others of its group', async () => {
    const rich = await chain({ customer: '10', reseller: '10' });
    const good = callOf(rich);
    const bad = { ...callOf(rich), callId: 'no uuid' };
    const [first, second] = await Promise.allSettled([
      charging.hold(holdOf(good)),
      charging.hold(holdOf(bad)),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL' } });
    await charging.settle(resultOf(good, 0));
  });

  it('refuses a buyer without a wallet', async () => {
    const accounts = await chain({ customer: '10', reseller: '10' });
    const stranger = { ...accounts.customer, id: newId() };
    const grant = await charging.hold(holdOf(callOf({ ...accounts, customer: stranger })));
    expect(grant).toMatchObject({ ok: false, refusal: { code: 'INSUFFICIENT_FUNDS' } });
  });

  it('of a call that nobody pays only notes the call', async () => {
    const call = sampleCall([], null, world.clock.nowMs());
    const grant = await charging.hold(holdOf(call, 3_600));
    expect(grant).toMatchObject({ ok: true, grantedSeconds: 3_600, final: true });
    const settlement = await charging.settle({ ...resultOf(call, 75) });
    expect(settlement).toMatchObject({ alreadySettled: false, ratedSeconds: 75, charges: [] });
  });
});

describe('a database that stalls', () => {
  it('is given up on: the hold fails instead of waiting for ever, and reserves nothing', async () => {
    const accounts = await chain({ customer: '10', reseller: '10' });
    const blocker = await world.database.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM wallet WHERE id = $1 FOR UPDATE', [
      accounts.reseller.walletId,
    ]);
    const call = callOf(accounts);
    await expect(charging.hold(holdOf(call))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await blocker.query('ROLLBACK');
    blocker.release();
    await charging.settle(resultOf(call, 0));
    expect((await world.wallet(accounts.customer.walletId)).held).toBe(0n);
  }, 30_000);
});

describe('a wallet that somebody holds', () => {
  it('keeps waiting who needs it, and nobody of the same group', async () => {
    const held = await chain({ customer: '10', reseller: '10' });
    const others = [
      await chain({ customer: '10', reseller: '10' }),
      await chain({ customer: '10', reseller: '10' }),
    ];
    const before = [held, ...others].map(callOf);
    for (const call of before) await charging.hold(holdOf(call));
    const blocker = await world.database.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM wallet WHERE id = $1 FOR UPDATE', [held.reseller.walletId]);
    const waiting: string[] = [];
    const wait = <T>(what: string, promise: Promise<T>): Promise<T> => {
      waiting.push(what);
      return promise.finally(() => waiting.splice(waiting.indexOf(what), 1));
    };
    try {
      const [mine, ...theirs] = before;
      if (mine === undefined) throw new Error('no call');
      const last = wait('hold', charging.hold(holdOf(callOf(held))));
      const more = wait('extend', charging.extend(extensionOf(mine)));
      // Each in one group with those that wait.
      const holds = await Promise.all(others.map((each) => charging.hold(holdOf(callOf(each)))));
      expect(holds).toMatchObject([{ ok: true }, { ok: true }]);
      const extended = await Promise.all(theirs.map((each) => charging.extend(extensionOf(each))));
      expect(extended).toMatchObject([{ grantedSeconds: 120 }, { grantedSeconds: 120 }]);
      const ended = wait('settle', charging.settle(resultOf(mine, 30)));
      const settled = await Promise.all(theirs.map((each) => charging.settle(resultOf(each, 90))));
      expect(settled).toMatchObject([{ ratedSeconds: 90 }, { ratedSeconds: 90 }]);
      expect(waiting.sort()).toEqual(['extend', 'hold', 'settle']);
      await blocker.query('ROLLBACK');
      expect(await last).toMatchObject({ ok: true, grantedSeconds: 60, final: false });
      expect(await ended).toMatchObject({ ratedSeconds: 30 });
      // Either came first: prolonged, or ended before it could be.
      await more;
    } finally {
      await blocker.query('ROLLBACK');
      blocker.release();
    }
    const wallet = await world.wallet(held.reseller.walletId);
    expect(wallet).toEqual({
      balance: parseMicro('10') - parseMicro('0.015'),
      held: parseMicro('0.03'),
    });
    expect((await verifyLedger(world.database)).broken).toBeNull();
  }, 30_000);
});

describe('a renewal', () => {
  it('holds more at every hop until the funds are out, and settles to no more than was granted', async () => {
    const accounts = await chain({ customer: '0.1', reseller: '10' });
    const call = callOf(accounts);
    const first = await charging.hold(holdOf(call));
    expect(first.ok && first.grantedSeconds).toBe(25);
    const grants = [first];
    for (let last = first; last.ok && !last.final; ) {
      last = await charging.extend(extensionOf(call));
      grants.push(last);
    }
    expect(grants.at(-1)).toMatchObject({ ok: true, grantedSeconds: 100, final: true });
    // Where it ends is known from the first slice on.
    expect(new Set(grants.map((each) => each.ok && each.reachSeconds))).toEqual(new Set([100]));
    expect((await world.wallet(accounts.customer.walletId)).held).toBe(parseMicro('0.1'));
    expect((await world.wallet(accounts.reseller.walletId)).held).toBe(
      costOfGrant(RESELLER_RATE, 100),
    );
    // A cut that came two seconds late costs nothing more.
    const settlement = await charging.settle(resultOf(call, 102));
    expect(settlement.ratedSeconds).toBe(100);
    expect(await world.wallet(accounts.customer.walletId)).toEqual({ balance: 0n, held: 0n });
  });

  it('never goes beyond the longest that the call may last', async () => {
    const accounts = await chain({ customer: '10', reseller: '10' });
    const call = callOf(accounts);
    expect(await charging.hold(holdOf(call, 90))).toMatchObject({
      grantedSeconds: 60,
      final: false,
    });
    const more = await charging.extend({ ...holdOf(call, 90), hops: call.facts.hops });
    expect(more).toMatchObject({ ok: true, grantedSeconds: 90, final: true });
    await charging.settle(resultOf(call, 90));
  });

  it('of a call that has ended is refused', async () => {
    const accounts = await chain({ customer: '10', reseller: '10' });
    const call = callOf(accounts);
    await charging.hold(holdOf(call));
    await charging.settle(resultOf(call, 5));
    const more = await charging.extend(extensionOf(call));
    expect(more).toMatchObject({ ok: false, refusal: { code: 'GONE' } });
  });
});

describe('parallel calls on one wallet', () => {
  it('50 of them settle to at most its balance, to the micro-unit', async () => {
    // 20 minutes at 0.06 a minute.
    const accounts = await chain({ customer: '1.2', reseller: '100' });
    const calls = Array.from({ length: 50 }, () => callOf(accounts));
    const spent: bigint[] = [];
    await Promise.all(
      calls.map(async (call) => {
        let grant = await charging.hold({ ...holdOf(call), activeCalls: [50, 50] });
        if (!grant.ok) {
          await charging.settle(resultOf(call, 0));
          return;
        }
        while (grant.ok && !grant.final) {
          const more = await charging.extend({
            ...holdOf(call),
            hops: call.facts.hops,
            activeCalls: [50, 50],
          });
          grant = more;
        }
        const seconds = grant.ok ? grant.grantedSeconds : 0;
        const { charges } = await charging.settle(resultOf(call, seconds));
        spent.push(charges[0]?.amountMicro ?? 0n);
      }),
    );
    const total = spent.reduce((sum, each) => sum + each, 0n);
    const wallet = await world.wallet(accounts.customer.walletId);
    expect(total).toBeLessThanOrEqual(parseMicro('1.2'));
    expect(wallet).toEqual({ balance: parseMicro('1.2') - total, held: 0n });
    // What is left would not have bought another second for anybody.
    expect(wallet.balance).toBeLessThan(1_000n);
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });
});
