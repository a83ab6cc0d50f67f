import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { POST as postSetup } from '@/app/api/v1/setup/route';
import { createSetupLink, setupLinkState } from '@/lib/services/identity/setup';
import {
  addAccount,
  call,
  codeOf,
  openWorld,
  signInBy,
  type World,
} from '@/tests/integration/web/world';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

beforeEach(async () => {
  const { prisma } = world.runtime.database;
  await prisma.oneTimeToken.deleteMany();
  await prisma.user.deleteMany();
  await prisma.account.deleteMany();
});

async function link(): Promise<string> {
  const url = await createSetupLink(world.runtime, 'https://portal.test');
  return new URL(url ?? '').searchParams.get('token') ?? '';
}

function setUp(token: string, email = 'dana@example.test') {
  return call(postSetup, {
    method: 'POST',
    body: {
      token,
      email,
      name: 'Dana Ortiz',
      password: 'three or four words',
      company: 'Harbour Voice',
      currency: 'EUR',
      timeZone: 'Europe/Rome',
      country: 'IT',
    },
  });
}

test('the link makes the operator’s account and its owner, who then signs in', async () => {
  const token = await link();
  const response = await setUp(token);
  expect(response.status).toBe(201);
  const { prisma } = world.runtime.database;
  const [account] = await prisma.account.findMany({ include: { memberships: true } });
  expect(account).toMatchObject({
    kind: 'operator',
    parentId: null,
    path: `/${account?.id}/`,
    name: 'Harbour Voice',
    currency: 'EUR',
    timeZone: 'Europe/Rome',
    country: 'IT',
  });
  expect(account?.memberships[0]?.role).toBe('owner');
  const { error } = await signInBy({ email: 'dana@example.test', password: 'three or four words' });
  expect(error).toBeNull();
  const audit = await prisma.auditEntry.findFirst({ where: { verb: 'identity.completeSetup' } });
  expect(audit?.objectId).toBe(account?.id);
});

test('the token itself is kept nowhere', async () => {
  const token = await link();
  const [row] = await world.runtime.database.prisma.oneTimeToken.findMany();
  expect(Buffer.from(row?.tokenHash ?? []).toString('utf8')).not.toContain(token);
  expect(row?.tokenHash).toHaveLength(32);
});

test('a link works once, also when it is used twice at the same time', async () => {
  const token = await link();
  const results = await Promise.all([setUp(token, 'a@x.test'), setUp(token, 'b@x.test')]);
  expect(results.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  expect(await world.runtime.database.prisma.account.count()).toBe(1);
  expect(await world.runtime.database.prisma.user.count()).toBe(1);
  const again = await setUp(token, 'c@x.test');
  expect(await codeOf(again)).toBe('CONFLICT');
});

test('a newer link replaces the older one, and each is good for a day', async () => {
  const older = await link();
  const newer = await link();
  expect(await codeOf(await setUp(older))).toBe('GONE');
  world.clock.advance(24 * 3_600_000 + 1);
  expect(await setupLinkState(world.runtime, newer)).toBe('invalid');
  expect(await codeOf(await setUp(newer))).toBe('GONE');
});

test('no link is made where there is an account', async () => {
  await addAccount(world, { kind: 'operator' });
  expect(await createSetupLink(world.runtime, 'https://portal.test')).toBeNull();
});
