import { afterAll, test as anyTest, beforeAll, expect } from 'vitest';
import { turnServers } from '@/lib/services/extensions/turn';
import { type Coturn, startCoturn } from '@/tests/support/coturn';
import { hasPeer } from '@/tests/support/peers.mjs';

const hasCoturn = hasPeer('turnserver');
const test = anyTest.skipIf(!hasCoturn);
const SECRET = 'a secret shared with the relay';
const DAY_MS = 24 * 3_600_000;

let coturn: Coturn;
beforeAll(async () => {
  if (hasCoturn) coturn = await startCoturn(SECRET);
});
afterAll(() => coturn?.stop());

function credential(secret: string, nowMs = Date.now()) {
  const urls = [`turn:127.0.0.1:${coturn.port}`];
  const [server] = turnServers({ urls, secret }, '101@acme.test', nowMs);
  if (!server) throw new Error('no server');
  return server;
}

test('coturn relays for who has a credential of ours', async () => {
  expect(await coturn.relays(credential(SECRET))).toBe(true);
});

test.each([
  ['was made with another secret', () => credential('another secret of that length')],
  ['has ended', () => credential(SECRET, Date.now() - 2 * DAY_MS)],
  [
    'says a later end than was signed',
    () => {
      const { username, ...rest } = credential(SECRET);
      return { ...rest, username: username.replace(/^\d+/, (ends) => String(Number(ends) + 60)) };
    },
  ],
])('and not where it %s', async (_what, made) => {
  expect(await coturn.relays(made())).toBe(false);
});
