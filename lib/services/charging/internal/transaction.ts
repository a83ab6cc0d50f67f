import type { Pool, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/**
 * A group touches few rows by their keys, in tables of any size. A plan that was made while a table
 * was small is kept and would read all of it later, so only plans by index are let in; and as they
 * do not depend on the values, none is made twice.
 */
const BEGIN = [
  'BEGIN',
  'SET LOCAL enable_seqscan = off',
  'SET LOCAL enable_hashjoin = off',
  'SET LOCAL enable_mergejoin = off',
  'SET LOCAL plan_cache_mode = force_generic_plan',
  "SET LOCAL statement_timeout = '5s'",
].join('; ');

/** Beyond the server's own limit: a server that says nothing at all is given up. */
const QUERY_TIMEOUT_MS = 8_000;

/** What node-postgres says when `query_timeout` is over. */
const READ_TIMEOUT = 'Query read timeout';

/** A statement whose plan is kept by its name. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

interface TimedQuery extends QueryConfig {
  readonly query_timeout: number;
}

/** A statement with its values, not waited for for ever: a stalled database must not stall calls. */
export function timed(statement: Statement, values: unknown[] = []): TimedQuery {
  return { ...statement, values, query_timeout: QUERY_TIMEOUT_MS };
}

/** A group's transaction. */
export interface GroupTransaction {
  /** Sends a statement. Several may be sent before the first is answered: they are done in their order. */
  query<R extends QueryResultRow>(
    statement: Statement,
    values?: unknown[],
  ): Promise<QueryResult<R>>;
  /** The last statement of all, with the COMMIT on its heels; resolves once that is done. */
  finish(statement: Statement, values?: unknown[]): Promise<void>;
}

/**
 * Runs a group in one transaction: commit when it returns, rollback when it throws. A row that
 * somebody else holds is waited for `lockWaitMs` (then the error is one of `isLockedOut`), or as long
 * as a statement may take.
 */
export async function groupTransaction<T>(
  pool: Pool,
  work: (tx: GroupTransaction) => Promise<T>,
  lockWaitMs?: number,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let isFinished = false;
  // A connection that dies between two statements says so here, and unheard it would end the process.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  const send: GroupTransaction['query'] = (statement, values) =>
    client.query(timed(statement, values));
  const tx: GroupTransaction = {
    query: send,
    async finish(statement, values) {
      isFinished = true;
      // Where the statement fails, its COMMIT rolls back (PostgreSQL, COMMIT).
      await allOf([send(statement, values), send({ text: 'COMMIT' })]);
    },
  };
  try {
    const wait = lockWaitMs === undefined ? '' : `; SET LOCAL lock_timeout = ${lockWaitMs}`;
    // The first statement is sent on its heels: what fails here fails there.
    const [, result] = await allOf([send({ text: BEGIN + wait }), work(tx)]);
    if (!isFinished) await send({ text: 'COMMIT' });
    return result;
  } catch (error) {
    // A connection that still waits for an answer takes no further statement: it is thrown away.
    if (error instanceof Error && error.message === READ_TIMEOUT) onBroken(error);
    else if (!isFinished) await send({ text: 'ROLLBACK' }).catch(onBroken);
    throw error;
  } finally {
    client.off('error', onBroken);
    client.release(broken);
  }
}

/** All of them, once every one is answered; of several errors the first: the others follow from it. */
export async function allOf<const T extends readonly (Promise<unknown> | undefined)[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}
