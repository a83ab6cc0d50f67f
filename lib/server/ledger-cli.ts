import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvError, readSettings, type Settings } from '@/lib/infra/env';
import { silentLogger } from '@/lib/infra/log';
import { connectServices } from '@/lib/services/database';
import { type LedgerVerdict, verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { startEmbedded } from './embedded-postgres';
import { takeInstanceLock } from './instance-lock';
import { keepPostgresSecrets } from './kept';
import { freeLoopbackPort } from './ports';

/**
 * `npm run ledger -- verify [--data-dir DIR]`: checks every invariant of the books, whether the
 * product runs or not. Prints what was checked; exits 1 naming the first invariant that is broken,
 * 2 where the database can't be reached.
 */

const APP = { role: 'tollbridge_app', database: 'tollbridge' } as const;

interface OpenedDatabase {
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

/** The database of these settings: given, or embedded and running, or embedded and started for us. */
async function openDatabase(settings: Settings): Promise<OpenedDatabase> {
  if (settings.databaseUrl !== null) {
    return { url: settings.databaseUrl, close: () => Promise.resolve() };
  }
  const { dataDir } = settings;
  const directory = path.join(dataDir, 'postgres');
  if (!existsSync(directory)) throw new EnvError(`DATA_DIR: there is no database in ${dataDir}`);
  const secrets = keepPostgresSecrets(dataDir, 0);
  const lock = takeInstanceLock(dataDir, '(npm run ledger)');
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

function report({ checks, figures, broken }: LedgerVerdict): string {
  const lines = checks.map(({ invariant, ok, violation }) =>
    ok ? `  ✓ ${invariant}` : `  ✗ ${invariant}: ${violation}`,
  );
  const counts = Object.entries({
    books: figures.books,
    wallets: figures.wallets,
    transactions: figures.transactions,
    postings: figures.postings,
    charges: figures.charges,
    'open holds': figures.openHolds,
    'live calls': figures.liveCalls,
  }).map(([name, count]) => `${count} ${name}`);
  const verdict = broken === null ? 'the ledger verifies' : `BROKEN: ${broken}`;
  return [...lines, counts.join(' · '), verdict, ''].join('\n');
}

async function verify(settings: Settings): Promise<number> {
  const opened = await openDatabase(settings);
  const database = connectServices({
    url: opened.url,
    max: 1,
    applicationName: 'tollbridge-ledger',
    onIdleError: () => undefined,
  });
  try {
    const verdict = await verifyLedger(database);
    process.stdout.write(report(verdict));
    return verdict.ok ? 0 : 1;
  } finally {
    await database.close();
    await opened.close();
  }
}

const [command] = process.argv.splice(2, 1);
if (command === 'verify') {
  try {
    process.exitCode = await verify(readSettings());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
} else {
  process.stderr.write('usage: npm run ledger -- verify [--data-dir DIR]\n');
  process.exitCode = 2;
}
