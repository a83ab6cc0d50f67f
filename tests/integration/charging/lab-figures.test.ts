import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlannedBuy, PlannedCall } from '@/lib/core/call-plan/plan';
import { newId } from '@/lib/core/ids.server';
import { formatMicro, parseMicro } from '@/lib/core/money';
import { type RateSnapshot, replayCharge } from '@/lib/core/rating/snapshot';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { type Buyer, holdOf, makeBuyers, resultOf, sampleCall } from '@/tests/support/money-world';
import { Lab } from '@/tests/unit/core/call-plan/lab';
import { type MoneyWorld, openMoneyWorld } from './world';

let world: MoneyWorld;
let charging: ChargingGroups;
const ids = new Map<string, string>();
const wallets = new Map<string, Buyer>();

beforeAll(async () => {
  world = await openMoneyWorld();
  ({ charging } = await world.start());
  const { database, operator } = world;
  const make = async (parent: { id: string; path: string }, name: string, balance: string) => {
    const kind = name === 'North' || name === 'South' ? 'reseller' : 'customer';
    const [buyer] = await makeBuyers(database, parent, [{ kind, balance }]);
    if (!buyer) throw new Error(name);
    wallets.set(name, buyer);
    ids.set(name, buyer.id);
    return buyer;
  };
  ids.set('Operator', operator.id);
  const north = await make(operator, 'North', '1000');
  const south = await make(north, 'South', '200');
  await make(north, 'Acme', '100');
  await make(south, 'Birch', '5');
  for (const carrier of ['carrier-a', 'carrier-b']) ids.set(carrier, newId());
});

afterAll(() => world.close());

const idOf = (name: string): string => ids.get(name) ?? '';

function planned(name: string, dialled: string): PlannedCall {
  const plan = new Lab().call(name, dialled);
  if (plan.kind !== 'planned') throw new Error(plan.message);
  return plan;
}

function buyOf(plan: PlannedCall, carrier: string): PlannedBuy {
  for (const attempt of plan.attempts) {
    if (attempt.kind === 'trunk' && attempt.buy?.carrierId === carrier) {
      return {
        carrierId: idOf(carrier),
        buyerAccountId: idOf('Operator'),
        rate: attempt.buy.rate,
      };
    }
  }
  throw new Error(`no attempt by ${carrier}`);
}

/** Plans, holds, talks and settles; the price of every hop in order. */
async function callFor(
  what: { who: string; to: string; carrier: string },
  seconds: number,
): Promise<{ prices: string[]; callId: string }> {
  const plan = planned(what.who, what.to);
  const hops = plan.hops.map((hop) => ({
    ...hop,
    buyerAccountId: idOf(hop.buyerAccountId),
    sellerAccountId: idOf(hop.sellerAccountId),
  }));
  const call = sampleCall(hops, buyOf(plan, what.carrier), world.clock.nowMs());
  let grant = await charging.hold(holdOf(call, plan.maxSeconds));
  while (grant.ok && grant.grantedSeconds < seconds) {
    grant = await charging.extend({ ...holdOf(call, plan.maxSeconds), hops });
  }
  expect(grant.ok).toBe(true);
  const settlement = await charging.settle(resultOf(call, seconds));
  return {
    prices: settlement.charges.map((charge) => formatMicro(charge.amountMicro)),
    callId: call.callId,
  };
}

describe('the lab’s check figures, from the plan to the ledger', () => {
  it('Acme → +44 20 for 32 s by carrier-b: every hop to the micro-unit', async () => {
    const { prices } = await callFor(
      { who: 'Acme', to: '+442079460018', carrier: 'carrier-b' },
      32,
    );
    expect(prices).toEqual(['0.012000', '0.005333', '0.002933']);
    const acme = await world.wallet(wallets.get('Acme')?.walletId ?? '');
    expect(acme).toEqual({ balance: parseMicro('99.988'), held: 0n });
    const north = await world.wallet(wallets.get('North')?.walletId ?? '');
    expect(north).toEqual({ balance: parseMicro('999.994667'), held: 0n });
  });

  it('the same by carrier-a, as failover, costs the operator 0.003200', async () => {
    const { prices } = await callFor(
      { who: 'Acme', to: '+442079460018', carrier: 'carrier-a' },
      32,
    );
    expect(prices).toEqual(['0.012000', '0.005333', '0.003200']);
  });

  it('Birch → +1 for 61 s: four charges through two resellers', async () => {
    const { prices } = await callFor(
      { who: 'Birch', to: '+12025550199', carrier: 'carrier-a' },
      61,
    );
    expect(prices).toEqual(['0.060000', '0.011000', '0.008800', '0.004400']);
  });

  it('Acme → +447 for 61 s', async () => {
    const { prices } = await callFor(
      { who: 'Acme', to: '+447700900123', carrier: 'carrier-a' },
      61,
    );
    expect(prices).toEqual(['0.050833', '0.030500', '0.020333']);
  });

  it('every charge replays from what was stored with it', async () => {
    const { callId } = await callFor(
      { who: 'Acme', to: '+442079460018', carrier: 'carrier-b' },
      57,
    );
    const { rows } = await world.database.pool.query<{
      amount_micro: bigint;
      billed_seconds: number;
      rated_seconds: number;
      snapshot: RateSnapshot;
    }>('SELECT * FROM charge WHERE call_id = $1 ORDER BY hop', [callId]);
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(replayCharge(row.snapshot, row.rated_seconds)).toEqual({
        amountMicro: row.amount_micro,
        billedSeconds: row.billed_seconds,
      });
    }
  });

  it('leaves books that verify', async () => {
    const verdict = await verifyLedger(world.database);
    expect(verdict.broken).toBeNull();
    expect(verdict.figures).toMatchObject({ charges: 16, openHolds: 0, liveCalls: 0 });
  });
});
