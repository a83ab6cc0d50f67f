import type { Pool, QueryResultRow } from 'pg';

/** What is read, and how much of it at a time. */
export interface CursorQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly chunkRows: number;
}

/**
 * All rows of one query, in chunks, however many there are: one cursor in a read-only transaction, so
 * that the planner is asked once (paging asks it for each page, and on tables that were not analysed
 * yet it sorts all that is left each time). The next chunk is read while the caller works on one; a
 * caller that stops early gives the connection back.
 */
export async function* readInChunks<Row extends QueryResultRow>(
  pool: Pool,
  { text, values, chunkRows }: CursorQuery,
): AsyncGenerator<readonly Row[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that dies between two chunks says so here, and unheard it would end the process.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  const fetchNext = (): Promise<readonly Row[]> => {
    const fetched = client
      .query<Row>(`FETCH ${Math.trunc(chunkRows)} FROM chunks`)
      .then((result) => result.rows);
    // Whoever waits for it is told; it may fail before anybody does.
    fetched.catch(() => undefined);
    return fetched;
  };
  let next: Promise<readonly Row[]> = Promise.resolve([]);
  try {
    await client.query('BEGIN READ ONLY; SET LOCAL jit = off');
    await client.query(`DECLARE chunks NO SCROLL CURSOR FOR ${text}`, [...values]);
    next = fetchNext();
    for (let rows = await next; rows.length > 0; rows = await next) {
      next = fetchNext();
      yield rows;
    }
  } finally {
    await next.catch(onBroken);
    await client.query('ROLLBACK').catch(onBroken);
    client.off('error', onBroken);
    client.release(broken);
  }
}
