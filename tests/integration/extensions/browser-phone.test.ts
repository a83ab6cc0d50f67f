import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import type { Role } from '@/lib/services/access/roles';
import type { ServiceContext } from '@/lib/services/context';
import {
  browserPhoneKey,
  browserSecret,
  readBrowserUser,
} from '@/lib/services/extensions/browser-credential';
import { mintBrowserCredential } from '@/lib/services/extensions/mint-browser-credential';
import { updateExtension } from '@/lib/services/extensions/update-extension';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
const clock = new ManualClock(Date.now());
const access = {
  key: browserPhoneKey('a key for tests, long enough to be one'),
  webSocketUrls: ['wss://192.0.2.1:7443'],
  turn: { urls: ['turn:192.0.2.9:3478'], secret: 'a secret shared with the relay' },
};
const readAccess = () => access;
beforeAll(async () => {
  tree = await plantTree(clock);
});
afterAll(() => tree.close());

/** Somebody who works for a customer. */
async function person(of: Customer, role: Role): Promise<ServiceContext> {
  const id = newId() as Uuid;
  await tree.database.prisma.user.create({
    data: { id, email: `${id}@people.test`, name: `Somebody ${role}` },
  });
  await tree.database.prisma.membership.create({ data: { userId: id, accountId: of.id, role } });
  const context = of.as(role);
  return { ...context, actor: { ...context.actor, id } };
}

test('a person gets credentials of their own extension, made for ten minutes', async () => {
  const reader = await person(tree.acme, 'read_only');
  await expect(mintBrowserCredential(reader, {}, readAccess)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await updateExtension(tree.acme.as(), tree.acme.extension101, { userId: reader.actor.id });
  const minted = await mintBrowserCredential(reader, {}, readAccess);
  expect(minted).toMatchObject({
    extension: { id: tree.acme.extension101, number: '101' },
    domain: 'acme.test',
    country: 'US',
    webSocketUrls: access.webSocketUrls,
  });
  const lifetimeMs = Date.parse(minted.expiresAt) - clock.nowMs();
  expect(lifetimeMs).toBeGreaterThan(599_000 - 1);
  expect(lifetimeMs).toBeLessThanOrEqual(600_000);
  expect(readBrowserUser(minted.username)).toEqual({
    number: '101',
    expiresAtMs: Date.parse(minted.expiresAt),
  });
  expect(minted.iceServers).toMatchObject([{ urls: access.turn.urls }]);
  expect(minted.iceServers[0]?.username).toMatch(/^\d{10}:101@acme\.test$/);
  expect(minted.secret).toBe(browserSecret(access.key, 'acme.test', minted.username));
});

test('of the same number in another tenant a person gets none, nor learns that it is there', async () => {
  const stranger = await person(tree.birch, 'owner');
  const theirs = { extensionId: tree.acme.extension101 };
  await expect(mintBrowserCredential(stranger, theirs, readAccess)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('another’s extension takes the right to see secrets, and is audited', async () => {
  const id = { extensionId: tree.birch.extension102 };
  const reader = await person(tree.birch, 'read_only');
  await expect(mintBrowserCredential(reader, id, readAccess)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const helper = await person(tree.birch, 'support');
  expect((await mintBrowserCredential(helper, id, readAccess)).extension.number).toBe('102');
  const audited = await tree.database.prisma.auditEntry.findMany({
    where: { objectId: id.extensionId, verb: 'browserPhone.borrow' },
  });
  expect(audited).toHaveLength(1);
});

test('nobody talks as somebody else, nor from a suspended extension', async () => {
  const owner = await person(tree.cedar, 'owner');
  await updateExtension(tree.cedar.as(), tree.cedar.extension102, { userId: owner.actor.id });
  const acting = { ...owner, actor: { ...owner.actor, behindId: newId() as Uuid } };
  await expect(mintBrowserCredential(acting, {}, readAccess)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await updateExtension(tree.cedar.as(), tree.cedar.extension102, { state: 'suspended' });
  await expect(mintBrowserCredential(owner, {}, readAccess)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('an extension is given to people of its account alone, one each', async () => {
  const admin = tree.acme.as('admin');
  const stranger = await person(tree.cedar, 'owner');
  await expect(
    updateExtension(admin, tree.acme.extension102, { userId: stranger.actor.id }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const colleague = await person(tree.acme, 'billing');
  const { id: userId } = colleague.actor;
  const given = await updateExtension(admin, tree.acme.extension102, { userId });
  expect(given.user).toEqual({ id: userId, name: 'Somebody billing' });
  await expect(updateExtension(admin, tree.acme.extension101, { userId })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect((await updateExtension(admin, tree.acme.extension102, { userId: null })).user).toBeNull();
});
