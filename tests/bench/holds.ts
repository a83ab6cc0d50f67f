import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedBuy } from '@/lib/core/call-plan/plan';
import { systemClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { type ChargingGroups, createChargingGroups } from '@/lib/services/charging/groups';
import { startNode } from '@/lib/services/charging/node-lease';
import type { ChargedHop } from '@/lib/services/charging/types';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import {
  type Buyer,
  chainOf,
  holdOf,
  makeBuyers,
  makeOperator,
  rateOf,
  resultOf,
  sampleCall,
} from '@/tests/support/money-world';
import { type Bench, percentile, table, whole } from './support/bench';
import { type BenchPostgres, startBenchPostgres } from './support/postgres';

const CUSTOMERS = 1_000;
const WARM_UP_MS = 2_000;
const MEASURED_MS = 8_000;

/** The lab's rates: Acme, South, North, carrier-b. */
const CUSTOMER_RATE = rateOf('0.0200 30/6');
const DEEP_CUSTOMER_RATE = rateOf('0.0300 60/60', '0.0100');
const SUB_RATE = rateOf('0.0150 1/1');
const RESELLER_RATE = rateOf('0.0100 1/1');
const BUY_RATE = rateOf('0.0055 1/1');

interface Case {
  readonly figure: string;
  readonly title: string;
  readonly inFlight: number;
  readonly chains: readonly (readonly ChargedHop[])[];
}

interface Measured {
  readonly perSecond: number;
  readonly holdP50Ms: number;
  readonly holdP99Ms: number;
  /** Processor time of PostgreSQL and of this process: what the machine's other work can't blur. */
  readonly postgresCpuMs: number;
  readonly nodeCpuMs: number;
}

interface Setting {
  readonly postgres: BenchPostgres;
  readonly groups: ChargingGroups;
  readonly buy: PlannedBuy;
}

async function makeCases(postgres: BenchPostgres): Promise<{ cases: Case[]; buy: PlannedBuy }> {
  const { database } = postgres;
  const operator = await makeOperator(database);
  const rich = { balance: '1000000' };
  const customers = Array.from({ length: CUSTOMERS }, () => ({
    kind: 'customer' as const,
    ...rich,
  }));
  const resellers = await makeBuyers(
    database,
    operator,
    Array.from({ length: 65 }, () => ({ kind: 'reseller' as const, ...rich })),
  );
  const [north, ...others] = resellers;
  if (!north) throw new Error('no reseller');
  const [south] = await makeBuyers(database, north, [{ kind: 'reseller', ...rich }]);
  if (!south) throw new Error('no sub-reseller');
  const ofNorth = await makeBuyers(database, north, customers);
  const ofSouth = await makeBuyers(database, south, customers);
  const apart: Buyer[][] = [];
  for (const other of others) {
    const [customer] = await makeBuyers(database, other, [{ kind: 'customer', ...rich }]);
    if (customer) apart.push([customer, other]);
  }
  const buy = { carrierId: newId(), buyerAccountId: operator.id, rate: BUY_RATE };
  const threeHops = (customer: Buyer, reseller: Buyer) =>
    chainOf([
      { buyer: customer, rate: CUSTOMER_RATE },
      { buyer: reseller, rate: RESELLER_RATE },
    ]);
  const shared = ofNorth.map((customer) => threeHops(customer, north));
  const different = apart.flatMap(([customer, reseller]) =>
    customer && reseller ? [threeHops(customer, reseller)] : [],
  );
  const deep = ofSouth.map((customer) =>
    chainOf([
      { buyer: customer, rate: DEEP_CUSTOMER_RATE },
      { buyer: south, rate: SUB_RATE },
      { buyer: north, rate: RESELLER_RATE },
    ]),
  );
  const cases: Case[] = [
    {
      figure: 'reserveSettlePerSecond',
      title: 'different wallets, 16 in flight',
      inFlight: 16,
      chains: different,
    },
    {
      figure: 'sharedParentPerSecond',
      title: '1 000 customers under one reseller, 64 in flight',
      inFlight: 64,
      chains: shared,
    },
    {
      figure: 'sharedParent16PerSecond',
      title: 'the same, 16 in flight',
      inFlight: 16,
      chains: shared,
    },
    {
      figure: 'oneWalletPerSecond',
      title: 'all on one wallet, 64 in flight',
      inFlight: 64,
      chains: shared.slice(0, 1),
    },
    {
      figure: 'deepChainPerSecond',
      title: 'a reseller deeper (4 charges, 8 postings), 64 in flight',
      inFlight: 64,
      chains: deep,
    },
  ];
  return { cases, buy };
}

/** Calls made as fast as their answers come, `inFlight` at a time: reserve, then settle 32 s. */
async function measure({ postgres, groups, buy }: Setting, a: Case): Promise<Measured> {
  const begin = performance.now();
  const from = begin + WARM_UP_MS;
  const until = from + MEASURED_MS;
  const holdsMs: number[] = [];
  let done = 0;
  let next = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const hops = a.chains[next++ % a.chains.length] ?? [];
      const call = sampleCall(hops, buy);
      const askedAt = performance.now();
      const grant = await groups.hold(holdOf(call));
      const heldAt = performance.now();
      if (!grant.ok) throw grant.refusal;
      const settlement = await groups.settle(resultOf(call, 32));
      if (settlement.alreadySettled || settlement.charges.length !== hops.length + 1) {
        throw new Error('a call was not settled as asked');
      }
      const now = performance.now();
      if (now >= from && now < until) {
        done += 1;
        holdsMs.push(heldAt - askedAt);
      }
    }
  };
  const calling = Promise.all(Array.from({ length: a.inFlight }, caller));
  await sleep(WARM_UP_MS);
  const [postgresBefore, nodeBefore] = [postgres.cpuMs(), process.cpuUsage()];
  await sleep(until - performance.now());
  const node = process.cpuUsage(nodeBefore);
  const postgresCpuMs = postgres.cpuMs() - postgresBefore;
  await calling;
  return {
    postgresCpuMs: postgresCpuMs / Math.max(1, done),
    nodeCpuMs: (node.user + node.system) / 1_000 / Math.max(1, done),
    perSecond: done / (MEASURED_MS / 1000),
    holdP50Ms: percentile(holdsMs, 0.5),
    holdP99Ms: percentile(holdsMs, 0.99),
  };
}

/** Grouped holds and settlements of a chain on the embedded PostgreSQL, as it ships. */
export const holds: Bench = {
  name: 'holds',
  about:
    'reserve + settle cycles a second (holds, live call, CDR, 2 legs, 3 charges, 6 postings, all ' +
    'durable: fsync and synchronous_commit on); left out: SIP, the answer’s note, renewals',
  async run(print) {
    const postgres = await startBenchPostgres();
    try {
      const { cases, buy } = await makeCases(postgres);
      const lease = await startNode(postgres.database, {
        nodeId: 'bench',
        kind: 'switch',
        nowMs: Date.now(),
      });
      const groups = createChargingGroups({
        database: postgres.database,
        clock: systemClock,
        lease,
        onError: (error) => print(`settlement failed: ${String(error)}`),
      });
      const figures: Record<string, number> = {};
      const rows = [['case', 'calls/s', 'hold p50', 'hold p99', 'cpu a call: PostgreSQL', 'Node']];
      for (const each of cases) {
        const measured = await measure({ postgres, groups, buy }, each);
        const { perSecond, holdP50Ms, holdP99Ms, postgresCpuMs, nodeCpuMs } = measured;
        figures[each.figure] = Math.round(perSecond);
        rows.push([
          each.title,
          whole(perSecond),
          `${holdP50Ms.toFixed(1)} ms`,
          `${holdP99Ms.toFixed(1)} ms`,
          `${postgresCpuMs.toFixed(3)} ms`,
          `${nodeCpuMs.toFixed(3)} ms`,
        ]);
        if (each.figure === 'reserveSettlePerSecond') {
          figures['holdP50Ms'] = Number(holdP50Ms.toFixed(2));
          figures['holdP99Ms'] = Number(holdP99Ms.toFixed(2));
        }
        if (each.figure === 'sharedParentPerSecond') {
          figures['postgresCpuMsPerCall'] = Number(postgresCpuMs.toFixed(3));
          figures['nodeCpuMsPerCall'] = Number(nodeCpuMs.toFixed(3));
        }
      }
      await groups.close();
      print(table(rows));
      const verdict = await verifyLedger(postgres.database);
      if (!verdict.ok) throw new Error(`the ledger does not verify: ${verdict.broken ?? ''}`);
      print(`the ledger verifies: ${whole(verdict.figures.postings)} postings`);
      figures['postings'] = verdict.figures.postings;
      return { figures, ratios: {} };
    } finally {
      await postgres.stop();
    }
  },
};
