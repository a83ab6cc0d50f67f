import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';

/** Oldest server that the product runs on. */
const OLDEST_VERSION = 150_000;

/** A database server that can't be used as it is; the message says what to do. */
export class DatabaseRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseRefused';
  }
}

/** Passwords of the product's roles; made once and kept in the data directory. */
export interface RolePasswords {
  readonly owner: string;
  readonly app: string;
  readonly provisioner: string;
}

/** How each part of the product reaches the database. */
export interface DatabaseRoles {
  /** Owns the tables: migrations only. */
  readonly ownerUrl: string;
  /** Reads and writes rows, and can't change a posting: web, switch, worker. */
  readonly appUrl: string;
  /** The application's role by name; null where it has to work as the owner. */
  readonly appRole: string | null;
  /** Makes the confined roles of add-ons; null where the server does not allow that. */
  readonly provisionerUrl: string | null;
  /** Why roles could not be separated; null where they are. */
  readonly caveat: string | null;
}

const identifier = (name: string): string => pg.escapeIdentifier(name);
const literal = (text: string): string => pg.escapeLiteral(text);

/** What PostgreSQL keeps of a password (RFC 5803), so that no statement ever carries the password. */
function scramVerifier(password: string): string {
  const rounds = 4_096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, rounds, 32, 'sha256');
  const sign = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64');
  const serverKey = sign('Server Key').toString('base64');
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tollbridge-roles',
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

interface RoleSpec {
  readonly name: string;
  readonly password: string;
  readonly attributes: string;
}

/** Makes a role, or gives the one that is there this password and these attributes. */
async function ensureRole(client: pg.Client, spec: RoleSpec): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [spec.name]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  const password = literal(scramVerifier(spec.password));
  await client.query(
    `${verb} ROLE ${identifier(spec.name)} WITH LOGIN ${spec.attributes} PASSWORD ${password}`,
  );
}

const withCredentials = (url: string, role: string, password: string): string => {
  const changed = new URL(url);
  changed.username = encodeURIComponent(role);
  changed.password = encodeURIComponent(password);
  return changed.href;
};

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
};

const PLAIN = 'NOSUPERUSER NOCREATEDB NOCREATEROLE';
const PROVISIONER = 'NOSUPERUSER NOCREATEDB CREATEROLE';

/** The roles of the embedded server. */
export const EMBEDDED_ROLES = {
  owner: 'tollbridge_owner',
  app: 'tollbridge_app',
  provisioner: 'tollbridge_provisioner',
} as const;

async function ensureDatabase(client: pg.Client, database: string, owner: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (found.rowCount === 0) {
    await client.query(`CREATE DATABASE ${identifier(database)} OWNER ${identifier(owner)}`);
  }
}

/** Who may connect, and who may make the schemas of add-ons. */
async function grantConnect(client: pg.Client, database: string, app: string): Promise<void> {
  await client.query(`REVOKE ALL ON DATABASE ${identifier(database)} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${identifier(database)} TO ${identifier(app)}`);
}

/**
 * Makes roles and database on a server of our own, by its superuser. Safe to repeat: roles take the
 * passwords given.
 */
export async function prepareOwnServer(
  superuserUrl: string,
  database: string,
  passwords: RolePasswords,
): Promise<DatabaseRoles> {
  const { owner, app, provisioner } = EMBEDDED_ROLES;
  await connected(superuserUrl, async (client) => {
    await ensureRole(client, { name: owner, password: passwords.owner, attributes: PLAIN });
    await ensureRole(client, { name: app, password: passwords.app, attributes: PLAIN });
    await ensureRole(client, {
      name: provisioner,
      password: passwords.provisioner,
      attributes: PROVISIONER,
    });
    await ensureDatabase(client, database, owner);
    await grantConnect(client, database, app);
    await client.query(
      `GRANT CONNECT, CREATE ON DATABASE ${identifier(database)} TO ${identifier(provisioner)}`,
    );
  });
  const url = withDatabase(superuserUrl, database);
  return {
    ownerUrl: withCredentials(url, owner, passwords.owner),
    appUrl: withCredentials(url, app, passwords.app),
    appRole: app,
    provisionerUrl: withCredentials(url, provisioner, passwords.provisioner),
    caveat: null,
  };
}

async function checkVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; text: string }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS text`,
  );
  const version = rows[0];
  if (version === undefined || Number(version.number) < OLDEST_VERSION) {
    throw new DatabaseRefused(
      `DATABASE_URL: PostgreSQL 15 or newer is needed, this server is ${version?.text ?? 'unknown'}`,
    );
  }
}

/** The role that makes the roles of add-ons; null where the server does not let us. */
async function provisionerUrl(
  client: pg.Client,
  server: { readonly url: string; readonly database: string },
  password: string,
): Promise<string | null> {
  const name = `${server.database.slice(0, 40)}_provisioner`;
  try {
    await ensureRole(client, { name, password, attributes: PROVISIONER });
    await client.query(
      `GRANT CONNECT, CREATE ON DATABASE ${identifier(server.database)} TO ${identifier(name)}`,
    );
    return withCredentials(server.url, name, password);
  } catch {
    return null;
  }
}

async function separateRoles(
  client: pg.Client,
  url: string,
  passwords: RolePasswords,
): Promise<DatabaseRoles> {
  const { rows } = await client.query<{ database: string }>(
    'SELECT current_database() AS database',
  );
  const database = rows[0]?.database ?? '';
  const app = `${database.slice(0, 40)}_app`;
  await ensureRole(client, { name: app, password: passwords.app, attributes: PLAIN });
  await client.query(`GRANT CONNECT ON DATABASE ${identifier(database)} TO ${identifier(app)}`);
  const appUrl = withCredentials(url, app, passwords.app);
  await connected(appUrl, async () => undefined);
  return {
    ownerUrl: url,
    appUrl,
    appRole: app,
    provisionerUrl: await provisionerUrl(client, { url, database }, passwords.provisioner),
    caveat: null,
  };
}

/**
 * Takes a server somebody else runs: checks that it answers and is new enough, and separates the
 * roles where its user may make roles. Where not, everything works as that user, and `caveat` says
 * so. Throws DatabaseRefused with one line where the server can't be used.
 */
export async function prepareGivenServer(
  url: string,
  passwords: RolePasswords,
): Promise<DatabaseRoles> {
  try {
    return await connected(url, async (client) => {
      await checkVersion(client);
      try {
        return await separateRoles(client, url, passwords);
      } catch (error) {
        const caveat = error instanceof Error ? error.message : String(error);
        return { ownerUrl: url, appUrl: url, appRole: null, provisionerUrl: null, caveat };
      }
    });
  } catch (error) {
    if (error instanceof DatabaseRefused) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const where = new URL(url).host;
    throw new DatabaseRefused(`DATABASE_URL: no connection to ${where}: ${reason}`, {
      cause: error,
    });
  }
}
