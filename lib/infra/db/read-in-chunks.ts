import type pg from 'pg';

export interface ChunkedQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Rows of a chunk at most. */
  readonly rows: number;
}

/**
 * The rows of one query in chunks, over a connection of its own and as of one moment: the query runs
 * once, whatever the planner thinks of a page of it. Stopping early gives the connection back.
 */
export async function* readInChunks<Row extends object>(
  pool: pg.Pool,
  query: ChunkedQuery,
): AsyncGenerator<readonly Row[], void, void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that dies between two statements says so here, and unheard it would end the process.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`DECLARE chunks NO SCROLL CURSOR FOR ${query.text}`, [...query.values]);
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH ${query.rows} FROM chunks`);
      if (rows.length > 0) yield rows;
      if (rows.length < query.rows) return;
    }
  } finally {
    await client.query('ROLLBACK').catch(onBroken);
    client.off('error', onBroken);
    client.release(broken);
  }
}
