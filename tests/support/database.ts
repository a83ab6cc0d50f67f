import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { EMBEDDED_ROLES } from '@/lib/infra/db/roles';

/** A migrated, empty database of its own on the run's PostgreSQL. */
export interface FreshDatabase {
  readonly name: string;
  /** Owns the tables; may do what a migration may. */
  readonly ownerUrl: string;
  /** What the product works with: DML, no change to postings. */
  readonly appUrl: string;
  readonly superuserUrl: string;
  /** Ends all its connections and removes it. */
  drop(): Promise<void>;
}

async function asSuperuser(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgres').superuserUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Whether the run's PostgreSQL has a database of this name. */
export async function hasDatabase(name: string): Promise<boolean> {
  let found = false;
  await asSuperuser(async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    found = rowCount === 1;
  });
  return found;
}

/** Keeps a copy of a database as it is now, for the rest of the run; nobody may be connected to it. */
export async function keepAsTemplate(from: FreshDatabase, name: string): Promise<void> {
  await asSuperuser(async (client) => {
    await client.query(
      `CREATE DATABASE ${name} TEMPLATE ${from.name} OWNER ${EMBEDDED_ROLES.owner}`,
    );
  });
}

/**
 * A database for a test file: a copy of the migrated template, of another one (or, with `empty`, one
 * without any table). Call it in beforeAll and `drop()` in afterAll.
 */
export async function freshDatabase(
  options: { empty?: boolean; template?: string } = {},
): Promise<FreshDatabase> {
  const { superuserUrl, template, passwords } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const from = options.empty === true ? 'template0' : (options.template ?? template);
  await asSuperuser(async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${from} OWNER ${EMBEDDED_ROLES.owner}`);
  });
  const url = (role: string, password: string): string => {
    const changed = new URL(superuserUrl);
    changed.username = role;
    changed.password = password;
    changed.pathname = `/${name}`;
    return changed.href;
  };
  return {
    name,
    ownerUrl: url(EMBEDDED_ROLES.owner, passwords.owner),
    appUrl: url(EMBEDDED_ROLES.app, passwords.app),
    superuserUrl: url('postgres', 'postgres'),
    drop: () =>
      asSuperuser(
        async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
      ),
  };
}
