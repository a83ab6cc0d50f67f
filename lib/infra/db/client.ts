import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '@/prisma/generated/client';
import type { TransactionClient } from '@/prisma/generated/internal/prismaNamespace';

/** A transaction of Prisma's, as verbs pass it on. */
export type Tx = TransactionClient;

/** A process's connections: of Prisma, and of the raw SQL of the hot paths. */
export interface Database {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /**
   * Beside `pool` for the hottest paths: statements are sent on each other's heels, without waiting
   * for answers in between. No query of it may fetch by portions (`rows`, cursors).
   */
  readonly pipelined: pg.Pool;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly max: number;
  /** Shown by PostgreSQL for this process's connections. */
  readonly applicationName: string;
  /** A connection that failed while nobody used it; it has already been taken out of the pool. */
  onIdleError(error: Error): void;
}

/** bigint columns arrive as bigint: no amount ever passes through a float. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? (text: string) => BigInt(text)
      : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

/** How long a verb waits for a connection, and holds one: Prisma's own 2 and 5 s are for idle machines. */
const MAX_WAIT_MS = 10_000;
const MAX_TRANSACTION_MS = 20_000;

/** Opens the pool; nothing connects before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const config: pg.PoolConfig = {
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
  const pool = new pg.Pool({ ...config, types });
  pool.on('error', options.onIdleError);
  const pipelined = new pg.Pool({ ...config, types, pipeline: true });
  pipelined.on('error', options.onIdleError);
  const prismaPool = new pg.Pool(config);
  prismaPool.on('error', options.onIdleError);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(prismaPool),
    transactionOptions: { maxWait: MAX_WAIT_MS, timeout: MAX_TRANSACTION_MS },
  });
  return {
    prisma,
    pool,
    pipelined,
    async close() {
      await prisma.$disconnect();
      await Promise.all([
        pool.end(),
        pipelined.end(),
        prismaPool.ended ? undefined : prismaPool.end(),
      ]);
    },
  };
}

/**
 * Runs `work` in one transaction on one connection of the raw pool: commit when it returns,
 * rollback when it throws. For the hot paths; verbs use Prisma's transactions.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that dies between two statements says so here, and unheard it would end the process.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(onBroken);
    throw error;
  } finally {
    client.off('error', onBroken);
    client.release(broken);
  }
}
