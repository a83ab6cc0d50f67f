import { afterAll, beforeAll, expect, test } from 'vitest';
import { priceCall } from '@/lib/core/rating/price';
import { loadDeckVersion } from '@/lib/services/configuration/load-deck-version';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { createDeck } from '@/lib/services/decks/create-deck';
import { createDeckVersion } from '@/lib/services/decks/create-deck-version';
import { getDeck } from '@/lib/services/decks/get-deck';
import { listRates } from '@/lib/services/decks/list-rates';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

const rate = (prefix: string, perMinute = '0.0125') => ({ prefix, perMinute, first: 60, next: 6 });

test('a draft prices nothing until it is activated, then for good', async () => {
  const context = tree.reseller.as();
  const deck = await createDeck(context, { kind: 'sell', name: 'A', rates: [rate('44')] });
  expect(deck).toMatchObject({ activeVersion: null, versions: [{ version: 1, state: 'draft' }] });
  const live = await activateDeckVersion(context, deck.id, { version: 1 });
  expect(live.generation).toBeGreaterThan(deck.generation);
  const version = await tree.database.prisma.deckVersion.findFirstOrThrow({
    where: { deckId: deck.id },
  });
  await expect(
    tree.database.prisma.rate.updateMany({
      where: { versionId: version.id },
      data: { nextPerMinuteNano: 1n },
    }),
  ).rejects.toThrow(/never change/);
});

test('a deck rounds to as many decimals as it says, on the switch as well', async () => {
  const rates = [rate('44')];
  const terms = { kind: 'sell', name: 'Cents', rates, decimals: 2, rounding: 'up' } as const;
  const deck = await createDeck(tree.reseller.as(), terms);
  expect(deck).toMatchObject({ decimals: 2, rounding: 'up' });
  expect(await createDeck(tree.reseller.as(), { kind: 'sell', name: 'Fine' })).toMatchObject({
    decimals: 6,
  });
  const [version] = deck.versions;
  const table = await loadDeckVersion(tree.database, version?.id ?? '');
  const found = table.lookup('442079460018', Date.now());
  // 60 s at 0.0125.
  expect(found && priceCall(found.rate, 1).amountMicro).toBe(20_000n);
  await activateDeckVersion(tree.reseller.as(), deck.id, { version: 1 });
  const { decks } = await loadDirectory(tree.database);
  expect(decks.find(({ id }) => id === deck.id)?.active?.info.decimals).toBe(2);
});

test('activating the next version retires the last; drafting one changes nothing that is live', async () => {
  const context = tree.reseller.as();
  const deck = await createDeck(context, { kind: 'sell', name: 'B', rates: [rate('1')] });
  const live = await activateDeckVersion(context, deck.id, { version: 1 });
  const drafted = await createDeckVersion(context, deck.id, { rates: [rate('1', '0.02')] });
  expect(drafted.generation).toBe(live.generation);
  const second = await activateDeckVersion(context, deck.id, { version: 2 });
  expect(second.versions.map((one) => [one.version, one.state])).toEqual([
    [2, 'active'],
    [1, 'retired'],
  ]);
  const again = await activateDeckVersion(context, deck.id, { version: 2 });
  expect(again.generation).toBe(second.generation);
  const back = await activateDeckVersion(context, deck.id, { version: 1 });
  expect(back.activeVersion).toBe(1);
});

test('versions drafted at the same moment get different numbers', async () => {
  const context = tree.reseller.as();
  const deck = await createDeck(context, { kind: 'sell', name: 'C' });
  await Promise.all(
    [1, 2, 3, 4].map(() => createDeckVersion(context, deck.id, { rates: [rate('1')] })),
  );
  const { versions } = await getDeck(context, deck.id);
  expect(versions.map((one) => one.version)).toEqual([5, 4, 3, 2, 1]);
});

test('an empty version can not go live, nor a prefix stand twice with the same beginning', async () => {
  const context = tree.reseller.as();
  const deck = await createDeck(context, { kind: 'sell', name: 'D' });
  await expect(activateDeckVersion(context, deck.id, { version: 1 })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await expect(
    createDeckVersion(context, deck.id, { rates: [rate('1'), rate('1')] }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await createDeckVersion(context, deck.id, {
    rates: [rate('1'), { ...rate('1'), validFrom: '2027-01-01T00:00:00.000Z' }],
  });
});

test('five thousand rates are listed by prefix in pages, exactly as written', async () => {
  const context = tree.reseller.as();
  const rates = Array.from({ length: 5_000 }, (_, index) =>
    rate(String(10_000 + index), '0.012345678'),
  );
  const deck = await createDeck(context, { kind: 'sell', name: 'E', rates });
  const first = await listRates(context, deck.id, { limit: 200 });
  const second = await listRates(context, deck.id, { limit: 200, cursor: first.nextCursor ?? '' });
  expect(first.items[0]).toMatchObject({ prefix: '10000', perMinute: '0.012345678', first: 60 });
  expect(second.items[0]?.prefix).toBe('10200');
  const found = await listRates(context, deck.id, { search: '+14999' });
  expect(found.items.map((one) => one.prefix)).toEqual(['14999']);
});

test("somebody else's deck can neither be read nor changed", async () => {
  const deck = await createDeck(tree.reseller.as(), {
    kind: 'sell',
    name: 'F',
    rates: [rate('1')],
  });
  for (const attempt of [
    () => getDeck(tree.rival.as(), deck.id),
    () => listRates(tree.rival.as(), deck.id),
    () => createDeckVersion(tree.rival.as(), deck.id, { rates: [] }),
    () => activateDeckVersion(tree.rival.as(), deck.id, { version: 1 }),
    () => createDeckVersion(tree.rival.as(), 'nonsense', { rates: [] }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});
