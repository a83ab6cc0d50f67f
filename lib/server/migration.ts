import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate } from '@/lib/infra/db/migrate';
import { prepareOwnServer } from '@/lib/infra/db/roles';
import { silentLogger } from '@/lib/infra/log';
import { SUPERUSER, startEmbedded } from './embedded-postgres';
import { freeLoopbackPort } from './ports';
import { diffSchema, NO_DIFFERENCE } from './schema-engine.mjs';

/**
 * For developers: `npm run migration -- new NAME` writes the SQL that brings the migrated tables to
 * prisma/schema (or an empty file for hand-written SQL), `npm run migration -- check` says whether
 * the two agree. Works on a throw-away PostgreSQL; no database of yours is touched.
 */

const MIGRATIONS = 'prisma/migrations';
const SCHEMA = 'prisma/schema';
const PASSWORD = 'throw-away';

/** Runs `work` on a fresh database that all migrations were applied to. */
async function onMigrated<T>(work: (url: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-migration-'));
  const server = await startEmbedded({
    directory: path.join(folder, 'postgres'),
    port: await freeLoopbackPort(),
    password: PASSWORD,
    durable: false,
    log: silentLogger,
  });
  try {
    const superuserUrl = server.url(SUPERUSER, PASSWORD, 'postgres');
    const passwords = { owner: PASSWORD, app: PASSWORD, provisioner: PASSWORD };
    const { ownerUrl, appRole } = await prepareOwnServer(superuserUrl, 'tollbridge', passwords);
    await migrate({ url: ownerUrl, directory: path.resolve(MIGRATIONS), appRole });
    return await work(ownerUrl);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const diff = (url: string, script: boolean): Promise<string> =>
  diffSchema({ url, schemaFolder: path.resolve(SCHEMA), script });

/** A name after every one that is there. */
function nextName(title: string): string {
  const newest =
    readdirSync(MIGRATIONS)
      .filter((name) => /^\d{14}_/.test(name))
      .sort()
      .at(-1) ?? '';
  const now = Number(new Date().toISOString().replace(/[-:T]|\.\d+Z$/g, ''));
  return `${Math.max(now, Number(newest.slice(0, 14)) + 1)}_${title}`;
}

async function create(title: string | undefined): Promise<void> {
  if (title === undefined || !/^[a-z][a-z0-9_]*$/.test(title)) {
    throw new Error('name the migration: npm run migration -- new what_it_does');
  }
  const sql = await onMigrated((url) => diff(url, true));
  const byHand = sql.includes('-- This is an empty migration.');
  const folder = path.join(MIGRATIONS, nextName(title));
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'migration.sql'), byHand ? '' : sql);
  const next = byHand
    ? 'The schema has not changed: write the SQL by hand.'
    : 'Read it before you commit it: a renamed column shows as a drop and an add.';
  process.stdout.write(`${folder}/migration.sql\n${next}\n`);
}

async function check(): Promise<void> {
  const summary = await onMigrated((url) => diff(url, false));
  process.stdout.write(`${summary.trim()}\n`);
  if (!summary.startsWith(NO_DIFFERENCE)) {
    throw new Error('prisma/schema and prisma/migrations differ: npm run migration -- new NAME');
  }
}

const [verb, title] = process.argv.slice(2);
try {
  if (verb === 'new') await create(title);
  else if (verb === 'check') await check();
  else throw new Error('npm run migration -- new NAME | check');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
