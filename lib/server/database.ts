import path from 'node:path';
import { migrate, migrationStatus } from '@/lib/infra/db/migrate';
import { type DatabaseRoles, prepareGivenServer, prepareOwnServer } from '@/lib/infra/db/roles';
import type { Settings } from '@/lib/infra/env';
import { migrateJobs } from '@/lib/infra/jobs/migrate-jobs';
import type { Logger } from '@/lib/infra/log';
import { copyCluster, dumpDatabase } from './backup';
import { type EmbeddedServer, SUPERUSER, startEmbedded } from './embedded-postgres';
import { keepPostgresSecrets } from './kept';
import { freeLoopbackPort } from './ports';
import type { Steps } from './steps.mjs';

const DATABASE = 'tollbridge';

export interface DatabaseOptions {
  readonly settings: Settings;
  /** The folder with prisma/. */
  readonly root: string;
  readonly log: Logger;
  readonly steps: Steps;
}

/** A migrated database, ready for the processes. */
export interface ReadyDatabase {
  readonly roles: DatabaseRoles;
  /** The embedded server; null where DATABASE_URL names one. */
  server: EmbeddedServer | null;
  /** Starts the embedded server again after it died. */
  restart(): Promise<EmbeddedServer>;
}

type StartServer = () => Promise<EmbeddedServer>;

interface OpenDatabase {
  readonly roles: DatabaseRoles;
  readonly server: EmbeddedServer | null;
  readonly start: StartServer;
}

const noServer: StartServer = () => Promise.reject(new Error('the server is not ours'));

async function openOwn({ settings, log, steps }: DatabaseOptions): Promise<OpenDatabase> {
  const secrets = keepPostgresSecrets(settings.dataDir, await freeLoopbackPort());
  const start: StartServer = async () =>
    startEmbedded({
      directory: path.join(settings.dataDir, 'postgres'),
      port: await freeLoopbackPort(secrets.port),
      password: secrets.superuser,
      durable: true,
      log,
    });
  const server = await steps.run('starting PostgreSQL', start);
  const superuserUrl = server.url(SUPERUSER, secrets.superuser, 'postgres');
  const roles = await prepareOwnServer(superuserUrl, DATABASE, secrets);
  return { roles, server, start };
}

async function openGiven({ settings, log, steps }: DatabaseOptions): Promise<OpenDatabase> {
  const url = settings.databaseUrl ?? '';
  const secrets = keepPostgresSecrets(settings.dataDir, 0);
  const name = `connecting to PostgreSQL at ${new URL(url).host}`;
  const roles = await steps.run(name, () => prepareGivenServer(url, secrets));
  if (roles.caveat !== null) {
    log.warn('database.single_role', {
      reason: roles.caveat,
      consequence:
        'the application works as the owner of its tables; add-ons with tables are refused',
    });
  }
  return { roles, server: null, start: noServer };
}

/** Backs up what is about to be changed: the embedded server's files while it stands still. */
async function backUp(
  open: OpenDatabase,
  before: string,
  { settings, steps }: DatabaseOptions,
): Promise<EmbeddedServer | null> {
  const options = { dataDir: settings.dataDir, before, nowMs: Date.now() };
  return steps.run('backing up the database', async () => {
    if (open.server === null) {
      dumpDatabase(open.roles.ownerUrl, options);
      return null;
    }
    await open.server.stop();
    copyCluster(path.join(settings.dataDir, 'postgres'), options);
    return open.start();
  });
}

/**
 * Brings up the database and migrates it, with a backup first where there is data. `onServer` learns
 * of the embedded server as soon as it runs, so that it can be stopped whatever happens next.
 */
export async function openProductDatabase(
  options: DatabaseOptions,
  onServer: (server: EmbeddedServer) => void,
): Promise<ReadyDatabase> {
  const { settings, steps } = options;
  const open = await (settings.databaseUrl === null ? openOwn : openGiven)(options);
  let { server } = open;
  if (server !== null) onServer(server);
  const directory = path.join(options.root, 'prisma', 'migrations');
  const { ownerUrl, appRole } = open.roles;

  const { applied, pending } = await migrationStatus(ownerUrl, directory);
  const [first] = pending;
  if (first !== undefined && applied.length > 0 && !settings.skipBackup) {
    server = await backUp(open, first, options);
    if (server !== null) onServer(server);
  }
  const apply = async () => {
    await migrate({ url: ownerUrl, directory, appRole });
    await migrateJobs({ ownerUrl, appRole });
  };
  if (first === undefined) await apply();
  else await steps.run(`migrating (${pending.length})`, apply);
  return { roles: open.roles, server, restart: open.start };
}
