import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import type { Rate } from '@/lib/core/rating/rate';
import { type RateSnapshot, replayCharge } from '@/lib/core/rating/snapshot';
import { createChargingGroups } from '@/lib/services/charging/groups';
import { heartbeat } from '@/lib/services/charging/node-lease';
import { recoverCalls } from '@/lib/services/charging/recover-calls';
import type { CallResult } from '@/lib/services/charging/types';
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
let customer: Buyer;

beforeAll(async () => {
  world = await openMoneyWorld();
  const [child] = await makeBuyers(world.database, world.operator, [
    { kind: 'customer', balance: '100' },
  ]);
  if (!child) throw new Error('no customer');
  customer = child;
});

afterAll(() => world.close());

/** 0.0600 a minute now, 0.1200 from `peakAfterMs` on. */
function banded(peakAfterMs: number): Rate {
  const startMs = world.clock.nowMs();
  const span = (fromMs: number, name: string, nano: bigint) => {
    return { fromMs, name, firstPerMinuteNano: nano, nextPerMinuteNano: nano };
  };
  return {
    ...rateOf('0.0600 1/1'),
    bandSpans: [
      span(startMs, 'off-peak', 60_000_000n),
      span(startMs + peakAfterMs, 'peak', 120_000_000n),
    ],
  };
}

async function chargesOf(callId: string) {
  const { rows } = await world.database.pool.query<{
    amount: bigint;
    rated: number;
    snapshot: RateSnapshot;
    carrier: string | null;
  }>(
    `SELECT amount_micro AS amount, rated_seconds AS rated, snapshot, carrier_id AS carrier
       FROM charge WHERE call_id = $1 ORDER BY hop`,
    [callId],
  );
  return rows;
}

describe('a call at a rate of bands', () => {
  it('holds what the dearest answer could cost, settles to its own, and replays from its snapshot', async () => {
    const { charging } = await world.start();
    const call = sampleCall(
      chainOf([{ buyer: customer, rate: banded(90_000) }]),
      null,
      world.clock.nowMs(),
    );
    const grant = await charging.hold(holdOf(call));
    if (!grant.ok) throw grant.refusal;
    const { held } = await world.wallet(customer.walletId);
    expect(held).toBe(BigInt(grant.grantedSeconds) * 2_000n);
    // Answered 1 s after its start: 89 s off-peak.
    const answeredAtMs = world.clock.nowMs() + 1_000;
    await charging.answer({
      callId: call.callId,
      answeredAtMs,
      trunkId: null,
      buy: null,
      attempts: 1,
      legs: [],
      dialogs: null,
    });
    const { callId, facts } = call;
    const more = { callId, hops: facts.hops, maxSeconds: 120, activeCalls: [1] };
    expect(await charging.extend(more)).toMatchObject({ ok: true, grantedSeconds: 120 });
    const exact = 89_000n + 31n * 2_000n;
    expect((await world.wallet(customer.walletId)).held).toBe(exact);
    const settled = await charging.settle(resultOf(call, 120));
    expect(settled.charges[0]?.amountMicro).toBe(exact);
    expect((await world.wallet(customer.walletId)).held).toBe(0n);
    const [charge] = await chargesOf(callId);
    expect(charge?.snapshot.v).toBe(2);
    expect(charge && replayCharge(charge.snapshot, charge.rated).amountMicro).toBe(exact);
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });

  it('is settled by a recoverer at the bands of its answer', async () => {
    const { charging, lease: doomed } = await world.start();
    const call = sampleCall(
      chainOf([{ buyer: customer, rate: banded(10_000) }]),
      null,
      world.clock.nowMs(),
    );
    await charging.hold(holdOf(call));
    await charging.answer({
      callId: call.callId,
      answeredAtMs: world.clock.nowMs(),
      trunkId: null,
      buy: null,
      attempts: 1,
      legs: [],
      dialogs: null,
    });
    world.clock.advance(30_000);
    await heartbeat(world.database, doomed, world.clock.nowMs());
    const { lease } = await world.start();
    const { database, clock, errors } = world;
    const onError = (error: unknown) => errors.push(error);
    const [recovered] = await recoverCalls({ database, clock, lease, onError });
    expect(errors).toEqual([]);
    expect(recovered).toMatchObject({ callId: call.callId, answered: true, ratedSeconds: 30 });
    const [charge] = await chargesOf(call.callId);
    expect(charge?.amount).toBe(10n * 1_000n + 20n * 2_000n);
  });
});

describe('a call that the number called pays for', () => {
  const reverse = (text: string): Rate => ({ ...rateOf(text), reverseBilled: true });

  function inbound(): { readonly result: CallResult; readonly callId: string } {
    const hops = chainOf([{ buyer: customer, rate: reverse('0.0300 60/60') }]);
    const call = sampleCall(hops, null, world.clock.nowMs());
    const buy = {
      carrierId: newId(),
      buyerAccountId: world.operator.id,
      rate: reverse('0.0100 6/6'),
    };
    const facts = { ...call.facts, callClass: 'inbound' as const, buy };
    return { callId: call.callId, result: resultOf({ ...call, facts }, 61) };
  }

  it('charges its owner, and the operator what the carrier takes', async () => {
    const { charging } = await world.start();
    const { result, callId } = inbound();
    const request = { callId, facts: result.facts, legs: [], maxSeconds: 120, activeCalls: [1] };
    await charging.hold(request);
    await charging.extend({ ...request, hops: result.facts.hops });
    await charging.settle(result);
    expect(await chargesOf(callId)).toMatchObject([
      { amount: 60_000n, carrier: null, snapshot: { v: 2, reverseBilled: true } },
      { amount: 11_000n, carrier: result.facts.buy?.carrierId },
    ]);
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });

  it('keeps the carrier’s part through a crash', async () => {
    const first = await world.start();
    const { result, callId } = inbound();
    await first.charging.hold({
      callId,
      facts: result.facts,
      legs: [],
      maxSeconds: 120,
      activeCalls: [1],
    });
    await first.charging.answer({
      callId,
      answeredAtMs: world.clock.nowMs(),
      trunkId: null,
      buy: null,
      attempts: 1,
      legs: [],
      dialogs: null,
    });
    const { lease } = await world.start();
    const { database, clock } = world;
    const onError = (error: unknown) => world.errors.push(error);
    await recoverCalls({ database, clock, lease, onError });
    expect(world.errors).toEqual([]);
    expect(await chargesOf(callId)).toMatchObject([
      { carrier: null },
      { carrier: result.facts.buy?.carrierId },
    ]);
  });
});

describe('a wallet that can pay only the cheaper band', () => {
  it('gets less time before the answer than after it, and never overdraws', async () => {
    const [poor] = await makeBuyers(world.database, world.operator, [
      { kind: 'customer', balance: '0.03' },
    ]);
    if (!poor) throw new Error('no customer');
    const { lease } = await world.start();
    const { database, clock } = world;
    const onError = (error: unknown) => world.errors.push(error);
    const charging = createChargingGroups({ database, clock, lease, onError });
    const rate = banded(60_000);
    const call = sampleCall(chainOf([{ buyer: poor, rate }]), null, clock.nowMs());
    const grant = await charging.hold(holdOf(call));
    // Every second might be a peak one: 15 s at 0.0020.
    expect(grant).toMatchObject({ ok: true, grantedSeconds: 15 });
    await charging.answer({
      callId: call.callId,
      answeredAtMs: clock.nowMs(),
      trunkId: null,
      buy: null,
      attempts: 1,
      legs: [],
      dialogs: null,
    });
    const { callId, facts } = call;
    const more = { callId, hops: facts.hops, maxSeconds: 600, activeCalls: [1] };
    expect(await charging.extend(more)).toMatchObject({ grantedSeconds: 30 });
    const { balance, held } = await world.wallet(poor.walletId);
    expect(held).toBe(balance);
    await charging.settle(resultOf(call, 30));
    await charging.close();
    expect((await world.wallet(poor.walletId)).balance).toBe(0n);
  });
});
