import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseRefused, prepareGivenServer } from '@/lib/infra/db/roles';
import { type FreshDatabase, freshDatabase } from '@/tests/support/database';

const passwords = { owner: 'o', app: "it's a 'secret'", provisioner: 'p%:@/' };

let database: FreshDatabase;

beforeEach(async () => {
  database = await freshDatabase({ empty: true });
});

afterEach(async () => {
  await database.drop();
});

async function whoAmI(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('SELECT current_user AS name')).rows[0].name;
  } finally {
    await client.end();
  }
}

describe('a server somebody else runs', () => {
  it('gets roles of our own where its user may make them, whatever their passwords are', async () => {
    const roles = await prepareGivenServer(database.superuserUrl, passwords);
    expect(roles.caveat).toBeNull();
    expect(roles.appRole).toBe(`${database.name}_app`);
    expect(await whoAmI(roles.appUrl)).toBe(`${database.name}_app`);
    expect(await whoAmI(roles.provisionerUrl ?? '')).toBe(`${database.name}_provisioner`);
    const again = await prepareGivenServer(database.superuserUrl, { ...passwords, app: 'changed' });
    expect(await whoAmI(again.appUrl)).toBe(`${database.name}_app`);
    await expect(whoAmI(roles.appUrl)).rejects.toThrow(/password authentication failed/);
  });

  it('is used with the one role it gives where it lets us make none', async () => {
    const roles = await prepareGivenServer(database.ownerUrl, passwords);
    expect(roles).toEqual({
      ownerUrl: database.ownerUrl,
      appUrl: database.ownerUrl,
      appRole: null,
      provisionerUrl: null,
      caveat: expect.stringContaining('permission denied'),
    });
  });

  it('is refused in one line where it does not answer', async () => {
    const url = 'postgresql://me:hunter2@127.0.0.1:1/none';
    const refused = await prepareGivenServer(url, passwords).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DatabaseRefused);
    expect(String(refused)).toMatch(/no connection to 127\.0\.0\.1:1: [^\n]+$/);
    expect(String(refused)).not.toContain('hunter2');
  });
});
