import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { createAccount } from '@/lib/services/accounts/create-account';
import { getAccount } from '@/lib/services/accounts/get-account';
import { listAccounts } from '@/lib/services/accounts/list-accounts';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { createDeck } from '@/lib/services/decks/create-deck';
import { getDeck } from '@/lib/services/decks/get-deck';
import { listDecks } from '@/lib/services/decks/list-decks';
import { createTenant } from '@/lib/services/tenants/create-tenant';
import { getTenant } from '@/lib/services/tenants/get-tenant';
import { listTenants } from '@/lib/services/tenants/list-tenants';
import { updateTenant } from '@/lib/services/tenants/update-tenant';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
beforeAll(async () => {
  tree = await plantTree();
});
afterAll(() => tree.close());

const NOT_FOUND = { code: 'NOT_FOUND' };
const FORBIDDEN = { code: 'FORBIDDEN' };
const names = (page: { items: readonly { name: string }[] }) => page.items.map((one) => one.name);

test('everybody sees their own subtree, and nothing beside or above it', async () => {
  expect(names(await listAccounts(tree.operator.as()))).toEqual([
    'Acme',
    'Birch',
    'Cedar',
    'Operator',
    'Reseller',
    'Rival',
  ]);
  expect(names(await listAccounts(tree.reseller.as()))).toEqual(['Acme', 'Birch', 'Reseller']);
  expect(names(await listAccounts(tree.acme.as()))).toEqual(['Acme']);
  for (const id of [tree.operator.id, tree.rival.id, tree.cedar.id, newId(), 'nonsense']) {
    await expect(getAccount(tree.reseller.as(), id)).rejects.toMatchObject(NOT_FOUND);
  }
  expect((await getAccount(tree.acme.as(), tree.acme.id)).parentId).toBeNull();
  expect((await getAccount(tree.reseller.as(), tree.acme.id)).parentId).toBe(tree.reseller.id);
});

test('a path that begins like another is not below it', async () => {
  const { database } = tree;
  const paths = await database.prisma.account.findMany({ select: { path: true } });
  for (const { path } of paths) expect(path).toMatch(/^(\/[0-9a-f-]{36})+\/$/);
});

test('a wallet is for its holder, its seller and the operator', async () => {
  const sub = await createAccount(tree.reseller.as(), { kind: 'reseller', name: 'Sub' });
  const row = await tree.database.prisma.account.findUniqueOrThrow({ where: { id: sub.id } });
  const subOwner = {
    ...tree.reseller.as(),
    actor: { ...tree.reseller.as().actor, accountId: row.id as never, accountPath: row.path },
  };
  const deep = await createAccount(subOwner, { kind: 'customer', name: 'Deep' });
  expect((await getAccount(subOwner, deep.id)).wallet).not.toBeNull();
  expect((await getAccount(tree.operator.as(), deep.id)).wallet).not.toBeNull();
  // What a child sells for, and to whom at which credit, is the child's business.
  expect((await getAccount(tree.reseller.as(), deep.id)).wallet).toBeNull();
  expect((await getAccount(tree.acme.as(), tree.acme.id)).wallet?.balance.amount).toBe('20.000000');
  expect((await getAccount(tree.acme.as('developer'), tree.acme.id)).wallet).toBeNull();
});

test('nobody lifts their own limits or credit; whoever sells to them may', async () => {
  const { reseller, acme } = tree;
  const limits = { maxConcurrentCalls: 500 };
  await expect(updateAccount(reseller.as(), reseller.id, { limits })).rejects.toMatchObject(
    FORBIDDEN,
  );
  await expect(
    updateAccount(reseller.as(), reseller.id, { creditLimit: '1000' }),
  ).rejects.toMatchObject(FORBIDDEN);
  await expect(
    updateAccount(reseller.as(), reseller.id, { state: 'active' }),
  ).rejects.toMatchObject(FORBIDDEN);
  await updateAccount(reseller.as(), reseller.id, { name: 'Reseller Ltd' });
  const changed = await updateAccount(reseller.as(), acme.id, { limits, creditLimit: '10.5' });
  expect(changed).toMatchObject({
    limits: { maxConcurrentCalls: 500, maxCallsPerSecond: 5 },
    wallet: { creditLimit: { amount: '10.500000' } },
  });
  await expect(updateAccount(acme.as(), acme.id, { name: 'x' })).rejects.toMatchObject(FORBIDDEN);
});

test('what is terminated stays so, and nothing grows below it', async () => {
  const gone = await createAccount(tree.reseller.as(), { kind: 'reseller', name: 'Gone' });
  await updateAccount(tree.reseller.as(), gone.id, { state: 'terminated' });
  await expect(
    updateAccount(tree.reseller.as(), gone.id, { state: 'active' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(
    createAccount(tree.operator.as(), { kind: 'customer', name: 'x', parentId: gone.id }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(
    createAccount(tree.operator.as(), { kind: 'customer', name: 'x', parentId: tree.acme.id }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('an account buys at a sell deck of its own seller, in its own currency', async () => {
  const own = await createDeck(tree.reseller.as(), { kind: 'sell', name: 'own' });
  const euro = await createDeck(tree.reseller.as(), {
    kind: 'sell',
    name: 'euro',
    currency: 'EUR',
  });
  const foreign = await createDeck(tree.rival.as(), { kind: 'sell', name: 'own' });
  const change = (sellDeckId: string) =>
    updateAccount(tree.reseller.as(), tree.acme.id, { sellDeckId });
  await expect(change(foreign.id)).rejects.toMatchObject(NOT_FOUND);
  await expect(change(euro.id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect((await change(own.id)).sellDeck).toEqual({ id: own.id, name: 'own' });
  expect((await getAccount(tree.acme.as(), tree.acme.id)).sellDeck).toBeNull();
  await expect(createDeck(tree.reseller.as(), { kind: 'buy', name: 'buy' })).rejects.toMatchObject(
    FORBIDDEN,
  );
});

test('rates of an account’s own stand in another deck of its seller, and only the seller puts them there', async () => {
  const { operator, reseller, rival, acme, birch, cedar } = tree;
  const deckOf = async (of: Tree['reseller'], name: string, kind: 'sell' | 'buy' = 'sell') =>
    (await createDeck(of.as(), { kind, name, currency: 'USD' })).id;
  const ownDeckId = await deckOf(reseller, 'for Acme alone');
  const foreign = await deckOf(rival, 'for Acme alone');
  const above = await deckOf(operator, 'for Reseller alone');
  const euro = await createDeck(reseller.as(), { kind: 'sell', name: 'own €', currency: 'EUR' });
  const set = (by: Tree['reseller'], who: { id: string }, deckId: string | null) =>
    updateAccount(by.as(), who.id, { ownDeckId: deckId });

  for (const id of [foreign, above, newId()]) {
    await expect(set(reseller, acme, id)).rejects.toMatchObject(NOT_FOUND);
    await expect(
      createAccount(reseller.as(), { kind: 'customer', name: 'x', ownDeckId: id }),
    ).rejects.toMatchObject(NOT_FOUND);
  }
  await expect(set(reseller, acme, euro.id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const bought = await deckOf(operator, 'bought at', 'buy');
  await expect(set(operator, reseller, bought)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(set(operator, operator, above)).rejects.toMatchObject(FORBIDDEN);
  // Neither for itself, nor for those of somebody else.
  await expect(set(acme, acme, ownDeckId)).rejects.toMatchObject(FORBIDDEN);
  await expect(set(reseller, reseller, ownDeckId)).rejects.toMatchObject(FORBIDDEN);
  await expect(set(reseller, reseller, null)).rejects.toMatchObject(FORBIDDEN);
  await expect(set(reseller, cedar, ownDeckId)).rejects.toMatchObject(NOT_FOUND);
  await expect(set(rival, acme, foreign)).rejects.toMatchObject(NOT_FOUND);
  await expect(set(operator, cedar, ownDeckId)).rejects.toMatchObject(NOT_FOUND);

  const { sellDeck } = await getAccount(reseller.as(), acme.id);
  const named = { id: ownDeckId, name: 'for Acme alone' };
  expect(await set(reseller, acme, ownDeckId)).toMatchObject({ sellDeck, ownDeck: named });
  expect((await getAccount(operator.as(), acme.id)).ownDeck).toEqual(named);
  // Whoever pays by them is told so on each charge, and not which lists its seller keeps.
  expect((await getAccount(acme.as(), acme.id)).ownDeck).toBeNull();
  expect((await getAccount(reseller.as(), birch.id)).ownDeck).toBeNull();
  expect((await getDeck(reseller.as(), ownDeckId)).usedBy).toEqual({ accounts: 1, carriers: 0 });
  await updateAccount(reseller.as(), acme.id, { name: 'Acme' });
  expect((await set(reseller, acme, ownDeckId)).ownDeck).toEqual(named);
  await expect(
    updateAccount(reseller.as(), acme.id, { sellDeckId: ownDeckId }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(
    createAccount(reseller.as(), {
      ...{ kind: 'customer', name: 'x', ownDeckId, sellDeckId: ownDeckId },
    }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  // A deck that somebody buys at stays.
  await expect(tree.database.prisma.rateDeck.delete({ where: { id: ownDeckId } })).rejects.toThrow(
    /foreign key/i,
  );
  expect((await set(reseller, acme, null)).ownDeck).toBeNull();
  expect((await getDeck(reseller.as(), ownDeckId)).usedBy.accounts).toBe(0);
});

test('an account may be created with rates of its own and no sell deck; who set them stands in the audit', async () => {
  const { reseller } = tree;
  const deck = await createDeck(reseller.as(), { kind: 'sell', name: 'a start' });
  const made = await createAccount(reseller.as(), {
    ...{ kind: 'customer', name: 'Own alone', ownDeckId: deck.id },
  });
  expect(made).toMatchObject({ sellDeck: null, ownDeck: { id: deck.id } });
  await updateAccount(reseller.as(), made.id, { ownDeckId: null });
  const entries = await tree.database.prisma.auditEntry.findMany({
    where: { objectId: made.id },
    orderBy: { id: 'asc' },
  });
  expect(entries.map(({ verb, detail }) => ({ verb, detail }))).toMatchObject([
    { verb: 'accounts.create', detail: { ownDeckId: deck.id } },
    { verb: 'accounts.update', detail: { ownDeckId: null } },
  ]);
});

test('a reseller sees its own decks, never those of its children or of others', async () => {
  const decks = await listDecks(tree.reseller.as());
  expect(decks.items.every((one) => one.accountId === tree.reseller.id)).toBe(true);
  const foreign = await createDeck(tree.rival.as(), { kind: 'sell', name: 'secret' });
  await expect(getDeck(tree.reseller.as(), foreign.id)).rejects.toMatchObject(NOT_FOUND);
  expect((await getDeck(tree.operator.as(), foreign.id)).accountName).toBe('Rival');
  await expect(listDecks(tree.acme.as())).rejects.toMatchObject(FORBIDDEN);
});

test('tenants follow their account; a domain exists once in the whole installation', async () => {
  expect((await listTenants(tree.acme.as())).items.map((one) => one.domain)).toEqual(['acme.test']);
  await expect(getTenant(tree.acme.as(), tree.birch.tenantId)).rejects.toMatchObject(NOT_FOUND);
  await expect(
    createTenant(tree.rival.as(), { accountId: tree.cedar.id, domain: 'ACME.test' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(
    createTenant(tree.rival.as(), { accountId: tree.acme.id, domain: 'new.test' }),
  ).rejects.toMatchObject(NOT_FOUND);
  await expect(
    updateTenant(tree.acme.as(), tree.acme.tenantId, { allowedDestinations: ['882'] }),
  ).rejects.toMatchObject(FORBIDDEN);
  const changed = await updateTenant(tree.reseller.as(), tree.acme.tenantId, {
    allowedDestinations: ['44', '1', '44'],
  });
  expect(changed.allowedDestinations).toEqual(['1', '44']);
});

test('a tenant does not move to a country where an extension is an emergency number', async () => {
  const { tenantId } = tree.birch;
  await expect(updateTenant(tree.reseller.as(), tenantId, { country: 'IN' })).rejects.toMatchObject(
    { code: 'CONFLICT' },
  );
  expect((await updateTenant(tree.reseller.as(), tenantId, { country: 'GB' })).country).toBe('GB');
});

test('every change of an account leaves an audit entry with who did it', async () => {
  const entries = await tree.database.prisma.auditEntry.findMany({
    where: { objectId: tree.acme.id, verb: 'accounts.update' },
  });
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) {
    expect(entry).toMatchObject({
      actorKind: 'user',
      address: '192.0.2.1',
      accountId: tree.acme.id,
    });
  }
});
