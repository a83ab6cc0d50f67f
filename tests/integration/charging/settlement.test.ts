import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { parseMicro } from '@/lib/core/money';
import { createChargingGroups } from '@/lib/services/charging/groups';
import { heartbeat, startNode, stopNode } from '@/lib/services/charging/node-lease';
import { recoverCalls } from '@/lib/services/charging/recover-calls';
import type { CallResult, RecoveredCall } from '@/lib/services/charging/types';
import { connectServices } from '@/lib/services/database';
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

let world: MoneyWorld;
let customer: Buyer;
let reseller: Buyer;

beforeAll(async () => {
  world = await openMoneyWorld();
  const [parent] = await makeBuyers(world.database, world.operator, [
    { kind: 'reseller', balance: '1000' },
  ]);
  if (!parent) throw new Error('no reseller');
  reseller = parent;
  const [child] = await makeBuyers(world.database, reseller, [
    { kind: 'customer', balance: '100' },
  ]);
  if (!child) throw new Error('no customer');
  customer = child;
});

afterAll(() => world.close());

const BUY = () => ({
  carrierId: newId(),
  buyerAccountId: world.operator.id,
  rate: rateOf('0.0055 1/1'),
});

function callOf(): SampleCall {
  const hops = chainOf([
    { buyer: customer, rate: rateOf('0.0200 30/6') },
    { buyer: reseller, rate: rateOf('0.0100 1/1') },
  ]);
  return sampleCall(hops, BUY(), world.clock.nowMs());
}

async function count(sql: string, values: unknown[]): Promise<number> {
  const { rows } = await world.database.pool.query<{ n: number }>(sql, values);
  return rows[0]?.n ?? 0;
}

const rowsOf = async (callId: string) => ({
  calls: await count('SELECT count(*)::int AS n FROM call WHERE id = $1', [callId]),
  legs: await count('SELECT count(*)::int AS n FROM leg WHERE call_id = $1', [callId]),
  charges: await count('SELECT count(*)::int AS n FROM charge WHERE call_id = $1', [callId]),
  transactions: await count(
    `SELECT count(*)::int AS n FROM ledger_transaction WHERE key LIKE 'call:' || $1 || '%'`,
    [callId],
  ),
  postings: await count(
    `SELECT count(*)::int AS n FROM posting p JOIN ledger_transaction t ON t.id = p.transaction_id
      WHERE t.subject_id = $1`,
    [callId],
  ),
  live: await count('SELECT count(*)::int AS n FROM live_call WHERE id = $1', [callId]),
  openHolds: await count(
    `SELECT count(*)::int AS n FROM hold WHERE call_id = $1 AND state = 'open'`,
    [callId],
  ),
});

describe('a settlement', () => {
  it('writes call, legs, charges and postings once, however often it is asked', async () => {
    const { charging } = await world.start();
    const call = callOf();
    await charging.hold(holdOf(call));
    const before = await world.wallet(customer.walletId);
    const first = await charging.settle(resultOf(call, 32));
    const again = await Promise.all([
      charging.settle(resultOf(call, 32)),
      charging.settle(resultOf(call, 40)),
    ]);
    expect(first.alreadySettled).toBe(false);
    expect(again.map((each) => each.alreadySettled)).toEqual([true, true]);
    expect(await rowsOf(call.callId)).toEqual({
      calls: 1,
      legs: 2,
      charges: 3,
      transactions: 1,
      postings: 6,
      live: 0,
      openHolds: 0,
    });
    const after = await world.wallet(customer.walletId);
    expect(before.balance - after.balance).toBe(parseMicro('0.012'));
  });

  it('of a call that nobody answered frees its holds and writes its record, charging nothing', async () => {
    const { charging } = await world.start();
    const call = callOf();
    await charging.hold(holdOf(call));
    const before = await world.wallet(customer.walletId);
    const settlement = await charging.settle(resultOf(call, 0));
    expect(settlement).toMatchObject({ alreadySettled: false, ratedSeconds: 0, charges: [] });
    expect(await rowsOf(call.callId)).toMatchObject({
      calls: 1,
      legs: 2,
      charges: 0,
      transactions: 0,
      postings: 0,
      openHolds: 0,
    });
    const after = await world.wallet(customer.walletId);
    expect(after.balance).toBe(before.balance);
    const { rows } = await world.database.pool.query(
      'SELECT DISTINCT state FROM hold WHERE call_id = $1',
      [call.callId],
    );
    expect(rows).toEqual([{ state: 'released' }]);
  });

  it('of a refused call writes its record with the refusal, though nothing was ever held', async () => {
    const { charging } = await world.start();
    const call = callOf();
    const refused: CallResult = {
      ...resultOf(call, 0),
      refusal: {
        code: 'INSUFFICIENT_FUNDS',
        hopAccountId: customer.id,
        text: 'There are not enough funds for this call.',
      },
      sipStatus: 402,
      attempts: 0,
      legs: resultOf(call, 0).legs.slice(0, 1),
    };
    await charging.settle(refused);
    const { rows } = await world.database.pool.query(
      'SELECT refusal_code, refusal_hop_id, sip_status FROM call WHERE id = $1',
      [call.callId],
    );
    expect(rows).toEqual([
      { refusal_code: 'INSUFFICIENT_FUNDS', refusal_hop_id: customer.id, sip_status: 402 },
    ]);
  });

  it('that can not be written never fails its group, and its live call stays', async () => {
    const { charging } = await world.start();
    const good = callOf();
    const bad = callOf();
    await Promise.all([charging.hold(holdOf(good)), charging.hold(holdOf(bad))]);
    const nonsense = { ...resultOf(bad, 10), q850Cause: 100_000 };
    const [first, second] = await Promise.allSettled([
      charging.settle(resultOf(good, 10)),
      charging.settle(nonsense),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { ratedSeconds: 10 } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL' } });
    expect(await rowsOf(bad.callId)).toMatchObject({ calls: 0, live: 1, openHolds: 2 });
    await charging.settle(resultOf(bad, 10));
    expect(await rowsOf(bad.callId)).toMatchObject({ calls: 1, live: 0, openHolds: 0 });
  });

  it('says which call it continues and how its caller was shown, also where a recoverer writes it', async () => {
    const { charging } = await world.start();
    const callerId = { asked: null, shown: '101', right: 'owned', isWithheld: false } as const;
    const linked = (): SampleCall => {
      const call = callOf();
      const link = { callId: newId(), kind: 'forward' } as const;
      return { ...call, facts: { ...call.facts, link, callerId } };
    };
    const [ended, left] = [linked(), linked()];
    await Promise.all([charging.hold(holdOf(ended)), charging.hold(holdOf(left))]);
    await charging.settle(resultOf(ended, 32));
    const { lease } = await world.start();
    const { database, clock, errors } = world;
    await recoverCalls({ database, clock, lease, onError: (error) => errors.push(error) });
    for (const { callId, facts } of [ended, left]) {
      const { rows } = await database.pool.query(
        `SELECT linked_call_id AS "callId", link_kind AS kind, caller_id AS "callerId"
           FROM call WHERE id = $1`,
        [callId],
      );
      expect(rows).toEqual([{ ...facts.link, callerId }]);
    }
  });

  it('waits while the database is away and is then written once', async () => {
    const { charging } = await world.start();
    const call = callOf();
    await charging.hold(holdOf(call));
    const elsewhere = new URL(world.fresh.superuserUrl);
    elsewhere.pathname = '/postgres';
    const admin = new pg.Client({ connectionString: elsewhere.href });
    await admin.connect();
    await admin.query(`ALTER DATABASE ${world.fresh.name} WITH ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      world.fresh.name,
    ]);
    const settling = charging.settle(resultOf(call, 32));
    const refused = await charging.hold(holdOf(callOf())).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE' });
    expect(charging.unsettled).toBe(1);
    await admin.query(`ALTER DATABASE ${world.fresh.name} WITH ALLOW_CONNECTIONS true`);
    await admin.end();
    expect(await settling).toMatchObject({ alreadySettled: false, ratedSeconds: 32 });
    expect(charging.unsettled).toBe(0);
  });

  it('tells those who subscribed, each only the hops that it may see', async () => {
    const { charging } = await world.start();
    const { pool } = world.database;
    const subscribe = (accountId: string) =>
      pool.query(
        `INSERT INTO event_subscription (id, account_id, topics, url, secret_sealed)
         VALUES ($1, $2, '{call.ended}', 'https://example.test', '')`,
        [newId(), accountId],
      );
    await Promise.all([customer.id, reseller.id, world.operator.id].map(subscribe));
    const call = callOf();
    await charging.hold(holdOf(call));
    await charging.settle(resultOf(call, 32));
    const { rows } = await pool.query<{ account_id: string; hops: number[] }>(
      `SELECT account_id, jsonb_path_query_array(payload, '$.charges[*].hop') AS hops
         FROM outbox_message WHERE payload ->> 'id' = $1`,
      [call.callId],
    );
    const hops = new Map(rows.map((row) => [row.account_id, row.hops]));
    expect(hops.get(customer.id)).toEqual([0]);
    expect(hops.get(reseller.id)).toEqual([0, 1]);
    expect(hops.get(world.operator.id)).toEqual([0, 1, 2]);
    await pool.query('DELETE FROM event_subscription');
  });
});

describe('a node that died', () => {
  const recover = async (): Promise<readonly RecoveredCall[]> => {
    const { lease } = await world.start();
    const { database, clock, errors } = world;
    return recoverCalls({ database, clock, lease, onError: (error) => errors.push(error) });
  };

  it('leaves its answered call to be settled once, to its last heartbeat, the rest freed', async () => {
    const database = connectServices({
      url: world.fresh.appUrl,
      max: 2,
      applicationName: 'doomed',
      onIdleError: () => undefined,
    });
    const { clock } = world;
    await recover();
    const lease = await startNode(database, {
      nodeId: 'switch-1',
      kind: 'switch',
      nowMs: clock.nowMs(),
    });
    const charging = createChargingGroups({ database, clock, lease, onError: () => undefined });
    const [call, ringing] = [callOf(), callOf()];
    await Promise.all([charging.hold(holdOf(call)), charging.hold(holdOf(ringing))]);
    const { legs } = holdOf(call);
    await charging.answer({
      callId: call.callId,
      answeredAtMs: clock.nowMs(),
      trunkId: null,
      buy: call.buy,
      attempts: 1,
      legs: legs.map((leg) => ({ ...leg, answeredAtMs: clock.nowMs() })),
      dialogs: { caller: { callId: 'a', cseq: 2 } },
    });
    clock.advance(32_000);
    expect(await heartbeat(database, lease, clock.nowMs())).toBe(true);
    clock.advance(4_000);
    const before = await world.wallet(customer.walletId);
    // kill -9: its connections end, nothing is said.
    await world.database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'`,
    );
    clock.advance(20_000);
    const recovered = await recover();
    expect(recovered).toHaveLength(2);
    expect(recovered.find((each) => each.callId === call.callId)).toEqual({
      callId: call.callId,
      answered: true,
      ratedSeconds: 32,
      dialogs: { caller: { callId: 'a', cseq: 2 } },
    });
    const after = await world.wallet(customer.walletId);
    expect(before.balance - after.balance).toBe(parseMicro('0.012'));
    expect(after.held).toBe(0n);
    expect(await rowsOf(call.callId)).toMatchObject({
      calls: 1,
      charges: 3,
      live: 0,
      openHolds: 0,
    });
    expect(await rowsOf(ringing.callId)).toMatchObject({ calls: 1, charges: 0, openHolds: 0 });
    const { rows } = await world.database.pool.query(
      'SELECT hung_up_by, rated_seconds FROM call WHERE id = $1',
      [call.callId],
    );
    expect(rows).toEqual([{ hung_up_by: 'node_failure', rated_seconds: 32 }]);
    expect(await recover()).toEqual([]);
    expect((await verifyLedger(world.database)).broken).toBeNull();
    await database.close();
  });

  it('is settled to what was granted, not to a heartbeat beyond it; repeated starts change nothing', async () => {
    const { clock } = world;
    const { lease, charging } = await world.start();
    const call = callOf();
    await charging.hold(holdOf(call, 30));
    const answeredAtMs = clock.nowMs();
    const { legs } = holdOf(call);
    await charging.answer({
      callId: call.callId,
      answeredAtMs,
      trunkId: null,
      buy: call.buy,
      attempts: 1,
      legs,
      dialogs: null,
    });
    clock.advance(45_000);
    await heartbeat(world.database, lease, clock.nowMs());
    // Two starts that die before they recover anything.
    clock.advance(60_000);
    await world.start();
    clock.advance(60_000);
    const [recovered] = await recover();
    expect(recovered).toMatchObject({ callId: call.callId, ratedSeconds: 30 });
  });

  it('can neither hold, extend nor beat once another took its lease', async () => {
    const old = await world.start();
    const call = callOf();
    await old.charging.hold(holdOf(call));
    await world.start();
    const refusals = await Promise.allSettled([
      old.charging.hold(holdOf(callOf())),
      old.charging.extend({ ...holdOf(call), hops: call.facts.hops }),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    }
    expect(await heartbeat(world.database, old.lease, world.clock.nowMs())).toBe(false);
    // Its settlement and the recoverer's are the same one.
    const [late, recovered] = await Promise.all([
      old.charging.settle(resultOf(call, 12)),
      recover(),
    ]);
    expect([late.alreadySettled, recovered.length === 0].filter(Boolean).length).toBeLessThan(2);
    expect(await rowsOf(call.callId)).toMatchObject({ calls: 1, live: 0, openHolds: 0 });
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });

  it('that lives frees what a broken connection left held by a call that had ended', async () => {
    const { lease, charging } = await world.start();
    const call = callOf();
    // The end of the call was written before the hold that everybody had given up on.
    await charging.settle(resultOf(call, 0));
    await charging.hold(holdOf(call));
    const talking = callOf();
    await charging.hold(holdOf(talking));
    expect(await rowsOf(call.callId)).toMatchObject({ calls: 1, live: 1, openHolds: 2 });
    const { database, clock } = world;
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    expect(await recoverCalls({ database, clock, lease, onError })).toEqual([]);
    expect(await rowsOf(call.callId)).toMatchObject({ calls: 1, live: 0, openHolds: 0 });
    expect(await rowsOf(talking.callId)).toMatchObject({ calls: 0, live: 1, openHolds: 2 });
    await charging.settle(resultOf(talking, 0));
    expect(errors).toEqual([]);
  });

  it('that stopped in good order says so', async () => {
    const { lease } = await world.start();
    await stopNode(world.database, lease, world.clock.nowMs());
    const { rows } = await world.database.pool.query('SELECT stopped_at FROM node WHERE id = $1', [
      lease.nodeId,
    ]);
    expect(rows[0]?.stopped_at).toEqual(new Date(world.clock.nowMs()));
  });
});
