import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvError, type Settings } from '@/lib/infra/env';
import { silentLogger } from '@/lib/infra/log';
import { startEmbedded } from './embedded-postgres';
import { takeInstanceLock } from './instance-lock';
import { keepPostgresSecrets } from './kept';
import { freeLoopbackPort } from './ports';

const APP = { role: 'tollbridge_app', database: 'tollbridge' } as const;

/** A database that a program of the terminal reached. */
export interface OpenedDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** The port of the server that works in a directory: the fourth line of its pid file. */
function runningPort(directory: string): number | null {
  const file = path.join(directory, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const port = Number(readFileSync(file, 'utf8').split('\n')[3]);
  return Number.isInteger(port) && port > 0 ? port : null;
}

/**
 * The database of these settings: given, or embedded and running, or embedded and started for us.
 * `program` is what others are told who find it locked. Throws EnvError where there is none.
 */
export async function openOwnDatabase(
  settings: Settings,
  program: string,
): Promise<OpenedDatabase> {
  if (settings.databaseUrl !== null) {
    return { url: settings.databaseUrl, close: () => Promise.resolve() };
  }
  const { dataDir } = settings;
  const directory = path.join(dataDir, 'postgres');
  if (!existsSync(directory)) throw new EnvError(`DATA_DIR: there is no database in ${dataDir}`);
  const secrets = keepPostgresSecrets(dataDir, 0);
  const lock = takeInstanceLock(dataDir, `(${program})`);
  if (!lock.ok) {
    const port = runningPort(directory);
    if (port === null) throw new Error('the product is starting or stopping: try again');
    const login = `${APP.role}:${encodeURIComponent(secrets.app)}`;
    return {
      url: `postgresql://${login}@127.0.0.1:${port}/${APP.database}`,
      close: () => Promise.resolve(),
    };
  }
  try {
    const server = await startEmbedded({
      directory,
      port: await freeLoopbackPort(secrets.port),
      password: secrets.superuser,
      durable: true,
      log: silentLogger,
    });
    return {
      url: server.url(APP.role, secrets.app, APP.database),
      async close() {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
