import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listStatement } from '@/lib/services/ledger/list-statement';
import { postToWallet } from '@/lib/services/ledger/post-to-wallet';
import type { StatementLine } from '@/lib/services/ledger/schemas';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { getWallet } from '@/lib/services/wallets/get-wallet';
import { type BooksWorld, openBooks } from './world';

let world: BooksWorld;

beforeAll(async () => {
  world = await openBooks();
});

afterAll(() => world.close());

const topUp = (amount: string, idempotencyKey: string) => ({
  kind: 'top_up' as const,
  amount,
  reason: 'bank transfer',
  idempotencyKey,
});

describe('money that is posted by hand', () => {
  it('moves the wallet once for each idempotency key, and is in the audit', async () => {
    const { acme, north } = world;
    const context = world.as(north);
    const posted = await Promise.all([
      postToWallet(context, acme.walletId, topUp('25.50', 'one')),
      postToWallet(context, acme.walletId, topUp('25.50', 'one')),
      postToWallet(context, acme.walletId, topUp('25.5', 'one')),
    ]);
    expect(posted.filter((each) => !each.repeated)).toHaveLength(1);
    expect(new Set(posted.map((each) => each.transactionId)).size).toBe(1);
    const wallet = await getWallet(context, acme.walletId);
    expect(wallet.balance).toEqual({ amount: '125.500000', currency: 'USD' });
    const { rows } = await world.database.pool.query(
      `SELECT actor_id, detail FROM audit_entry WHERE verb = 'wallets.adjust' AND object_id = $1`,
      [acme.walletId],
    );
    expect(rows).toEqual([
      {
        actor_id: context.actor.id,
        detail: {
          transactionId: posted[0]?.transactionId,
          kind: 'top_up',
          amount: '25.500000',
          currency: 'USD',
        },
      },
    ]);
  });

  it('as a credit note gives back what was revenue, with its reason and author', async () => {
    const { acme, north, database } = world;
    const seller = world.as(north);
    world.clock.advance(1_000);
    const note = {
      kind: 'credit_note',
      reason: 'echo on the line',
      idempotencyKey: 'note',
    } as const;
    const before = await getWallet(seller, acme.walletId);
    const { transactionId } = await postToWallet(seller, acme.walletId, {
      ...note,
      amount: '0.5',
    });
    const after = await getWallet(seller, acme.walletId);
    expect(Number(after.balance.amount) - Number(before.balance.amount)).toBeCloseTo(0.5, 9);
    const { rows } = await database.pool.query(
      `SELECT t.reason, t.actor_id, a.kind::text AS kind, p.amount_micro::text AS amount
         FROM posting p JOIN ledger_transaction t ON t.id = p.transaction_id
         JOIN ledger_account a ON a.id = p.ledger_account_id
        WHERE t.id = $1 ORDER BY p.line`,
      [transactionId],
    );
    const by = { reason: note.reason, actor_id: seller.actor.id };
    expect(rows).toEqual([
      { ...by, kind: 'wallet', amount: '500000' },
      { ...by, kind: 'revenue', amount: '-500000' },
    ]);
    const taking = postToWallet(seller, acme.walletId, {
      ...{ ...note, idempotencyKey: 'taking' },
      amount: '-0.5',
    });
    await expect(taking).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('under a key that stood for something else is refused', async () => {
    const { acme, birch, north } = world;
    world.clock.advance(1_000);
    await postToWallet(world.as(north), acme.walletId, topUp('1', 'two'));
    await expect(
      postToWallet(world.as(north), acme.walletId, topUp('2', 'two')),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    // Keys belong to the book: another seller's are its own.
    await postToWallet(world.as(world.south), birch.walletId, topUp('1', 'two'));
  });

  it('never takes what is reserved', async () => {
    const { birch, south, database } = world;
    const before = await getWallet(world.as(south), birch.walletId);
    expect(before.balance.amount).toBe('6.000000');
    await database.pool.query('UPDATE wallet SET held_micro = 5000000 WHERE id = $1', [
      birch.walletId,
    ]);
    const withdraw = (amount: string, key: string) =>
      postToWallet(world.as(south), birch.walletId, {
        kind: 'adjustment',
        amount,
        reason: 'paid back',
        idempotencyKey: key,
      });
    await expect(withdraw('-1.000001', 'three')).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    });
    await withdraw('-1', 'four');
    await database.pool.query('UPDATE wallet SET held_micro = 0 WHERE id = $1', [birch.walletId]);
  });

  it('is for the seller and the operator alone: nobody fills their own wallet', async () => {
    const { acme, birch, north, operator } = world;
    const refused = async (who: Parameters<BooksWorld['as']>[0], walletId: string) => {
      try {
        await postToWallet(world.as(who), walletId, topUp('1', 'five'));
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
      return 'posted';
    };
    expect(await refused(acme, acme.walletId)).toBe('FORBIDDEN');
    expect(await refused(north, north.walletId)).toBe('FORBIDDEN');
    // What South's customers pay South is not North's to see, so not there.
    expect(await refused(north, birch.walletId)).toBe('NOT_FOUND');
    expect(await refused(birch, acme.walletId)).toBe('FORBIDDEN');
    expect(await refused(operator, birch.walletId)).toBe('posted');
    await expect(
      postToWallet(world.as(north, 'support'), acme.walletId, topUp('1', 'six')),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('keeps the books in order', async () => {
    expect((await verifyLedger(world.database)).broken).toBeNull();
  });
});

describe('a statement', () => {
  it('lists every posting newest first with the balance after it, page by page', async () => {
    const { acme, north } = world;
    for (let index = 0; index < 7; index += 1) {
      world.clock.advance(1_000);
      await postToWallet(world.as(north), acme.walletId, topUp(`${index + 1}`, `page ${index}`));
    }
    const lines: StatementLine[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listStatement(world.as(acme), acme.walletId, {
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      lines.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(lines).toHaveLength(11);
    const wallet = await getWallet(world.as(acme), acme.walletId);
    expect(lines[0]?.balanceAfter).toEqual(wallet.balance);
    expect(lines.at(-1)).toMatchObject({
      kind: 'opening_balance',
      amount: { amount: '100.000000' },
      balanceAfter: { amount: '100.000000' },
    });
    expect(lines.map((line) => line.balanceAfter.amount)).toEqual([
      '155.000000',
      '148.000000',
      '142.000000',
      '137.000000',
      '133.000000',
      '130.000000',
      '128.000000',
      '127.000000',
      '126.000000',
      '125.500000',
      '100.000000',
    ]);
  });

  it('is for the two that the wallet is between, and the operator', async () => {
    const { acme, birch, north, south, operator } = world;
    const read = async (who: Parameters<BooksWorld['as']>[0]) =>
      (await listStatement(world.as(who), birch.walletId)).items.length;
    expect(await read(birch)).toBe(await read(south));
    expect(await read(operator)).toBe(await read(south));
    await expect(read(north)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(read(acme)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
