import { inTransaction } from '@/lib/infra/db/client';
import type { ServicesDatabase } from '@/lib/services/database';
import type { NodeLease } from './types';

export interface NodeStart {
  readonly nodeId: string;
  readonly kind: 'switch' | 'worker';
  readonly nowMs: number;
}

/**
 * Takes the lease of a node: its epoch grows by one, and what an earlier epoch began is fenced (its
 * groups under way are waited for; none can begin any more). Calls that the earlier epoch left keep
 * the node's last heartbeat, so that they settle the same however often the start is repeated.
 */
export function startNode(database: ServicesDatabase, start: NodeStart): Promise<NodeLease> {
  const { nodeId, kind } = start;
  const now = new Date(start.nowMs);
  return inTransaction(database.pool, async (client) => {
    await client.query(
      `INSERT INTO node (id, kind, lease_epoch, started_at, heartbeat_at) VALUES ($1, $2, 0, $3, $3)
       ON CONFLICT (id) DO NOTHING`,
      [nodeId, kind, now],
    );
    await client.query('SELECT 1 FROM node WHERE id = $1 FOR UPDATE', [nodeId]);
    await client.query(
      'SELECT 1 FROM live_call WHERE node_id = $1 AND fenced_at IS NULL ORDER BY id FOR UPDATE',
      [nodeId],
    );
    await client.query(
      `UPDATE live_call l SET fenced_at = n.heartbeat_at FROM node n
        WHERE n.id = $1 AND l.node_id = n.id AND l.fenced_at IS NULL`,
      [nodeId],
    );
    const { rows } = await client.query<{ lease_epoch: bigint }>(
      `UPDATE node SET lease_epoch = lease_epoch + 1, kind = $2, started_at = $3, heartbeat_at = $3,
              stopped_at = NULL WHERE id = $1 RETURNING lease_epoch`,
      [nodeId, kind, now],
    );
    return { nodeId, epoch: rows[0]?.lease_epoch ?? 0n };
  });
}

/** Says that the node is alive, every 5 s. False = fenced: another took its lease, so stop. */
export async function heartbeat(
  database: ServicesDatabase,
  lease: NodeLease,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    'UPDATE node SET heartbeat_at = greatest(heartbeat_at, $3) WHERE id = $1 AND lease_epoch = $2::bigint',
    [lease.nodeId, lease.epoch, new Date(nowMs)],
  );
  return rowCount === 1;
}

/** Notes that the node stopped in good order. */
export async function stopNode(
  database: ServicesDatabase,
  lease: NodeLease,
  nowMs: number,
): Promise<void> {
  await database.pool.query(
    `UPDATE node SET heartbeat_at = greatest(heartbeat_at, $3), stopped_at = $3
      WHERE id = $1 AND lease_epoch = $2::bigint`,
    [lease.nodeId, lease.epoch, new Date(nowMs)],
  );
}
