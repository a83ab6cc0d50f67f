import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getWallet } from '@/lib/services/wallets/get-wallet';
import { listWallets } from '@/lib/services/wallets/list-wallets';
import { openWallet } from '@/lib/services/wallets/open-wallet';
import { type BooksWorld, openBooks } from '@/tests/integration/ledger/world';

let world: BooksWorld;

beforeAll(async () => {
  world = await openBooks();
});

afterAll(() => world.close());

const seen = async (who: Parameters<BooksWorld['as']>[0]): Promise<readonly string[]> =>
  (await listWallets(world.as(who))).items.map((wallet) => wallet.accountId);

describe('wallets', () => {
  it('are seen by their buyer, their seller and the operator', async () => {
    const { operator, north, south, acme, birch } = world;
    expect(await seen(acme)).toEqual([acme.id]);
    expect(await seen(birch)).toEqual([birch.id]);
    expect(new Set(await seen(south))).toEqual(new Set([south.id, birch.id]));
    expect(new Set(await seen(north))).toEqual(new Set([north.id, south.id, acme.id]));
    expect(new Set(await seen(operator))).toEqual(new Set([north.id, south.id, acme.id, birch.id]));
    await expect(getWallet(world.as(north), birch.walletId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(getWallet(world.as(acme), 'nonsense')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('show what is held and what is available', async () => {
    const { acme, database } = world;
    await database.pool.query(
      'UPDATE wallet SET held_micro = 1500000, credit_limit_micro = 500000 WHERE id = $1',
      [acme.walletId],
    );
    expect(await getWallet(world.as(acme), acme.walletId)).toMatchObject({
      balance: { amount: '100.000000', currency: 'USD' },
      held: { amount: '1.500000' },
      creditLimit: { amount: '0.500000' },
      available: { amount: '99.000000' },
    });
    await database.pool.query('UPDATE wallet SET held_micro = 0 WHERE id = $1', [acme.walletId]);
  });

  it('are opened empty by the seller, one for each currency', async () => {
    const { acme, north } = world;
    const opened = await openWallet(world.as(north), { accountId: acme.id, currency: 'EUR' });
    expect(opened).toMatchObject({
      sellerAccountId: north.id,
      balance: { amount: '0.000000', currency: 'EUR' },
    });
    await expect(
      openWallet(world.as(north), { accountId: acme.id, currency: 'EUR' }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(
      openWallet(world.as(north), { accountId: north.id, currency: 'EUR' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      openWallet(world.as(acme), { accountId: acme.id, currency: 'GBP' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      openWallet(world.as(world.south), { accountId: acme.id, currency: 'GBP' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are listed page by page', async () => {
    const context = world.as(world.operator);
    const first = await listWallets(context, { limit: 3 });
    expect(first.items).toHaveLength(3);
    const rest = await listWallets(context, { cursor: first.nextCursor ?? '' });
    expect(rest.items).toHaveLength(2);
    expect(rest.nextCursor).toBeNull();
  });
});
