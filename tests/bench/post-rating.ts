import { systemClock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { createSealer } from '@/lib/infra/crypto';
import type { ServiceContext } from '@/lib/services/context';
import type { ServicesDatabase } from '@/lib/services/database';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { postRateCalls } from '@/lib/services/post-rating/post-rate-calls';
import { type Buyer, makeBuyers, makeOperator, type Root } from '@/tests/support/money-world';
import { table, whole } from './support/bench';
import { startBenchPostgres } from './support/postgres';

type Print = (line: string) => void;

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const CUSTOMERS = 1_000;
const RESELLERS = 20;
const PREFIXES = 10_000;
const INSERTED = 20_000;
const DAY_MS = 86_400_000;

/** Rates 4400000 … of a deck's live version, and the deck itself. */
const FILL = `
  INSERT INTO rate (version_id, prefix, destination, first_seconds, next_seconds,
                    first_per_minute_nano, next_per_minute_nano, connect_fee_micro)
  SELECT $1, '44' || lpad(n::text, 4, '0'), 'Destination ' || n % 500, 30, 6, $2, $2, 0
    FROM generate_series(0, $3 - 1) AS n`;

const CALLS = `
  INSERT INTO call (id, node_id, class, account_id, tenant_id, payer_account_id, from_number,
    dialled, to_number, started_at, answered_at, ended_at, duration_ms, rated_seconds, sip_status,
    trunk_id, attempts)
  SELECT c.id, 'elsewhere', 'outbound', c.payer, c.payer, c.payer, '+12025550101', c.number,
         c.number, c.at, c.at, c.at + interval '1 minute', c.seconds * 1000, c.seconds, 200, $5, 1
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $6::timestamptz[])
         AS c (id, payer, number, seconds, at)`;

interface World {
  readonly operator: Root;
  readonly customers: readonly Buyer[];
  readonly trunkId: string;
}

async function sellAt(
  { pool }: ServicesDatabase,
  owner: { readonly id: string },
  deck: { readonly kind: 'sell' | 'buy'; readonly perMinuteNano: number },
): Promise<string> {
  const [deckId, versionId] = [newId(), newId()];
  await pool.query(
    `INSERT INTO rate_deck (id, account_id, kind, name, currency, updated_at)
     VALUES ($1, $2, $3::"DeckKind", $4, 'USD', now())`,
    [deckId, owner.id, deck.kind, `${deck.kind} ${deckId}`],
  );
  await pool.query('INSERT INTO deck_version (id, deck_id, version) VALUES ($1, $2, 1)', [
    versionId,
    deckId,
  ]);
  await pool.query(FILL, [versionId, deck.perMinuteNano, PREFIXES]);
  await pool.query(`UPDATE deck_version SET status = 'active' WHERE id = $1`, [versionId]);
  await pool.query('UPDATE rate_deck SET active_version_id = $2 WHERE id = $1', [
    deckId,
    versionId,
  ]);
  return deckId;
}

async function makeWorld(database: ServicesDatabase): Promise<World> {
  const { pool } = database;
  const operator = await makeOperator(database);
  const rich = { balance: '1000000' };
  const resellers = await makeBuyers(
    database,
    operator,
    Array.from({ length: RESELLERS }, () => ({ kind: 'reseller' as const, ...rich })),
  );
  const toResellers = await sellAt(database, operator, { kind: 'sell', perMinuteNano: 20_000_000 });
  const customers: Buyer[] = [];
  for (const reseller of resellers) {
    const own = await makeBuyers(
      database,
      reseller,
      Array.from({ length: CUSTOMERS / RESELLERS }, () => ({ kind: 'customer' as const, ...rich })),
    );
    const toOwn = await sellAt(database, reseller, { kind: 'sell', perMinuteNano: 30_000_000 });
    await pool.query('UPDATE account SET sell_deck_id = $2 WHERE parent_id = $1', [
      reseller.id,
      toOwn,
    ]);
    customers.push(...own);
  }
  await pool.query('UPDATE account SET sell_deck_id = $2 WHERE parent_id = $1', [
    operator.id,
    toResellers,
  ]);
  const buyDeckId = await sellAt(database, operator, { kind: 'buy', perMinuteNano: 10_000_000 });
  const [carrierId, trunkId] = [newId(), newId()];
  await pool.query(
    `INSERT INTO carrier (id, account_id, name, buy_deck_id, updated_at)
     VALUES ($1, $2, 'bench', $3, now())`,
    [carrierId, operator.id, buyDeckId],
  );
  await pool.query(
    `INSERT INTO trunk (id, account_id, carrier_id, name, address, updated_at)
     VALUES ($1, $2, $3, 'bench', '192.0.2.1', now())`,
    [trunkId, operator.id, carrierId],
  );
  return { operator, customers, trunkId };
}

/** So many answered calls of a day, as another switch would have recorded them. */
async function record(
  { pool }: ServicesDatabase,
  { customers, trunkId }: World,
  calls: { readonly count: number; readonly fromMs: number },
): Promise<void> {
  for (let done = 0; done < calls.count; done += INSERTED) {
    const length = Math.min(INSERTED, calls.count - done);
    const indexes = Array.from({ length }, (_, index) => done + index);
    const at = indexes.map((index) => calls.fromMs + Math.floor((index * DAY_MS) / calls.count));
    await pool.query(CALLS, [
      at.map((ms) => newId(ms)),
      indexes.map((index) => customers[index % customers.length]?.id),
      indexes.map((index) => `+44${String((index * 7_919) % PREFIXES).padStart(4, '0')}12345`),
      indexes.map((index) => 1 + (index % 600)),
      trunkId,
      at.map((ms) => new Date(ms)),
    ]);
  }
}

function contextOf(database: ServicesDatabase, { operator }: World): ServiceContext {
  return {
    database,
    clock: systemClock,
    sealer: createSealer('0'.repeat(64)),
    actor: {
      ...{ kind: 'system', id: null, accountId: operator.id as Uuid, role: 'owner' },
      ...{ accountPath: operator.path, accountKind: 'operator', scopes: null, behindId: null },
      ...{ address: null, requestId: null },
    },
  };
}

/** Calls that were recorded without a price, charged through three hops, and how it grows. */
export async function measurePostRating(print: Print): Promise<Record<string, number>> {
  const postgres = await startBenchPostgres();
  const { database } = postgres;
  const figures: Record<string, number> = {};
  const rows = [['calls charged later', 'calls/s', 'transactions', 'cpu: PostgreSQL', 'Node']];
  try {
    const world = await makeWorld(database);
    const context = contextOf(database, world);
    for (const [index, count] of SIZES.entries()) {
      const fromMs = Date.now() - (SIZES.length + 1 - index) * DAY_MS;
      await record(database, world, { count, fromMs });
      await database.pool.query('ANALYZE call');
      const [pgBefore, nodeBefore] = [postgres.cpuMs(), process.cpuUsage()];
      const begin = performance.now();
      let calls = 0;
      let charges = 0;
      let transactions = 0;
      const period = { from: new Date(fromMs), to: new Date(fromMs + DAY_MS) };
      for await (const batch of postRateCalls(context, period)) {
        calls += batch.calls;
        charges += batch.charges;
        transactions += batch.transactions;
      }
      const seconds = (performance.now() - begin) / 1_000;
      const node = process.cpuUsage(nodeBefore);
      if (calls !== count || charges !== count * 3) throw new Error(`${calls} calls were charged`);
      const each = (ms: number) => `${((ms * 1_000) / count).toFixed(0)} µs a call`;
      rows.push([
        ...[whole(count), whole(count / seconds), whole(transactions)],
        ...[each(postgres.cpuMs() - pgBefore), each((node.user + node.system) / 1_000)],
      ]);
      figures[`postRatePerSecondAt${count}`] = Math.round(count / seconds);
      figures['postRatePerSecond'] = Math.round(count / seconds);
    }
    print(`\n${table(rows)}`);
    const verdict = await verifyLedger(database);
    if (!verdict.ok) throw new Error(`the ledger does not verify: ${verdict.broken ?? ''}`);
    print(`the ledger verifies: ${whole(verdict.figures.charges)} charges`);
    return figures;
  } finally {
    await postgres.stop();
  }
}
