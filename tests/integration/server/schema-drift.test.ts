import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffSchema, NO_DIFFERENCE } from '@/lib/server/schema-engine.mjs';
import { type FreshDatabase, freshDatabase } from '@/tests/support/database';

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});

afterAll(() => database.drop());

const difference = (): Promise<string> =>
  diffSchema({
    url: database.ownerUrl,
    schemaFolder: path.resolve('prisma/schema'),
    script: false,
  });

describe('the migrations and the schema', () => {
  it('say the same', async () => {
    expect((await difference()).trim()).toBe(NO_DIFFERENCE);
  });

  it('are seen to differ where a column does', async () => {
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    await client.query('ALTER TABLE call ADD COLUMN stray int');
    await client.end();
    expect(await difference()).toContain('stray');
  });
});
