import { ManualClock } from '@/lib/core/clock';
import { type ChargingGroups, createChargingGroups } from '@/lib/services/charging/groups';
import { startNode } from '@/lib/services/charging/node-lease';
import type { NodeLease } from '@/lib/services/charging/types';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { type FreshDatabase, freshDatabase } from '@/tests/support/database';
import { makeOperator, type Root } from '@/tests/support/money-world';

/** A node with its charging, on a database of its own, under a clock that is moved by hand. */
export interface MoneyWorld {
  readonly fresh: FreshDatabase;
  readonly database: ServicesDatabase;
  readonly clock: ManualClock;
  readonly operator: Root;
  readonly errors: unknown[];
  /** Starts the node (again): its earlier lives are fenced. */
  start(): Promise<{ readonly lease: NodeLease; readonly charging: ChargingGroups }>;
  /** Balance and held funds of a wallet, in micro-units. */
  wallet(walletId: string): Promise<{ readonly balance: bigint; readonly held: bigint }>;
  close(): Promise<void>;
}

export async function openMoneyWorld(): Promise<MoneyWorld> {
  const fresh = await freshDatabase();
  const database = connectServices({
    url: fresh.appUrl,
    max: 8,
    applicationName: 'test switch',
    onIdleError: () => undefined,
  });
  const clock = new ManualClock(Date.now());
  const errors: unknown[] = [];
  const opened: ChargingGroups[] = [];
  return {
    fresh,
    database,
    clock,
    operator: await makeOperator(database),
    errors,
    async start() {
      const lease = await startNode(database, {
        nodeId: 'switch-1',
        kind: 'switch',
        nowMs: clock.nowMs(),
      });
      const onError = (error: unknown) => errors.push(error);
      const charging = createChargingGroups({ database, clock, lease, onError });
      opened.push(charging);
      return { lease, charging };
    },
    async wallet(walletId) {
      const { rows } = await database.pool.query<{ balance: bigint; held: bigint }>(
        'SELECT balance_micro AS balance, held_micro AS held FROM wallet WHERE id = $1',
        [walletId],
      );
      const row = rows[0];
      if (!row) throw new Error(`no wallet ${walletId}`);
      return row;
    },
    async close() {
      await Promise.all(opened.map((charging) => charging.close()));
      await database.close();
      await fresh.drop();
    },
  };
}
