import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MigrationError, migrate, migrationStatus } from '@/lib/infra/db/migrate';
import { EMBEDDED_ROLES } from '@/lib/infra/db/roles';
import { type FreshDatabase, freshDatabase } from '@/tests/support/database';

const GRANT = `CREATE FUNCTION grant_application_role(app name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', app); END $$;`;

let database: FreshDatabase;
let directory: string;

beforeEach(async () => {
  database = await freshDatabase({ empty: true });
  directory = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-migrations-'));
});

afterEach(async () => {
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

function write(name: string, sql: string): void {
  mkdirSync(path.join(directory, name), { recursive: true });
  writeFileSync(path.join(directory, name, 'migration.sql'), sql);
}

const run = (appRole: string | null = null) =>
  migrate({ url: database.ownerUrl, directory, appRole });

async function rows(sql: string, url = database.ownerUrl): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('migrating', () => {
  it('applies what is pending in the order of the names, once', async () => {
    write('2_b', 'INSERT INTO a VALUES (2);');
    write('1_a', 'CREATE TABLE a (n int); INSERT INTO a VALUES (1);');
    expect(await run()).toEqual(['1_a', '2_b']);
    expect(await run()).toEqual([]);
    expect(await rows('SELECT n FROM a ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('leaves nothing of a migration that fails, and names it', async () => {
    write('1_a', 'CREATE TABLE a (n int);');
    write('2_b', 'CREATE TABLE b (n int); SELECT 1/0;');
    await expect(run()).rejects.toThrow('migration 2_b: division by zero');
    expect(
      await rows(`SELECT to_regclass('a') IS NULL AS a, to_regclass('b') IS NULL AS b`),
    ).toEqual([{ a: false, b: true }]);
    write('2_b', 'CREATE TABLE b (n int);');
    expect(await run()).toEqual(['2_b']);
  });

  it('refuses an edited migration by its name and changes nothing', async () => {
    write('1_a', 'CREATE TABLE a (n int);');
    await run();
    write('1_a', 'CREATE TABLE a (n bigint);');
    write('2_b', 'CREATE TABLE b (n int);');
    await expect(run()).rejects.toThrow('migration 1_a was edited after it was applied');
    expect(await rows(`SELECT to_regclass('b') AS b`)).toEqual([{ b: null }]);
  });

  it('refuses a database that a newer version has migrated', async () => {
    write('1_a', 'CREATE TABLE a (n int);');
    await run();
    rmSync(path.join(directory, '1_a'), { recursive: true });
    await expect(migrationStatus(database.ownerUrl, directory)).rejects.toThrow(MigrationError);
    await expect(run()).rejects.toThrow(/1_a.*newer version/);
  });

  it('lets several callers take turns: each migration is applied by one of them', async () => {
    write('1_a', 'CREATE TABLE a (n int); SELECT pg_sleep(0.2);');
    write('2_b', 'INSERT INTO a VALUES (1);');
    const all = await Promise.all([run(), run(), run()]);
    expect(all.flat().sort()).toEqual(['1_a', '2_b']);
    expect(await rows('SELECT count(*)::int AS n FROM a')).toEqual([{ n: 1 }]);
  });

  it('tells what is pending without changing anything', async () => {
    write('1_a', 'CREATE TABLE a (n int);');
    expect(await migrationStatus(database.ownerUrl, directory)).toEqual({
      applied: [],
      pending: ['1_a'],
    });
    expect(await rows(`SELECT to_regclass('_prisma_migrations') AS t`)).toEqual([{ t: null }]);
  });

  it("grants the application's role what the migrations say, after each run", async () => {
    write('1_a', `CREATE TABLE a (n int); ${GRANT}`);
    await run(EMBEDDED_ROLES.app);
    write('2_b', 'CREATE TABLE b (n int);');
    await run(EMBEDDED_ROLES.app);
    expect(await rows('SELECT n FROM b', database.appUrl)).toEqual([]);
    await expect(rows('CREATE TABLE c (n int)', database.appUrl)).rejects.toThrow(/permission/);
  });
});

describe('the migrations of the product', () => {
  it('apply to an empty database and leave the ledger closed to the application', async () => {
    cpSync('prisma/migrations', directory, { recursive: true });
    const applied = await run(EMBEDDED_ROLES.app);
    expect(applied.length).toBeGreaterThan(0);
    expect(await rows('SELECT count(*)::int AS n FROM account', database.appUrl)).toEqual([
      { n: 0 },
    ]);
    await expect(rows('DELETE FROM posting', database.appUrl)).rejects.toThrow(/permission denied/);
    await expect(rows('DELETE FROM posting', database.ownerUrl)).rejects.toThrow(/append-only/);
  });
});
