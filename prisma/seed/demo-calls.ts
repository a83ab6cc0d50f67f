import type { CallRequest } from '@/lib/core/call-plan/plan';
import { ManualClock } from '@/lib/core/clock';
import type { SeedContext } from '@/lib/server/seed-context';
import { createChargingGroups } from '@/lib/services/charging/groups';
import type { CallResult } from '@/lib/services/charging/types';
import { DemoPlanner } from './demo-plan';
import { type DialledCall, toCallResult } from './demo-result';
import { type DemoCustomer, OUTSIDE_CALLERS } from './demo-world';
import { type Chance, chanceOf } from './random';

/** A tenant that calls and is called. */
export interface BusyTenant {
  readonly tenantId: string;
  readonly accountId: string;
  readonly customer: DemoCustomer;
  readonly extensions: readonly { readonly id: string; readonly number: string }[];
}

const CALLS = 15_000;
const DAYS = 30;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Settled together: in the order of time, so that the ledger's rows lie where their time is. */
const CHUNK = 600;
const MAX_GROUP = 128;
const CHANCE_SEED = 20_260_101;
/** How much of a day's calls falls into each hour, by the clock on the wall of the office. */
const HOURS = [0, 0, 0, 0, 0, 0, 1, 3, 8, 13, 14, 12, 8, 11, 13, 12, 10, 6, 3, 2, 1, 1, 0, 0];
const WEEKDAYS = [2, 10, 11, 11, 10, 9, 3];

/** Writes a month of calls up to now: planned, rated and settled as the switch would have. */
export async function seedDemoCalls(
  seed: SeedContext,
  tenants: readonly BusyTenant[],
): Promise<void> {
  const planner = await DemoPlanner.open(seed);
  const chance = chanceOf(CHANCE_SEED);
  const nowMs = seed.clock.nowMs();
  const starts = Array.from({ length: CALLS }, () => {
    const tenant = chance.weighted(tenants.map((one) => [one, one.customer.weight] as const));
    return { tenant, atMs: startOf(chance, tenant, nowMs) };
  })
    .filter(({ atMs }) => atMs < nowMs - 2 * HOUR_MS)
    .sort((one, other) => one.atMs - other.atMs);

  const clock = new ManualClock(starts[0]?.atMs ?? nowMs);
  const groups = createChargingGroups({
    database: seed.database,
    clock,
    lease: { nodeId: 'demo', epoch: 0n },
    maxGroup: MAX_GROUP,
    onError: (error, callId) => seed.log.error('demo.call_failed', { callId, error }),
  });
  for (let index = 0; index < starts.length; index += CHUNK) {
    const chunk = starts.slice(index, index + CHUNK);
    const results = chunk.flatMap(({ tenant, atMs }) => {
      const dialled = dial(chance, tenant, planner.trunkIds);
      return toCallResult({ chance, planner, tenants, dialled, atMs }) ?? [];
    });
    clock.advance(Math.max(0, (chunk.at(-1)?.atMs ?? nowMs) - clock.nowMs()));
    await grantAll(seed, results);
    await Promise.all(results.map((result) => groups.settle(result)));
  }
  await groups.close();
}

/** A moment within the month, at an hour and on a day on which such an office is busy. */
function startOf(chance: Chance, { customer }: BusyTenant, nowMs: number): number {
  const dayIndex = chance.weighted(
    Array.from({ length: DAYS }, (_, back) => {
      const day = new Date(nowMs - back * DAY_MS).getUTCDay();
      return [back, WEEKDAYS[day] ?? 1] as const;
    }),
  );
  const hour = chance.weighted(HOURS.map((weight, index) => [index, weight] as const));
  const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS - dayIndex * DAY_MS;
  const local = midnight + hour * HOUR_MS + chance.whole(0, HOUR_MS - 1);
  return local - offsetOf(customer.timeZone, local);
}

const wallClocks = new Map<string, Intl.DateTimeFormat>();

/** Making one is dear; there are a handful of time zones. */
function wallClock(timeZone: string): Intl.DateTimeFormat {
  const known = wallClocks.get(timeZone);
  if (known) return known;
  const options = { timeZone, hour: '2-digit', hourCycle: 'h23', day: '2-digit' } as const;
  const made = new Intl.DateTimeFormat('en-US', options);
  wallClocks.set(timeZone, made);
  return made;
}

/** What is to be added to UTC there, to the hour: good enough for a plausible morning. */
function offsetOf(timeZone: string, atMs: number): number {
  const parts = wallClock(timeZone).formatToParts(atMs);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const at = new Date(atMs);
  const hours = part('hour') - at.getUTCHours();
  const days = part('day') - at.getUTCDate();
  return (hours + (days === 0 ? 0 : days === 1 || days < -1 ? 24 : -24)) * HOUR_MS;
}

/** Who calls whom: out into the world, in from it, or from desk to desk. */
function dial(chance: Chance, tenant: BusyTenant, trunkIds: readonly string[]): DialledCall {
  const { tenantId, customer, extensions } = tenant;
  const caller = chance.pick(extensions);
  const origin = { kind: 'extension', tenantId, number: caller.number } as const;
  const way = chance.weighted([
    ['out', 62],
    ['in', 20],
    ['within', 18],
  ] as const);
  switch (way) {
    case 'out': {
      const number = chance.weighted(customer.calls);
      const request: CallRequest = { origin, dialled: dialledForm(chance, number), callerId: null };
      return { request, tenant, extensionId: caller.id };
    }
    case 'in': {
      const request: CallRequest = {
        origin: { kind: 'trunk', trunkId: chance.pick(trunkIds) },
        dialled: chance.pick(customer.numbers),
        callerId: chance.pick(OUTSIDE_CALLERS),
      };
      return { request, tenant, extensionId: null };
    }
    case 'within': {
      const others = extensions.filter((one) => one.number !== caller.number);
      const request: CallRequest = { origin, dialled: chance.pick(others).number, callerId: null };
      return { request, tenant, extensionId: caller.id };
    }
  }
}

/** People dial the same number in different ways. */
function dialledForm(chance: Chance, number: string): string {
  return chance.next() < 0.3 ? number.replace(/^\+/, '00') : number;
}

/**
 * Grants every call the seconds that it lasted: what its holds would have left behind. The
 * settlement reads that, and takes the row away again.
 */
async function grantAll(seed: SeedContext, results: readonly CallResult[]): Promise<void> {
  const paid = results.filter((result) => result.facts.hops.length > 0);
  await seed.database.pool.query(
    `INSERT INTO live_call (id, node_id, lease_epoch, payer_account_id, class, started_at,
       granted_seconds, facts)
     SELECT c.id, 'demo', 0, c.payer, c.class::"CallClass", c.started_at, c.granted, '{}'
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[])
            AS c (id, payer, class, started_at, granted)`,
    [
      paid.map((result) => result.callId),
      paid.map((result) => result.facts.payerAccountId),
      paid.map((result) => result.facts.callClass),
      paid.map((result) => new Date(result.facts.startedAtMs)),
      paid.map((result) => Math.max(1, result.ratedSeconds)),
    ],
  );
}
