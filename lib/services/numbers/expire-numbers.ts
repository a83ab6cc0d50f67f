import { newId } from '@/lib/core/ids.server';
import { inTransaction } from '@/lib/infra/db/client';
import type { ChargeContext } from './charge-due';

/** Numbers freed in one transaction. */
const BATCH = 500;

/** $1: now, $2: at most. */
const EXPIRED = `
  SELECT id, account_id AS "accountId", state FROM phone_number
   WHERE held_until <= $1 AND state IN ('reserved', 'aging')
   ORDER BY held_until LIMIT $2 FOR UPDATE SKIP LOCKED`;

/** $1: ids. */
const FREE = `
  UPDATE phone_number SET state = 'available', held_until = NULL, reserved_for_id = NULL,
         updated_at = now()
   WHERE id = ANY ($1::uuid[])`;

/** $1: JSON array of {id, at, accountId, objectId, from}. */
const AUDIT = `
  INSERT INTO audit_entry (id, at, account_id, actor_kind, verb, object_kind, object_id, detail)
  SELECT e.id, e.at, e."accountId", 'system', 'numbers.expire', 'phone_number', e."objectId",
         jsonb_build_object('from', e."from", 'to', 'available')
    FROM jsonb_to_recordset($1::jsonb)
      AS e (id uuid, at timestamptz, "accountId" uuid, "objectId" uuid, "from" text)`;

interface Expired {
  readonly id: string;
  readonly accountId: string;
  readonly state: 'reserved' | 'aging';
}

/**
 * Makes numbers available again whose reservation is over or which have rested long enough (the
 * moves aging → available and reserved → available of the table). Gives how many.
 */
export async function expireNumbers({ database, clock }: ChargeContext): Promise<number> {
  const nowMs = clock.nowMs();
  const at = new Date(nowMs);
  for (let freed = 0; ; ) {
    const taken = await inTransaction(database.pool, async (client) => {
      const { rows } = await client.query<Expired>(EXPIRED, [at, BATCH]);
      await client.query(FREE, [rows.map(({ id }) => id)]);
      const entries = rows.map(({ id, accountId, state }) => {
        return { id: newId(nowMs), at, accountId, objectId: id, from: state };
      });
      await client.query(AUDIT, [JSON.stringify(entries)]);
      return rows.length;
    });
    freed += taken;
    if (taken < BATCH) return freed;
  }
}
