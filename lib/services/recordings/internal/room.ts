import type pg from 'pg';

/**
 * Says of a tenant whether its recordings take all the room they have. The switch reads it with the
 * tenant; where nothing changes, nothing is written.
 */
export async function refreshFull(client: Pick<pg.Pool, 'query'>, tenantId: string): Promise<void> {
  await client.query(
    `UPDATE tenant t SET recording_full = NOT t.recording_full
      WHERE t.id = $1 AND t.recording_full <> (t.recording_max_bytes <=
        (SELECT coalesce(sum(r.bytes), 0) FROM recording r WHERE r.tenant_id = t.id))`,
    [tenantId],
  );
}
