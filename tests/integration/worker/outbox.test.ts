import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { silentLogger } from '@/lib/infra/log';
import { deliverDue } from '@/lib/services/outbox/deliver-due';
import { createWebhook } from '@/lib/services/webhooks/create-webhook';
import { deleteWebhook } from '@/lib/services/webhooks/delete-webhook';
import { listWebhooks } from '@/lib/services/webhooks/list-webhooks';
import { plantTree, type Tree } from '@/tests/support/tree';

interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

let tree: Tree;
let server: http.Server;
let url: string;
let status = 200;
const received: Received[] = [];
const clock = new ManualClock(Date.now());

beforeAll(async () => {
  tree = await plantTree(clock);
  server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status, { location: `${url}/elsewhere` }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await tree.close();
});
beforeEach(async () => {
  received.length = 0;
  status = 200;
  await tree.database.prisma.outboxMessage.deleteMany();
  await tree.database.prisma.eventSubscription.deleteMany();
});

const context = (allowPrivate = true) => {
  const { database, sealer } = tree.acme.as();
  return { database, sealer, clock, log: silentLogger, allowPrivate };
};
const webhook = () => createWebhook(tree.acme.as('developer'), { url, topics: ['call.ended'] });
const message = async (subscription: string): Promise<string> => {
  const id = newId();
  const at = new Date(clock.nowMs());
  await tree.database.prisma.outboxMessage.create({
    data: {
      id,
      topic: 'call.ended',
      accountId: tree.acme.id,
      subscription,
      payload: { id: 'x' },
      nextTryAt: at,
      createdAt: at,
    },
  });
  return id;
};
const stored = (id: string) =>
  tree.database.prisma.outboxMessage.findUniqueOrThrow({ where: { id } });

test('an event arrives signed as standard-webhooks says, once', async () => {
  const hook = await webhook();
  const id = await message(hook.id);
  expect(await deliverDue(context())).toBe(1);
  expect(await deliverDue(context())).toBe(0);
  const [first] = received;
  expect(received).toHaveLength(1);
  expect(first?.headers['webhook-id']).toBe(id);
  const key = Buffer.from(hook.secret.replace('whsec_', ''), 'base64');
  const signed = `${id}.${first?.headers['webhook-timestamp']}.${first?.body}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  expect(first?.headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(JSON.parse(first?.body ?? '')).toMatchObject({ type: 'call.ended', data: { id: 'x' } });
  expect((await stored(id)).deliveredAt).not.toBeNull();
});

test('a failed delivery is tried again later by the same id, ten times at most', async () => {
  const hook = await webhook();
  const id = await message(hook.id);
  status = 500;
  for (let tries = 0; tries < 20; tries += 1) {
    await deliverDue(context());
    clock.advance(25 * 3_600_000);
  }
  expect(received).toHaveLength(10);
  expect(new Set(received.map((one) => one.headers['webhook-id']))).toEqual(new Set([id]));
  expect(await stored(id)).toMatchObject({
    deliveredAt: null,
    attempts: 10,
    lastError: 'HTTP 500',
  });
});

test('a redirect is a failure: it is not followed', async () => {
  const hook = await webhook();
  await message(hook.id);
  status = 302;
  await deliverDue(context());
  expect(received).toHaveLength(1);
});

test('a receiver that is gone for good is left alone from then on', async () => {
  const hook = await webhook();
  await message(hook.id);
  const later = await message(hook.id);
  status = 410;
  await deliverDue(context());
  clock.advance(3_600_000);
  expect(await deliverDue(context())).toBe(0);
  expect((await listWebhooks(tree.acme.as())).items[0]?.disabledAt).not.toBeNull();
  expect((await stored(later)).deliveredAt).toBeNull();
});

test('outside the lab nothing is sent to private addresses, nor in clear', async () => {
  const hook = await webhook();
  const id = await message(hook.id);
  await deliverDue(context(false));
  expect(received).toHaveLength(0);
  expect((await stored(id)).lastError).toMatch(/https/);
  for (const address of [
    'https://127.0.0.1:9',
    'https://[::1]:9',
    'https://169.254.169.254/x',
    'https://localhost:9',
  ]) {
    const other = await createWebhook(tree.acme.as(), { url: address, topics: ['call.ended'] });
    const refused = await message(other.id);
    await deliverDue(context(false));
    expect((await stored(refused)).lastError).toMatch(/public address/);
  }
});

test('two workers at once deliver a message once', async () => {
  const hook = await webhook();
  await Promise.all([message(hook.id), message(hook.id), message(hook.id)]);
  const taken = await Promise.all([deliverDue(context()), deliverDue(context())]);
  expect(taken.reduce((sum, one) => sum + one, 0)).toBe(3);
  expect(received).toHaveLength(3);
});

test("a webhook is its own account's: others neither see nor end it", async () => {
  const hook = await webhook();
  expect((await listWebhooks(tree.reseller.as())).items).toEqual([]);
  for (const other of [tree.reseller.as(), tree.birch.as(), tree.operator.as()]) {
    await expect(deleteWebhook(other, hook.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await deleteWebhook(tree.acme.as(), hook.id);
  expect(JSON.stringify(await tree.database.prisma.eventSubscription.findMany())).not.toContain(
    hook.secret,
  );
});
