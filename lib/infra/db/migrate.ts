import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** Migrations that can't be applied as they lie there; the message names the one and says why. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

/** How a database stands against the folder of migrations. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  /** In the order in which they will be applied. */
  readonly pending: readonly string[];
}

export interface MigrateOptions {
  /** Of the role that owns the tables. */
  readonly url: string;
  /** prisma/migrations */
  readonly directory: string;
  /** The role that gets DML; null where the application works as the owner. */
  readonly appRole: string | null;
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The advisory lock that Prisma's own engine takes: the two never migrate at once. */
const LOCK = 72_707_369;

const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

/** The migrations of a folder, oldest first. */
function readMigrations(directory: string): Migration[] {
  return readdirSync(directory)
    .filter((name) => existsSync(path.join(directory, name, 'migration.sql')))
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

interface AppliedRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

async function readApplied(client: pg.Client): Promise<AppliedRow[]> {
  const found = await client.query<{ there: string | null }>(
    `SELECT to_regclass('public._prisma_migrations')::text AS there`,
  );
  if (found.rows[0]?.there == null) return [];
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
      WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows;
}

/** What remains to be done; throws where the database and the folder contradict each other. */
function compare(migrations: readonly Migration[], rows: readonly AppliedRow[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of rows) {
    const migration = known.get(row.migration_name);
    if (migration === undefined) {
      throw new MigrationError(
        `the database has migration ${row.migration_name}, which this version does not know: it was used by a newer version`,
      );
    }
    if (row.finished_at === null) {
      throw new MigrationError(
        `migration ${row.migration_name} failed earlier and was left half done`,
      );
    }
    if (row.checksum !== migration.checksum) {
      throw new MigrationError(`migration ${row.migration_name} was edited after it was applied`);
    }
  }
  const applied = new Set(rows.map((row) => row.migration_name));
  const pending = migrations.filter((migration) => !applied.has(migration.name));
  const newest = rows.at(-1)?.migration_name ?? '';
  const late = pending.find((migration) => migration.name < newest);
  if (late !== undefined) {
    throw new MigrationError(`migration ${late.name} is older than ${newest}, which is applied`);
  }
  return pending;
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations
         (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`migration ${migration.name}: ${reason}`, { cause: error });
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tollbridge-migrate',
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** How the database stands; changes nothing. Throws MigrationError where it can't be migrated. */
export async function migrationStatus(url: string, directory: string): Promise<MigrationStatus> {
  return withClient(url, async (client) => {
    const rows = await readApplied(client);
    const pending = compare(readMigrations(directory), rows);
    return {
      applied: rows.map((row) => row.migration_name),
      pending: pending.map((migration) => migration.name),
    };
  });
}

/**
 * Applies what is pending, each migration in a transaction of its own together with its record, and
 * then grants the application's role what it may. Several callers take turns. Returns the names
 * applied.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  return withClient(options.url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const pending = compare(readMigrations(options.directory), await readApplied(client));
    await client.query(TABLE);
    for (const migration of pending) await apply(client, migration);
    if (options.appRole !== null) {
      await client.query('SELECT grant_application_role($1)', [options.appRole]);
    }
    return pending.map((migration) => migration.name);
  });
}
