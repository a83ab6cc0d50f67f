import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  browserPhoneKey,
  makeBrowserCredential,
} from '@/lib/services/extensions/browser-credential';
import { LAB_SECRET_KEY } from '@/tests/support/lab-database';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { audioSdp, browserAnswerSdp } from '@/tests/support/wire/message';
import { WirePhone, type WirePhoneOptions } from '@/tests/support/wire/phone';

/** What the API gives to browsers, tried on the switch itself. */
let running: RunningSwitch;
const phones: WirePhone[] = [];
const key = browserPhoneKey(LAB_SECRET_KEY);
const MINUTE_MS = 60_000;

beforeAll(async () => {
  running = await startSwitch();
});
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close();
});
afterAll(() => running?.close());

const ACME = 'acme.lab.test';
/** A credential for an extension of Acme's that ends in so many minutes. */
const credential = (number: string, minutes = 10, domain = ACME) =>
  makeBrowserCredential(key, {
    domain,
    number,
    expiresAtMs: Date.now() + minutes * MINUTE_MS,
    tag: 'testtest',
  });

async function open(more: Partial<WirePhoneOptions>): Promise<WirePhone> {
  const phone = await WirePhone.open({
    user: '101',
    domain: ACME,
    secret: '',
    server: `ws://127.0.0.1:${running.ports.ws}`,
    transport: 'ws',
    ...more,
  });
  phones.push(phone);
  return phone;
}

async function browser(number: string, minutes?: number): Promise<WirePhone> {
  const { username, secret } = credential(number, minutes);
  return await open({ user: number, authUser: username, secret });
}

test('a browser registers beside the desk phone, calls and is called', async () => {
  const [caller, callee] = [await browser('101'), await browser('102')];
  expect((await caller.register()).status).toBe(200);
  expect((await callee.register()).status).toBe(200);
  const taken = callee.answer(browserAnswerSdp(41_002));
  const dialog = await caller.call('102', audioSdp(41_000));
  await taken;
  await callee.request('ACK');
  const bye = callee.hungUp();
  expect((await caller.hangUp(dialog)).status).toBe(200);
  await bye;
  await running.noneIsLeft();
});

test('one that is over is told so, and its address is not banned for it', async () => {
  const late = await browser('101', -1);
  for (let tries = 0; tries < 12; tries += 1) {
    const answer = await late.register();
    expect(answer.status).toBe(403);
    expect(answer.start).toContain('Expired');
  }
  expect((await (await browser('101')).register()).status).toBe(200);
});

test.each([
  ['another extension', { user: '102' }],
  ['another transport', { transport: 'tcp' }],
  ['a tenant with the same number', { domain: 'birch.lab.test' }],
  ['a name that was given another end', { authUser: credential('101', 20).username }],
] as const)('it is worth nothing for %s', async (_what, more) => {
  const { username, secret } = credential('101');
  const isTcp = 'transport' in more;
  const server = isTcp ? `127.0.0.1:${running.ports.sip}` : `ws://127.0.0.1:${running.ports.ws}`;
  const thief = await open({ authUser: username, secret, server, ...more });
  expect((await thief.register()).status).toBe(403);
});
