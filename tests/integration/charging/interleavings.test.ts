import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import { heartbeat } from '@/lib/services/charging/node-lease';
import { recoverCalls } from '@/lib/services/charging/recover-calls';
import type { NodeLease } from '@/lib/services/charging/types';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import {
  type Buyer,
  chainOf,
  holdOf,
  makeBuyers,
  rateOf,
  resultOf,
  type SampleCall,
  sampleCall,
} from '@/tests/support/money-world';
import { type MoneyWorld, openMoneyWorld } from './world';

/** What may happen at any moment; `call` and `seconds` are taken modulo what there is. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('hold' as const), who: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('extend' as const), call: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const), call: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      call: fc.nat(),
      seconds: fc.nat(200),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('beat' as const), seconds: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

let world: MoneyWorld;

beforeAll(async () => {
  world = await openMoneyWorld();
});

afterAll(() => world.close());

const RATES = [rateOf('0.0200 30/6'), rateOf('0.0600 1/1'), rateOf('0.0250 60/60', '0.0100')];

interface Run {
  node: { lease: NodeLease; charging: ChargingGroups };
  readonly chains: readonly ReturnType<typeof chainOf>[];
  readonly calls: SampleCall[];
}

/** Two resellers, one under the other, with two customers each; poor, so that funds run out. */
async function openRun(): Promise<{ run: Run; buyers: readonly Buyer[] }> {
  const { database, operator } = world;
  const make = async (parent: { id: string; path: string }, kinds: ('reseller' | 'customer')[]) =>
    makeBuyers(
      database,
      parent,
      kinds.map((kind) => ({
        kind,
        balance: kind === 'reseller' ? '0.15' : '0.1',
        creditLimit: kind === 'reseller' ? '0.02' : '0',
      })),
    );
  const [north] = await make(operator, ['reseller']);
  if (!north) throw new Error('no reseller');
  const [south, ...customers] = await make(north, ['reseller', 'customer', 'customer']);
  if (!south) throw new Error('no sub-reseller');
  const below = await make(south, ['customer', 'customer']);
  const wholesale = { buyer: north, rate: rateOf('0.0100 1/1') };
  const middle = { buyer: south, rate: rateOf('0.0150 6/6') };
  const rate = (index: number) => RATES[index % RATES.length] ?? rateOf('1 1/1');
  const chains = [
    ...customers.map((buyer, index) => chainOf([{ buyer, rate: rate(index) }, wholesale])),
    ...below.map((buyer, index) => chainOf([{ buyer, rate: rate(index + 1) }, middle, wholesale])),
  ];
  const run = { node: await world.start(), chains, calls: [] };
  return { run, buyers: [north, south, ...customers, ...below] };
}

async function perform(run: Run, what: Step): Promise<unknown> {
  const { charging, lease } = run.node;
  const pick = (index: number): SampleCall | undefined => run.calls[index % run.calls.length];
  switch (what.kind) {
    case 'hold': {
      const hops = run.chains[what.who] ?? [];
      const buy = {
        carrierId: newId(),
        buyerAccountId: world.operator.id,
        rate: rateOf('0.0055 1/1'),
      };
      const call = sampleCall(hops, buy, world.clock.nowMs());
      run.calls.push(call);
      return charging.hold(holdOf(call));
    }
    case 'extend': {
      const call = pick(what.call);
      return call && charging.extend({ ...holdOf(call), hops: call.facts.hops });
    }
    case 'answer': {
      const call = pick(what.call);
      if (!call) return undefined;
      const { legs } = holdOf(call);
      const { callId, buy } = call;
      const answeredAtMs = world.clock.nowMs();
      return charging.answer({
        callId,
        answeredAtMs,
        trunkId: null,
        buy,
        attempts: 1,
        legs,
        dialogs: null,
      });
    }
    case 'settle': {
      const call = pick(what.call);
      if (!call) return undefined;
      // A call that was never granted anything can only end unanswered.
      return charging
        .settle(resultOf(call, what.seconds))
        .catch(() => charging.settle(resultOf(call, 0)));
    }
    case 'beat':
      world.clock.advance(what.seconds * 1_000);
      return heartbeat(world.database, lease, world.clock.nowMs());
    case 'crash': {
      run.node = await world.start();
      const onError = (error: unknown) => {
        throw error;
      };
      const { database, clock } = world;
      return recoverCalls({ database, clock, lease: run.node.lease, onError });
    }
  }
}

describe('whatever happens, in whatever order', () => {
  it('Σ = 0, wallets equal their postings, held equals the open holds, nobody owes more than their credit', async () => {
    const moments = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), {
      minLength: 3,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(moments, async (batches) => {
        const { run, buyers } = await openRun();
        for (const batch of batches) {
          // What happens at the same moment runs in parallel and meets in the same groups.
          await Promise.allSettled(batch.map((what) => perform(run, what)));
          const { rows } = await world.database.pool.query<{ free: bigint }>(
            `SELECT balance_micro + credit_limit_micro - held_micro AS free FROM wallet
              WHERE id = ANY ($1)`,
            [buyers.map((buyer) => buyer.walletId)],
          );
          for (const { free } of rows) expect(free).toBeGreaterThanOrEqual(0n);
        }
        await Promise.allSettled(
          run.calls.map((_, call) => perform(run, { kind: 'settle', call, seconds: 20 })),
        );
        const verdict = await verifyLedger(world.database);
        expect(verdict.broken).toBeNull();
        expect(verdict.figures).toMatchObject({ openHolds: 0, liveCalls: 0 });
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
