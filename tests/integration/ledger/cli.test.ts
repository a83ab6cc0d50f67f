import { spawnSync } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BooksWorld, openBooks } from './world';

let world: BooksWorld;

beforeAll(async () => {
  world = await openBooks();
});

afterAll(() => world.close());

function ledger(...words: string[]) {
  const options = { env: { PATH: '/usr/bin:/bin', DATABASE_URL: world.fresh.appUrl } };
  const file = path.resolve('lib/server/ledger-cli.ts');
  const done = spawnSync(process.execPath, ['--import', 'tsx', file, ...words], {
    ...options,
    env: { ...options.env, NODE_ENV: 'test' },
    encoding: 'utf8',
  });
  return { status: done.status, text: done.stdout + done.stderr };
}

describe('npm run ledger -- verify', () => {
  it('prints what it checked and exits 0 where the books are in order', () => {
    const { status, text } = ledger('verify');
    expect(text).toContain('✓ wallets equal their postings');
    expect(text).toContain('4 wallets · 4 transactions · 8 postings');
    expect(text).toContain('the ledger verifies');
    expect(status).toBe(0);
  });

  it('names the first invariant that is broken and exits 1', async () => {
    const client = new pg.Client({ connectionString: world.fresh.superuserUrl });
    await client.connect();
    await client.query('UPDATE wallet SET balance_micro = balance_micro + 1 WHERE id = $1', [
      world.acme.walletId,
    ]);
    await client.end();
    const { status, text } = ledger('verify');
    expect(text).toContain(`BROKEN: wallets equal their postings: wallet ${world.acme.walletId}`);
    expect(status).toBe(1);
  });

  it('exits 2 with one line where it is not understood', () => {
    expect(ledger()).toMatchObject({ status: 2 });
    expect(ledger('verify', '--nonsense', '1')).toMatchObject({ status: 2 });
  });
});
