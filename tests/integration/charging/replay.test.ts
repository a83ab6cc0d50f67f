import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { formatMicro } from '@/lib/core/money';
import { createSealer } from '@/lib/infra/crypto';
import { correctCharges } from '@/lib/services/charging/correct-charges';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import { replayCharges } from '@/lib/services/charging/replay-charges';
import type { ChargeDifference } from '@/lib/services/charging/replay-rules';
import type { ServiceContext } from '@/lib/services/context';
import { terminalActor } from '@/lib/services/identity/terminal-actor';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import {
  type Buyer,
  holdOf,
  makeBuyers,
  rateOf,
  resultOf,
  sampleCall,
} from '@/tests/support/money-world';
import { type MoneyWorld, openMoneyWorld } from './world';

const DAY_MS = 86_400_000;
const MAIL = 'dana@operator.test';

let world: MoneyWorld;
let charging: ChargingGroups;
let customer: Buyer;
let reseller: Buyer;
let retail: string;
let versionId: string;
let context: ServiceContext;
/** When the calls of each test begin: months apart, so that no test sees another's. */
let startMs: number;

beforeAll(async () => {
  world = await openMoneyWorld();
  ({ charging } = await world.start());
  const [parent] = await makeBuyers(world.database, world.operator, [
    { kind: 'reseller', balance: '1000' },
  ]);
  if (!parent) throw new Error('no reseller');
  reseller = parent;
  const [child] = await makeBuyers(world.database, reseller, [{ kind: 'customer', balance: '1' }]);
  if (!child) throw new Error('no customer');
  customer = child;
  retail = newId();
  versionId = newId();
  const { pool } = world.database;
  await pool.query(
    `INSERT INTO rate_deck (id, account_id, kind, name, currency, updated_at)
     VALUES ($1, $2, 'sell', 'retail', 'USD', now())`,
    [retail, reseller.id],
  );
  await pool.query('INSERT INTO deck_version (id, deck_id, version) VALUES ($1, $2, 2)', [
    versionId,
    retail,
  ]);
  await pool.query(
    `INSERT INTO rate (version_id, prefix, destination, first_seconds, next_seconds,
       first_per_minute_nano, next_per_minute_nano)
     VALUES ($1, '4420', 'London', 60, 60, 30000000, 30000000)`,
    [versionId],
  );
  const userId = newId();
  await pool.query(
    `INSERT INTO "user" (id, email, name, updated_at) VALUES ($1, $2, 'Dana', now())`,
    [userId, MAIL],
  );
  await pool.query(`INSERT INTO membership (user_id, account_id, role) VALUES ($1, $2, 'owner')`, [
    userId,
    world.operator.id,
  ]);
  const actor = await terminalActor(world.database, MAIL);
  const sealer = createSealer('a secret key for tests, long enough');
  context = { database: world.database, actor, clock: world.clock, sealer };
  startMs = world.clock.nowMs() - 80 * DAY_MS;
});

afterAll(() => world.close());

beforeEach(() => {
  startMs += 3 * DAY_MS;
});

const period = () => ({
  from: new Date(startMs - 3_600_000).toISOString(),
  to: new Date(startMs + 3_600_000).toISOString(),
});

/** A call of 61 s at 0.0200, sold at 30/6, bought at 0.0100. */
async function settledCall(): Promise<string> {
  const rate = { ...rateOf('0.0200 30/6'), deckId: retail, deckName: 'retail' };
  const call = sampleCall(
    [
      { buyerAccountId: customer.id, sellerAccountId: reseller.id, rate },
      {
        buyerAccountId: reseller.id,
        sellerAccountId: world.operator.id,
        rate: rateOf('0.0100 1/1'),
      },
    ],
    { carrierId: newId(), buyerAccountId: world.operator.id, rate: rateOf('0.0055 1/1') },
    startMs,
  );
  const grant = await charging.hold(holdOf(call));
  if (!grant.ok) throw grant.refusal;
  await charging.extend({
    callId: call.callId,
    hops: call.facts.hops,
    maxSeconds: 600,
    activeCalls: [1, 1],
  });
  await charging.settle(resultOf(call, 61));
  return call.callId;
}

async function replayed(deckVersionId?: string) {
  const differences: ChargeDifference[] = [];
  let charges = 0;
  const input = { ...period(), ...(deckVersionId === undefined ? {} : { deckVersionId }) };
  for await (const batch of replayCharges(context, input)) {
    charges += batch.charges;
    differences.push(...batch.differences);
  }
  return { charges, differences };
}

const rows = async <T extends object>(sql: string, values: unknown[]) =>
  (await world.database.pool.query<T>(sql, values)).rows;

/** Spoils a stored charge as no verb could: the guard is lifted by the owner of the tables. */
async function spoil(callId: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: world.fresh.superuserUrl });
  await client.connect();
  await client.query('ALTER TABLE charge DISABLE TRIGGER charge_append_only');
  await client.query(
    `UPDATE charge SET snapshot = jsonb_set(snapshot, '{nextPerMinute}', '"0.0400"')
      WHERE call_id = $1 AND hop = 0`,
    [callId],
  );
  await client.query('ALTER TABLE charge ENABLE TRIGGER charge_append_only');
  await client.end();
}

describe('a period rated again', () => {
  it('from its snapshots gives the same bytes', async () => {
    await settledCall();
    await settledCall();
    expect(await replayed()).toEqual({ charges: 6, differences: [] });
  });

  it('leaves out what lies outside the period', async () => {
    await settledCall();
    const other = { from: period().to, to: new Date(startMs + 7_200_000).toISOString() };
    for await (const batch of replayCharges(context, other)) expect(batch.charges).toBe(0);
  });

  it('names each charge that does not come out as it was charged', async () => {
    const callId = await settledCall();
    await spoil(callId);
    const { differences } = await replayed();
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ kind: 'amount', charge: { callId, hop: 0 } });
  });

  it('by another version of a deck tells what its charges would have been, and no others', async () => {
    await settledCall();
    const { charges, differences } = await replayed(versionId);
    expect(charges).toBe(1);
    expect(differences[0]).toMatchObject({
      charge: { hop: 0, billedSeconds: 66, amountMicro: 22_000n },
      now: { billedSeconds: 120, amountMicro: 60_000n, rate: { prefix: '4420' } },
    });
  });

  it('is not for resellers, nor for their customers', async () => {
    const actor = { ...context.actor, accountKind: 'reseller' as const };
    const replay = replayCharges({ ...context, actor }, period());
    await expect(replay.next()).rejects.toThrow(/may not do this/);
  });

  it('needs a period that ends after it begins, and a version that exists', async () => {
    const { from, to } = period();
    await expect(replayCharges(context, { from: to, to: from }).next()).rejects.toThrow();
    const nowhere = replayCharges(context, { ...period(), deckVersionId: newId() });
    await expect(nowhere.next()).rejects.toThrow(/no such version/);
  });
});

describe('a correction', () => {
  const reason = 'the 4420 rate was missing';

  it('is a reversal and a new charge, posted once, and edits nothing', async () => {
    const callId = await settledCall();
    const before = await world.wallet(customer.walletId);
    const { differences } = await replayed(versionId);
    const done = await correctCharges(context, differences, { reason });
    expect(done).toEqual({ corrected: 1, repeated: 0, unaffordable: [] });
    expect(
      await rows(
        `SELECT kind, amount_micro AS amount, billed_seconds AS billed, rated_seconds AS rated
           FROM charge WHERE call_id = $1 AND hop = 0 ORDER BY kind`,
        [callId],
      ),
    ).toEqual([
      { kind: 'call', amount: 22_000n, billed: 66, rated: 61 },
      { kind: 'reversal', amount: -22_000n, billed: -66, rated: -61 },
      { kind: 'correction', amount: 60_000n, billed: 120, rated: 61 },
    ]);
    const after = await world.wallet(customer.walletId);
    expect(before.balance - after.balance).toBe(38_000n);
    const posted = await rows<{ reason: string; actor_id: string | null }>(
      `SELECT reason, actor_id FROM ledger_transaction WHERE subject_id = $1 AND kind = 'correction'`,
      [callId],
    );
    expect(posted).toEqual([
      { reason, actor_id: context.actor.id },
      { reason, actor_id: context.actor.id },
    ]);

    const again = await correctCharges(context, differences, { reason });
    expect(again).toEqual({ corrected: 0, repeated: 1, unaffordable: [] });
    expect(await world.wallet(customer.walletId)).toEqual(after);
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });

  it('stands from then on: what was corrected is not found again, and replays to the same bytes', async () => {
    await settledCall();
    const { differences } = await replayed(versionId);
    await correctCharges(context, differences, { reason });
    expect(await replayed(versionId)).toEqual({ charges: 1, differences: [] });
    expect(await replayed()).toEqual({ charges: 3, differences: [] });
  });

  it('that the buyer can’t pay is left, and told', async () => {
    await settledCall();
    const { differences } = await replayed(versionId);
    const { balance } = await world.wallet(customer.walletId);
    const dear = differences.map((each) => ({
      ...each,
      now: each.now && { ...each.now, amountMicro: balance + 22_001n },
    }));
    const done = await correctCharges(context, dear, { reason });
    expect(done).toMatchObject({ corrected: 0, unaffordable: [{ charge: { hop: 0 } }] });
    expect((await world.wallet(customer.walletId)).balance).toBe(balance);
    const affordable = differences.map((each) => ({
      ...each,
      now: each.now && { ...each.now, amountMicro: balance + 22_000n },
    }));
    await correctCharges(context, affordable, { reason });
    expect(formatMicro((await world.wallet(customer.walletId)).balance)).toBe('0.000000');
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });

  it('is not for resellers, and not without a reason', async () => {
    const actor = { ...context.actor, accountKind: 'reseller' as const };
    await expect(correctCharges({ ...context, actor }, [], { reason })).rejects.toThrow(/may not/);
    await expect(correctCharges(context, [], { reason: ' ' })).rejects.toThrow();
  });
});

describe('npm run rate -- replay', () => {
  function rate(...words: string[]) {
    const done = spawnSync(
      process.execPath,
      ['--import', 'tsx', path.resolve('lib/server/rate-cli.ts'), ...words],
      {
        env: { PATH: '/usr/bin:/bin', DATABASE_URL: world.fresh.appUrl, NODE_ENV: 'test' },
        encoding: 'utf8',
      },
    );
    return { status: done.status, text: done.stdout + done.stderr };
  }

  it('exits 0 where all is the same, 1 where not, and corrects with a reason and a name', async () => {
    await world.database.pool.query(
      `SELECT post_ledger('{fill}', ARRAY[$1::uuid], '{top_up}', '{null}', '{null}', '{null}',
         ARRAY[$1::uuid, $1::uuid], '{1,2}',
         ARRAY[(SELECT id FROM ledger_account WHERE wallet_id = $2),
               (SELECT a.id FROM ledger_account a JOIN ledger_account w ON w.book_id = a.book_id
                 WHERE w.wallet_id = $2 AND a.kind = 'revenue')], '{1000000,-1000000}')`,
      [newId(), customer.walletId],
    );
    const callId = await settledCall();
    const { from, to } = period();
    expect(rate('replay', '--from', from, '--to', to)).toEqual({
      status: 0,
      text: '3 charges rated again: all the same, byte for byte\n',
    });
    const deck = ['--from', from, '--to', to, '--deck', versionId];
    const told = rate('replay', ...deck);
    expect(told.status).toBe(1);
    expect(told.text).toContain(`call ${callId} hop 0`);
    expect(told.text).toContain('0.022000 for 66 s -> 0.060000 for 120 s');
    expect(told.text).toContain('USD: 1 charges, 0.022000 -> 0.060000 (0.038000)');
    expect(rate('replay', ...deck, '--correct')).toMatchObject({ status: 2 });
    const done = rate('replay', ...deck, '--correct', '--reason', 'a test', '--by', MAIL);
    expect(done).toMatchObject({ status: 0 });
    expect(rate('replay', ...deck)).toMatchObject({ status: 0 });
  });

  it('exits 2 with one line where it is not understood', () => {
    expect(rate()).toMatchObject({ status: 2 });
    expect(rate('replay', '--from', 'yesterday', '--to', '2026-12-01')).toMatchObject({
      status: 2,
    });
    expect(rate('replay', '--from', '2026-11-01')).toMatchObject({ status: 2 });
    const stranger = ['--by', 'nobody@nowhere.test', '--correct', '--reason', 'a test'];
    const { from, to } = period();
    expect(rate('replay', '--from', from, '--to', to, ...stranger)).toMatchObject({ status: 2 });
  });
});
