import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { type ChargingGroups, createChargingGroups } from '@/lib/services/charging/groups';
import { heartbeat, startNode } from '@/lib/services/charging/node-lease';
import { recoverCalls } from '@/lib/services/charging/recover-calls';
import type { ChargedHop, NodeLease } from '@/lib/services/charging/types';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { type BenchPostgres, startBenchPostgres } from '@/tests/bench/support/postgres';
import {
  chainOf,
  holdOf,
  makeBuyers,
  makeOperator,
  rateOf,
  resultOf,
  type SampleCall,
  sampleCall,
} from '@/tests/support/money-world';
import { liveHeapBytes, type Soak, type SoakReport } from './soak';

const CALLERS = 100;
const CUSTOMERS = 50;
const CUT_CONNECTIONS_EVERY_MS = 3_000;
const RESTART_EVERY_MS = 10_000;
const VERIFY_EVERY_MS = 15_000;
/** What the heap may grow by after the first third of the run. */
const HEAP_GROWTH_BYTES = 24 * 2 ** 20;

const pick = <T>(items: readonly T[]): T | undefined =>
  items[Math.floor(Math.random() * items.length)];

/** A node that is killed and started again over and over, with all its callers. */
class Node {
  lease: NodeLease | null = null;
  charging: ChargingGroups | null = null;
  readonly counts = { settled: 0, refused: 0, lost: 0, recovered: 0, restarts: 0, cuts: 0 };
  readonly complaints: string[] = [];
  private readonly postgres: BenchPostgres;

  constructor(postgres: BenchPostgres) {
    this.postgres = postgres;
  }

  async start(): Promise<void> {
    const { database } = this.postgres;
    const lease = await startNode(database, {
      nodeId: 'soak',
      kind: 'switch',
      nowMs: systemClock.nowMs(),
    });
    const onError = (error: unknown) => this.complaints.push(String(error));
    const recovered = await recoverCalls({ database, clock: systemClock, lease, onError });
    this.counts.recovered += recovered.length;
    this.counts.restarts += 1;
    this.lease = lease;
    // What the old life still tries to settle may come too late: that is not an error.
    this.charging = createChargingGroups({
      database,
      clock: systemClock,
      lease,
      onError: () => undefined,
    });
  }

  /** One call from hold to settlement; a call whose node died meanwhile is the recoverer's. */
  async call(call: SampleCall): Promise<void> {
    const { charging } = this;
    if (!charging) return;
    const result = (seconds: number) => charging.settle(resultOf(call, seconds));
    const grant = await charging.hold(holdOf(call)).catch(() => null);
    if (grant === null || !grant.ok) {
      this.counts.refused += 1;
      await result(0);
      return;
    }
    const { callId, buy, facts } = call;
    const { legs } = holdOf(call);
    const answeredAtMs = systemClock.nowMs();
    await charging
      .answer({ callId, answeredAtMs, trunkId: null, buy, attempts: 1, legs, dialogs: null })
      .catch(() => undefined);
    await sleep(Math.random() * 200);
    await charging.extend({ ...holdOf(call), hops: facts.hops }).catch(() => undefined);
    if (Math.random() < 0.01) this.counts.lost += 1;
    else {
      await result(1 + Math.floor(Math.random() * 90));
      this.counts.settled += 1;
    }
  }

  async cutConnections(): Promise<void> {
    await this.postgres.database.pool
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'bench' AND pid <> pg_backend_pid() AND random() < 0.5`,
      )
      .catch(() => undefined);
    this.counts.cuts += 1;
  }

  async verify(atRest: boolean): Promise<void> {
    const verdict = await verifyLedger(this.postgres.database).catch(() => null);
    if (verdict === null) return;
    if (verdict.broken !== null) this.complaints.push(verdict.broken);
    const { openHolds, liveCalls } = verdict.figures;
    if (atRest && openHolds + liveCalls > 0) {
      this.complaints.push(`${openHolds} holds and ${liveCalls} live calls were left behind`);
    }
  }
}

async function makeChains(postgres: BenchPostgres): Promise<{
  readonly operatorId: string;
  readonly chains: readonly (readonly ChargedHop[])[];
}> {
  const { database } = postgres;
  const operator = await makeOperator(database);
  const [reseller] = await makeBuyers(database, operator, [
    { kind: 'reseller', balance: '5000', creditLimit: '10' },
  ]);
  if (!reseller) throw new Error('no reseller');
  const customers = await makeBuyers(
    database,
    reseller,
    Array.from({ length: CUSTOMERS }, (_, index) => ({
      kind: 'customer' as const,
      balance: index % 5 === 0 ? '0.5' : '1000',
    })),
  );
  return {
    operatorId: operator.id,
    chains: customers.map((buyer) =>
      chainOf([
        { buyer, rate: rateOf('0.0200 30/6') },
        { buyer: reseller, rate: rateOf('0.0100 1/1') },
      ]),
    ),
  };
}

async function every(periodMs: number, untilMs: number, work: () => Promise<void>): Promise<void> {
  while (performance.now() + periodMs < untilMs) {
    await sleep(periodMs);
    await work();
  }
}

/** Calls in parallel while connections are cut and the node is killed; the books must come out whole. */
export const charging: Soak = {
  name: 'charging',
  about: `${CALLERS} callers on ${CUSTOMERS} wallets; half of the connections cut every 3 s, the node killed every 10 s, 1 % of the calls never settled by their node`,
  async run({ runMs, say }): Promise<SoakReport> {
    const postgres = await startBenchPostgres();
    const node = new Node(postgres);
    try {
      const { operatorId, chains } = await makeChains(postgres);
      const buy = { carrierId: newId(), buyerAccountId: operatorId, rate: rateOf('0.0055 1/1') };
      await node.start();
      const until = performance.now() + runMs;
      let heapEarly = 0;
      const caller = async (): Promise<void> => {
        while (performance.now() < until) {
          const call = sampleCall(pick(chains) ?? [], buy);
          await node.call(call).catch((error: unknown) => node.complaints.push(String(error)));
        }
      };
      const retry = (work: () => Promise<void>) => work().catch(() => sleep(100).then(work));
      await Promise.all([
        ...Array.from({ length: CALLERS }, caller),
        every(CUT_CONNECTIONS_EVERY_MS, until, () => node.cutConnections()),
        every(RESTART_EVERY_MS, until, () => retry(() => node.start())),
        every(VERIFY_EVERY_MS, until, () => node.verify(false)),
        every(1_000, until, async () => {
          if (node.lease) {
            await heartbeat(postgres.database, node.lease, systemClock.nowMs()).catch(() => false);
          }
          if (heapEarly === 0 && performance.now() > until - (runMs * 2) / 3) {
            heapEarly = liveHeapBytes();
          }
        }),
      ]);
      await node.charging?.close();
      await retry(() => node.start());
      await node.verify(true);
      const growth = liveHeapBytes() - heapEarly;
      if (heapEarly > 0 && growth > HEAP_GROWTH_BYTES) {
        node.complaints.push(`the heap grew by ${Math.round(growth / 2 ** 20)} MB`);
      }
      say(
        Object.entries(node.counts)
          .map(([what, count]) => `${count} ${what}`)
          .join(' · '),
      );
      return { figures: node.counts, complaints: node.complaints };
    } finally {
      await postgres.stop();
    }
  },
};
