import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { createProvisioningToken } from '@/lib/services/extensions/create-provisioning-token';
import { getExtension } from '@/lib/services/extensions/get-extension';
import { redeemProvisioningToken } from '@/lib/services/extensions/redeem-provisioning-token';
import { resetSecret } from '@/lib/services/extensions/reset-secret';
import { revealSecret } from '@/lib/services/extensions/reveal-secret';
import { openExtensionSecret } from '@/lib/services/extensions/secret';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
const clock = new ManualClock(Date.now());
beforeAll(async () => {
  tree = await plantTree(clock);
});
afterAll(() => tree.close());

const bearer = () => {
  const { database, clock: now, sealer } = tree.acme.as();
  return { database, clock: now, sealer, address: '198.51.100.7', requestId: null };
};

test('a secret is shown once, and to one of two who ask at the same moment', async () => {
  const answers = await Promise.allSettled([
    revealSecret(tree.acme.as(), tree.acme.extension101),
    revealSecret(tree.acme.as('support'), tree.acme.extension101),
  ]);
  expect(answers.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(revealSecret(tree.acme.as(), tree.acme.extension101)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const audited = await tree.database.prisma.auditEntry.count({
    where: { objectId: tree.acme.extension101, verb: 'extensions.revealSecret' },
  });
  expect(audited).toBe(1);
});

test('revealing a secret does not make the switch load the extension again', async () => {
  const before = await getExtension(tree.birch.as(), tree.birch.extension101);
  await revealSecret(tree.birch.as(), tree.birch.extension101);
  const after = await getExtension(tree.birch.as(), tree.birch.extension101);
  expect(after.generation).toBe(before.generation);
  expect(after.secret.revealedAt).not.toBeNull();
});

test('what is revealed is what the switch authenticates by, for the tenant as realm', async () => {
  const { database, sealer } = tree.cedar.as();
  const shown = await revealSecret(tree.cedar.as(), tree.cedar.extension101);
  const row = await database.prisma.extension.findUniqueOrThrow({
    where: { id: tree.cedar.extension101 },
  });
  const opened = openExtensionSecret(sealer, row);
  expect(opened).toMatchObject({ secret: shown.secret, realm: 'cedar.test' });
  expect(shown).toMatchObject({ username: '101', domain: 'cedar.test' });
  expect(shown.secret.length).toBeGreaterThanOrEqual(12);
  expect(opened.ha1Md5).toMatch(/^[0-9a-f]{32}$/);
  expect(opened.ha1Sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("a sealed secret does not open in another extension's row", async () => {
  const { database, sealer } = tree.acme.as();
  const row = await database.prisma.extension.findUniqueOrThrow({
    where: { id: tree.acme.extension101 },
  });
  expect(() => openExtensionSecret(sealer, { ...row, id: tree.acme.extension102 })).toThrow();
});

test('a new password replaces the old one, bumps the generation and is shown by its answer alone', async () => {
  const before = await getExtension(tree.acme.as(), tree.acme.extension102);
  const reset = await resetSecret(tree.acme.as(), tree.acme.extension102);
  const after = await getExtension(tree.acme.as(), tree.acme.extension102);
  expect(after.generation).toBeGreaterThan(before.generation);
  expect(reset.secret).not.toBe('');
  await expect(revealSecret(tree.acme.as(), tree.acme.extension102)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('a provisioning link works once, also for two at once, and counts as the reveal', async () => {
  const link = await createProvisioningToken(tree.birch.as(), tree.birch.extension102);
  const answers = await Promise.allSettled([
    redeemProvisioningToken(bearer(), link.token),
    redeemProvisioningToken(bearer(), link.token),
  ]);
  expect(answers.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(redeemProvisioningToken(bearer(), link.token)).rejects.toMatchObject({
    code: 'GONE',
  });
  await expect(
    createProvisioningToken(tree.birch.as(), tree.birch.extension102),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  const stored = await tree.database.prisma.oneTimeToken.findMany();
  expect(JSON.stringify(stored)).not.toContain(link.token);
});

test('a provisioning link works for ten minutes and not for a secret made after it', async () => {
  const early = await resetSecret(tree.cedar.as(), tree.cedar.extension102);
  clock.advance(10 * 60_000);
  await expect(redeemProvisioningToken(bearer(), early.provisioning.token)).rejects.toMatchObject({
    code: 'GONE',
  });
  const old = await resetSecret(tree.cedar.as(), tree.cedar.extension102);
  clock.advance(1_000);
  const fresh = await resetSecret(tree.cedar.as(), tree.cedar.extension102);
  await expect(redeemProvisioningToken(bearer(), old.provisioning.token)).rejects.toMatchObject({
    code: 'GONE',
  });
  const got = await redeemProvisioningToken(bearer(), fresh.provisioning.token);
  expect(got.secret).toBe(fresh.secret);
});

test('secrets are not for roles without the permission, nor for who acts as another', async () => {
  for (const role of ['billing', 'read_only', 'developer'] as const) {
    await expect(resetSecret(tree.acme.as(role), tree.acme.extension101)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  }
  const context = tree.acme.as();
  const acting = { ...context, actor: { ...context.actor, behindId: context.actor.id } };
  await expect(resetSecret(acting, tree.acme.extension101)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test("another account's extension looks as if it did not exist, same number or not", async () => {
  for (const verb of [revealSecret, resetSecret, createProvisioningToken, getExtension]) {
    await expect(verb(tree.acme.as(), tree.birch.extension101)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(verb(tree.rival.as(), tree.acme.extension101)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  }
});
